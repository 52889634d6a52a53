"""Sends one request of a state machine, waits for its result, and says what became of the step."""

import time
from collections.abc import Mapping
from dataclasses import field, replace
from http import HTTPStatus
from random import Random
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.facts.ocpi.transitions import Became, StepTaken
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.machines.machine import Edge, Machine
from scanner.model.party import Party
from scanner.ocpi.callbacks.platform import ResultPlatform
from scanner.ocpi.commands.answer import asked, promised_s
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.writing.surface import JSON, as_bytes
from scanner.probe import ProbeContext

_DONE: Final = "ACCEPTED"
_NOBODY_KNOWS: Final = frozenset({"TIMEOUT", "FAILED"})  # the platform obeyed, and the Charge Point may, or may have
_BEFORE_IT_WAS_READ: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})
_LONGEST_CURL: Final = 4000  # characters
_LONGEST_WHY: Final = 300  # characters
_WITHOUT_RESULT: Final = {
    Took.REFUSED: Became.REFUSED,
    Took.OF_THE_MESSAGE: Became.REFUSED,
    Took.NOT_LET_IN: Became.REFUSED,
    Took.FAILED: Became.CRASHED,
    Took.UNREADABLE: Became.REFUSED_UNREAD,
    Took.NOT_SENT: Became.NOT_TRIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One message of an edge. `evse`: what it moves; None where every id in it is made up.

    `body` gets a `response_url` where it is there, the query where it is None. `interface` is that of who asks.
    `at`: the path and the `response_url` of a message that is repeated. `begun_with`: see HttpIntent.
    """

    edge: str
    interface: Interface
    method: str
    url: str
    body: Mapping[str, JsonValue] | None
    evse: str | None
    owners: frozenset[Party]
    leaves: tuple[Leftover, ...] = ()
    at: tuple[str, str] | None = None
    begun_with: str | None = None


@dataclass(slots=True, kw_only=True)
class Requester:
    """Walks one machine. `patience_s`: the longest that a result is waited for, whatever an answer promises."""

    context: ProbeContext
    platform: ResultPlatform
    machine: Machine
    probe: str
    ids: Random
    patience_s: float
    evidence: list[EvidenceRef] = field(default_factory=list)
    steps: list[StepTaken] = field(default_factory=list)

    async def ask(self, request: Request, patience_s: float | None = None) -> Became:
        """Send it, wait for the result of what was accepted, and note the step; `patience_s`: no longer than that."""
        path, response_url = request.at or self.platform.fresh_url()
        at, before = time.monotonic(), len(self.platform.came_to(path, 0.0)) if request.at else 0
        outcome = await self.context.gate.http(self._intent(request, response_url))
        said = asked(request.edge, outcome, result=False)
        became, result = _WITHOUT_RESULT.get(said.took), said.result
        if result in _NOBODY_KNOWS:  # of 2.1.1
            became = Became.UNREAD
        if said.http_status in _BEFORE_IT_WAS_READ:
            became = Became.REFUSED_UNREAD
        if became is None:
            became, result = await self._followed(path, at, before, outcome, patience_s)
        self._note(request.edge, became, said, outcome, result)
        return became

    async def undo(self, request: Request, left: Leftover) -> None:
        """Send what takes a request back, and wait for its result, without which `left` stays known; it is no step."""
        path, response_url = self.platform.fresh_url()
        at = time.monotonic()
        await self.context.gate.http(self._intent(request, response_url))
        await self.platform.wait_for(path, self.patience_s)
        if any(came.result == _DONE for came in self.platform.came_to(path, at)):
            self.context.gate.taken_back(left)

    def keep(self, title: str, document: JsonValue) -> None:
        """Store what the steps rest on."""
        self.evidence.append(self.context.evidence.store_document(title, self.context.record.witness, document))

    def not_tried(self, edge: str, why: str) -> None:
        """Note a step that no request is sent for."""
        self.steps.append(StepTaken.of(self._edge(edge), Became.NOT_TRIED, why[:_LONGEST_WHY]))

    def mend(self, edge: str, became: Became, why: str | None = None) -> None:
        """What a later step showed of an earlier one; `why` in place of what was said of it."""
        self.steps = [
            replace(step, became=became, why=step.why if why is None else why) if step.edge == edge else step
            for step in self.steps
        ]

    async def _followed(
        self, path: str, at: float, before: int, outcome: HttpOutcome, patience_s: float | None
    ) -> tuple[Became, str]:
        longest_s = self.patience_s if patience_s is None else min(patience_s, self.patience_s)
        await self.platform.wait_for(path, min(promised_s(outcome) or longest_s, longest_s), before)
        came = self.platform.came_to(path, at)[before:]
        if not came:
            return Became.UNREAD, "no result came"
        result = came[0].result
        if result in _NOBODY_KNOWS:
            return Became.UNREAD, result
        return (Became.DONE if result == _DONE else Became.REFUSED), result

    def _note(self, edge: str, became: Became, said: Asked, outcome: HttpOutcome, result: str) -> None:
        curl = ""
        if isinstance(outcome, Exchange):
            self.keep(f"{edge} of {self.machine.name}: {became}", exchange_document(outcome))
            curl = repeat_line(outcome)
        why = said.why or (f"{said.took}, {result}" if result else "")
        step = StepTaken.of(self._edge(edge), became, why[:_LONGEST_WHY] if became is not Became.DONE else "")
        known = replace(step, http_status=said.http_status, ocpi_status=said.ocpi_status)
        self.steps.append(replace(known, curl=curl if len(curl) <= _LONGEST_CURL else ""))

    def _edge(self, name: str) -> Edge:
        return next(edge for edge in self.machine.edges if edge.name == name)

    def _intent(self, request: Request, response_url: str) -> HttpIntent:
        interface, body, url = request.interface, request.body, request.url
        if body is None:
            url = f"{url}{'&' if '?' in url else '?'}response_url={response_url}"
        document = None if body is None else as_bytes({**body, "response_url": response_url})
        return HttpIntent(
            effect=Effect.READ if request.method == "GET" else Effect.ACTUATE,
            environment=interface.subject.environment,
            probe=self.probe,
            purpose=f"{interface.name}: {request.edge} of {self.machine.name}",
            identity=interface.credential.identity,
            method=request.method,
            url=url,
            credential=interface.credential,
            headers={**MessageIds.new(self.ids).headers, **({} if body is None else {"Content-Type": JSON})},
            body=document,
            module=interface.module,
            owners=request.owners,
            evse=None if request.method == "GET" else request.evse,
            begun_with=request.begun_with,
            leaves=request.leaves,
        )
