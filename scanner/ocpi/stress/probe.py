"""Probe `ocpi-stress`: bounded load of several kinds, and what becomes of a good partner meanwhile.

Needs mode stress and an authorisation that covers the host now. It comes after everything that looks: who is throttled
sees nothing. It ends by itself, and leaves a platform alone that has not recovered.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from scanner.gate.address import is_loopback
from scanner.model.codec import adapter
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Refused
from scanner.model.facts.ocpi.stress import (
    STRESS_FACTS,
    HeldConnections,
    LoadSeen,
    MisframedTreated,
)
from scanner.model.intent import DnsIntent, PlannedRequest
from scanner.model.observation import Reason
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.stress.holding import HOLDINGS, Holding, hold
from scanner.ocpi.stress.lab import Lab
from scanner.ocpi.stress.loads import LOADS, LoadPlan
from scanner.ocpi.stress.misframing import MESSAGES, misframe
from scanner.ocpi.stress.naming import NAME
from scanner.ocpi.stress.pace import Pace, Rates
from scanner.ocpi.stress.partners import loader_and_good
from scanner.probe import ProbeContext

Looked = LoadSeen | HeldConnections | MisframedTreated | NoReply
_ORDER: Final[tuple[type, ...]] = (*(h.fact for h in HOLDINGS), MisframedTreated, *(plan.fact for plan in LOADS))
_NOT_STRESS: Final = not_configured("mode is not stress: no load is sent")


class StressProbe:
    """One platform after the other, one load after the other. `others`: everything that looks before.

    `only`: the facts to look for; the rest is told as not selected.
    """

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(STRESS_FACTS)
    reads: frozenset[str] = frozenset({"ocpi-discovery"})

    def __init__(
        self, others: Iterable[str], pace: Pace | None = None, only: frozenset[type] = frozenset(STRESS_FACTS)
    ) -> None:
        self.after: frozenset[str] = self.reads | frozenset(others)
        self._pace = pace or Pace()
        self._only = only

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Every load with its bounds."""
        if target.mode is not Mode.STRESS:
            return
        for endpoint in target.endpoints:
            if target.speakers(endpoint):
                yield from _planned(target, endpoint, self._pace)

    async def run(self, context: ProbeContext) -> None:
        """Only where the mode is stress; the gate asks for the authorisation."""
        for endpoint in context.target.endpoints:
            book = Notebook(context, endpoint, None)
            if context.target.mode is not Mode.STRESS:
                book.missing(book.platform(), STRESS_FACTS, _NOT_STRESS)
                continue
            lab = await _opened(context, endpoint, self._pace)
            if isinstance(lab, NoReply):
                book.missing(book.platform(), STRESS_FACTS, lab)
            else:
                await self._all(lab, endpoint, Notebook(context, endpoint, lab.loader.identity))

    async def _all(self, lab: Lab, endpoint: Endpoint, book: Notebook) -> None:
        left_alone: NoReply | None = None
        for fact in _ORDER:
            if fact not in self._only:
                why = NoReply(reason=Reason.NOT_SELECTED, detail="this load was not selected")
                book.missing(book.platform(), (fact,), why)
                continue
            seen = left_alone or await _looks(lab, endpoint)[fact]()
            if isinstance(seen, NoReply):
                book.missing(book.platform(), (fact,), seen)
                continue
            book.seen(book.platform(), seen, _kept(book, seen))
            left_alone = _why_left_alone(seen)


def _looks(lab: Lab, endpoint: Endpoint) -> dict[type, Callable[[], Awaitable[Looked]]]:
    def of_load(plan: LoadPlan) -> Callable[[], Awaitable[Looked]]:
        return lambda: lab.look(plan)

    def of_holding(holding: Holding) -> Callable[[], Awaitable[Looked]]:
        return lambda: hold(lab, endpoint, holding)

    looks = {plan.fact: of_load(plan) for plan in LOADS}
    held = {holding.fact: of_holding(holding) for holding in HOLDINGS}
    return {**looks, **held, MisframedTreated: lambda: _misframed(lab.context, endpoint)}


