"""One question at a door: what is sent, and what came of it."""

import random
from collections.abc import Mapping
from dataclasses import field, replace
from http import HTTPStatus
from typing import Final

from msgspec import structs

from scanner.gate.policy import origin_of
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.contract import REFUSALS, Conduct
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.party import Party
from scanner.ocpi.client import MAX_REDIRECTS
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply, no_reply, read_reply
from scanner.ocpi.url_place import absolute
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-contract"
_REFUSALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED})
_SHARE: Final = 0.3  # of a host's requests; the rest is for what else is looked at
_FIRST_ERROR: Final = 300
_REDIRECTS: Final = range(300, 400)
_CANCEL: Final = "/CANCEL_RESERVATION"
_LONGEST_CURL: Final = 2000  # characters
_A_FILE: Final = b"@object.json"
_SERVER_ERRORS: Final = range(3000, 4000)  # status_codes
_RESPONSE: Final = frozenset({"result", "timeout", "message"})  # of commands and of chargingprofiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request at a door. `sure`: a platform that lets it in has what it asks for."""

    method: str
    url: str
    effect: Effect
    purpose: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    owners: frozenset[Party] = frozenset()
    leaves: tuple[Leftover, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of it; `reply` is None where there is no answer to read."""

    conduct: Conduct
    reply: Reply | None = None
    reason: Reason | None = None
    why: str = ""

    @property
    def http_status(self) -> int | None:
        """Of the answer, if there is one."""
        return self.reply.exchange.status if self.reply else None

    @property
    def ocpi_status(self) -> int | None:
        """Of the answer, if it has one."""
        return self.reply.ocpi_status if self.reply else None

    @property
    def says_malformed(self) -> bool:
        """True for a refusal that speaks of the message, and not of who sent it or where to."""
        return self.conduct in REFUSALS and self.http_status not in {*_REFUSALS, HTTPStatus.NOT_FOUND}

    @property
    def curl(self) -> str:
        """A command that repeats it; a long body is taken from a file, to be copied from the evidence."""
        if self.reply is None:
            return ""
        line = repeat_line(self.reply.exchange)
        if len(line) <= _LONGEST_CURL:
            return line
        return repeat_line(structs.replace(self.reply.exchange, request_body=_A_FILE))


def most_requests(max_requests: int) -> int:
    """The part of a host's requests that goes into who may do what."""
    return int(max_requests * _SHARE)


class Asker:
    """Sends questions within a share of the requests. What it gets it hands over, and keeps nothing."""

    def __init__(self, context: ProbeContext) -> None:
        self._context = context
        self._left = most_requests(context.target.limits.max_requests)
        self._random = random.Random(f"{context.seed}/{PROBE}")  # noqa: S311 - ids of messages, not secrets

    async def ask(self, door: Door, question: Question, hops: int = MAX_REDIRECTS) -> Came:
        """Send one question as the identity of the door, and read the answer; reads stay on their origin."""
        if not self._left:
            why = "its share of max_requests was used up"
            return Came(conduct=Conduct.NOT_ASKED, reason=Reason.BUDGET_EXHAUSTED, why=why)
        self._left -= 1
        outcome = await self._context.gate.http(self._intent(door, question))
        target = _next_hop(outcome) if question.effect is Effect.READ else None
        if target is not None and hops:
            return await self.ask(door, replace(question, url=target), hops - 1)
        return came(outcome, question)

    def _intent(self, door: Door, question: Question) -> HttpIntent:
        content = {"Content-Type": "application/json"} if question.body is not None else {}
        return HttpIntent(
            effect=question.effect,
            environment=self._context.target.name,
            probe=PROBE,
            purpose=question.purpose,
            identity=door.identity.name,
            method=question.method,
            url=question.url,
            credential=door.credential,
            headers={**MessageIds.new(self._random).headers, **content, **question.headers},
            body=question.body,
            module=door.specified.module,
            owners=question.owners,
            evse=self._evse(question),
            leaves=question.leaves,
        )

    def _evse(self, question: Question) -> str | None:
        """Everything else names made-up ids alone; the gate takes a reservation for one of the EVSE that is named."""
        cancels = question.effect is Effect.ACTUATE and question.url.endswith(_CANCEL)
        return min(self._context.target.evses, default=None) if cancels else None


def came(outcome: HttpOutcome, question: Question) -> Came:
    """Read an outcome; what was written is not read back yet."""
    if not isinstance(outcome, Exchange):
        nothing = no_reply(outcome, question.purpose)
        return Came(conduct=_unanswered(nothing), reason=nothing.reason, why=nothing.detail)
    reply = read_reply(outcome)
    conduct = _conduct(reply, sure=question.sure)
    reason = Reason.UNPARSABLE if conduct is Conduct.BROKEN else None
    said = f"{question.purpose}: {reply.answer.said()}" if reason else ""
    return Came(conduct=conduct, reply=reply, reason=reason, why=said)


def _next_hop(outcome: HttpOutcome) -> str | None:
    """Where a redirect leads, if it stays on its origin."""
    if not isinstance(outcome, Exchange) or outcome.status not in _REDIRECTS:
        return None
    target = absolute(outcome.url, outcome.header("Location") or "")
    origin = origin_of(target)
    return target if origin is not None and origin == origin_of(outcome.url) else None


def _unanswered(why: NoReply) -> Conduct:
    """The gate kept it back, or the platform gave no whole answer."""
    return Conduct.NOT_ASKED if why.failure is None else Conduct.BROKEN


def _is_unsupported(data: JsonValue) -> bool:
    """True for a CommandResponse or ChargingProfileResponse by which the function is off; it comes under a success."""
    return isinstance(data, Mapping) and data.get("result") == "NOT_SUPPORTED" and data.keys() <= _RESPONSE


def _conduct(reply: Reply, *, sure: bool) -> Conduct:
    status, ocpi = reply.exchange.status, reply.ocpi_status
    if _is_unsupported(reply.data):
        return Conduct.REFUSED if sure else Conduct.NOTHING_THERE
    if reply.access is Access.DATA:
        return Conduct.WORKED
    if reply.access in DECIDES_NOTHING or ocpi in _SERVER_ERRORS:
        return Conduct.BROKEN
    if status in _REDIRECTS:
        return Conduct.BROKEN  # says nothing about rights
    # A write is often answered without a body, or without the response format.
    if reply.access is Access.ACCEPTED or (status < _FIRST_ERROR and ocpi is None and reply.refused_redirect is None):
        return Conduct.ACCEPTED
    if status in _REFUSALS:
        return Conduct.REFUSED
    spoken = status == HTTPStatus.NOT_FOUND or (status < _FIRST_ERROR and ocpi is not None)
    if not spoken:
        return Conduct.REFUSED_OTHERWISE
    return Conduct.REFUSED if sure else Conduct.NOTHING_THERE
