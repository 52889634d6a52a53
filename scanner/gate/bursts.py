"""Bursts through the gate: every request judged, on record before the first is sent, and bounded for each host."""

from typing import Final

from msgspec.structs import replace

from scanner.gate.budget import BudgetUsed
from scanner.gate.decision import Decisions
from scanner.gate.http_requests import HttpRequests
from scanner.gate.load import Load, Template
from scanner.gate.policy import origin_of
from scanner.gate.record import IntentRecord
from scanner.gate.stress_budget import StressBudget, StressBudgets
from scanner.gate.wire import Wire
from scanner.model.burst import BurstIntent, BurstSent
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass

_MOST_REQUESTS: Final = 100  # different ones in one burst


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """Sends bursts."""

    decisions: Decisions
    record: IntentRecord
    budgets: StressBudgets
    requests: HttpRequests

    async def send(self, intent: BurstIntent) -> BurstSent | Failed | Refused:
        """Judge every request, write them down, send them, and write down what came."""
        host = self._one_host(intent)
        if isinstance(host, Refused):
            return host
        templates = []
        for request in intent.requests:
            ready = self.decisions.refusal(request) or await self.requests.prepared(request)
            if not isinstance(ready, Wire):
                return ready
            templates.append(ready)
        first = intent.requests[0]
        budget = self.budgets.of(host, first.environment)
        try:
            with budget.share(intent.per_second, intent.connections):
                return await self._under_way(intent, host, budget, templates)
        except BudgetUsed as used:
            return Refused(kind=RefusalKind.BUDGET, detail=f"{host} has had its {used}, or would have")

    async def _under_way(
        self, intent: BurstIntent, host: str, budget: StressBudget, wires: list[Wire]
    ) -> BurstSent | Refused:
        try:
            templates = [Template(replace(wire, received=budget.host.received)) for wire in wires]
        except ValueError as error:
            return Refused(kind=RefusalKind.UNSENDABLE, detail=str(error))
        numbers = [
            self.record.note(request, _as_noted(request, host, intent, at_most=0 if position else intent.at_most))
            for position, request in enumerate(intent.requests)
        ]
        load = Load(
            templates=templates,
            per_second=intent.per_second,
            seconds=intent.seconds,
            at_most=intent.at_most,
            connections=intent.connections,
            reconnect=intent.reconnect,
            stop_on_trouble=intent.stop_on_trouble,
            go_on=lambda: self._why_not(intent.requests[0]),
            spend=budget.spend,
        )
        try:
            await load.run()
        finally:
            self.record.burst(numbers[0], len(load.samples), load.received, load.stopped)
        return BurstSent(
            began=load.began,
            seconds=intent.seconds,
            samples=tuple(load.samples),
            not_sent=load.not_sent,
            bytes_received=load.received,
            stopped=load.stopped,
            number=numbers[0],
        )

    def _why_not(self, request: HttpIntent) -> str | None:
        """The window of the authorisation closes, somebody presses Ctrl-C: asked again all the while."""
        refused = self.decisions.refusal(request)
        return refused.detail if refused else None

    def _one_host(self, intent: BurstIntent) -> str | Refused:
        origins = {(origin_of(request.url), request.environment) for request in intent.requests}
        origin = next(iter(origins), (None, ""))[0]
        if origin is None or len(origins) != 1 or len(intent.requests) > _MOST_REQUESTS:
            detail = f"a burst goes to one origin of one environment, and repeats {_MOST_REQUESTS} requests at most"
            return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=detail)
        if any(request.effect is not Effect.BURST for request in intent.requests):
            return Refused(kind=RefusalKind.NOT_ALLOWED, detail="what is sent again and again is declared as a burst")
        if not (intent.per_second > 0 and intent.seconds > 0 and intent.at_most > 0 and intent.connections > 0):
            return Refused(kind=RefusalKind.NOT_ALLOWED, detail="a burst has a rate, a time, a count and a connection")
        return origin.host


def _as_noted(request: HttpIntent, host: str, intent: BurstIntent, *, at_most: int) -> dict[str, JsonValue]:
    """The first entry of a burst announces all of it."""
    return {
        "method": request.method,
        "burst_url": request.shown_url or request.url,
        "burst_host": host,
        "at_most": at_most,
        "per_second": intent.per_second,
        "seconds": intent.seconds if at_most else 0,
        "connections": intent.connections,
    }