async def _opened(context: ProbeContext, endpoint: Endpoint, pace: Pace) -> Lab | NoReply:
    partners = loader_and_good(context, endpoint)
    if partners is None:
        why = why_nothing(context, endpoint)
        return replace(why, detail=f"nobody has a list to ask for again and again: {why.detail}")
    loader, good = partners
    client = OcpiClient(context, endpoint, NAME)
    reply = await client.get(good.ask(context, "a good request").url, "a good request", good.interface.credential)
    if not isinstance(reply, Reply):
        return reply
    limits = context.target.stress
    return Lab(
        context=context,
        loader=loader,
        good=good,
        rates=Rates.within(limits),
        pace=pace,
        curl=reply.answer.curl,
    )


async def _misframed(context: ProbeContext, endpoint: Endpoint) -> MisframedTreated | NoReply:
    """Where every address of the platform is our own machine; the gate sees to it once more."""
    intent = DnsIntent(
        effect=Effect.READ,
        environment=context.target.name,
        probe=NAME,
        purpose="whether the platform is on loopback",
        name=endpoint.origin.host,
    )
    addresses = await context.gate.resolve(intent)
    if isinstance(addresses, Refused) or not isinstance(addresses, tuple) or not all(map(is_loopback, addresses)):
        return NoReply(reason=Reason.NOT_PERMITTED, detail="messages with two lengths are sent to loopback only")
    return await misframe(context, endpoint)


def _why_left_alone(seen: LoadSeen | HeldConnections | MisframedTreated) -> NoReply | None:
    if isinstance(seen, LoadSeen) and seen.recovered_after_s is None:
        detail = f"the platform had not recovered {seen.watched_s:g} s after {seen.what}, so it was left alone"
        return NoReply(reason=Reason.STOPPED, detail=detail)
    return None


def _kept(book: Notebook, seen: LoadSeen | HeldConnections | MisframedTreated) -> EvidenceRef:
    document = {"kind": type(seen).__name__, **adapter(cast("Any", type(seen))).dump_python(seen, mode="json")}
    title = f"stress: {seen.what}" if isinstance(seen, LoadSeen) else f"stress: {type(seen).__name__}"
    return book.context.evidence.store_document(title, book.context.record.witness, document)


def _planned(target: EnvironmentTarget, endpoint: Endpoint, pace: Pace) -> Sequence[PlannedRequest]:
    rates, limits = Rates.within(target.stress), target.stress
    phases = pace.before_s + pace.during_s + pace.after_s + pace.recovery_s
    lines = [
        _line(target, _told(plan, rates, pace, endpoint), int(rates.most * pace.during_s) + 1)
        for plan in _loads(target)
    ]
    lines += [
        _line(target, f"{holding.purpose}, held for {pace.held_s:g} s at {endpoint.origin}", rates.connections)
        for holding in HOLDINGS
    ]
    good = int(rates.good * (len(LOADS) * phases * 2 + len(HOLDINGS) * (pace.held_s + phases))) + 1
    lines.append(_line(target, f"GET: a good partner beside all that, {rates.good:g} a second", good))
    if is_loopback(endpoint.origin.host) or endpoint.origin.host == "localhost":
        lines.append(_line(target, f"messages with two lengths, to {endpoint.origin}", len(MESSAGES) + 1))
    bound = (
        f"all bursts together: {limits.max_requests} requests, {limits.max_seconds:g} s, "
        f"{limits.max_connections} connections at once, {limits.max_bytes} bytes"
    )
    return [replace(line, what=f"{line.what} ({bound})") for line in lines]


def _loads(target: EnvironmentTarget) -> Sequence[LoadPlan]:
    """Those that somebody may send."""
    writes = any(identity.disposable for identity in target.identities)
    return [plan for plan in LOADS if writes or not plan.writes]


def _told(plan: LoadPlan, rates: Rates, pace: Pace, endpoint: Endpoint) -> str:
    method = "PUT of an object of our own" if plan.writes else "GET"
    rate = plan.per_second(rates, None)
    return f"{method}: {plan.what}, up to {rate:g} a second for {pace.during_s:g} s at {endpoint.origin}"


def _line(target: EnvironmentTarget, what: str, at_most: int) -> PlannedRequest:
    return PlannedRequest(
        probe=NAME,
        effect=Effect.BURST,
        environment=target.name,
        what=what,
        at_least=0,
        at_most=min(at_most, target.stress.max_requests),
    )
