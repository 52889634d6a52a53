"""Probe `ocpi-backends`: a module whose backend is in trouble, and whether the other modules feel it.

Nobody outside can break a backend, and nobody should: its operator does, on a test platform, for the time of the scan,
and says so (`troubled_backends`). Reads only: the other modules before anybody asks the troubled one, then several
requests to that at once, and the others again while those are under way. Where they were slow then, all of that once
more: a machine stands still for a second by chance, a module that waits for another one does so each time.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.backends import BACKEND_FACTS, Asked, BackendTroubled, Neighbour
from scanner.model.intent import PlannedRequest
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.subject import Side
from scanner.model.target import Endpoint, EnvironmentTarget, TroubledBackend
from scanner.model.witness import Witness
from scanner.ocpi.backends.asking import PROBE, Asking
from scanner.ocpi.interfaces import Interface, discovered, first_speaker, why_nothing
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.planned import planned_gets
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

_AT_ONCE: Final = 3  # requests to the module in trouble
_ROUNDS: Final = 2  # of each neighbour
_LOOKS: Final = 2  # at most
_MOST_NEIGHBOURS: Final = 5
_PATIENCE_S: Final = 10.0
_LEAD_S: Final = 0.1  # so that requests to the troubled module are on their way before others are asked
_LISTS: Final = frozenset({"locations", "tariffs", "tokens", "sessions", "cdrs", "hubclientinfo"})


class BackendsProbe:
    """Each module whose backend is in trouble, in the newest version that has it."""

    name = PROBE
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(BACKEND_FACTS)
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """GETs of lists, some of them at once."""
        number = len(target.troubled_backends)
        for endpoint in target.endpoints if number else ():
            what = f"GET of lists below {endpoint.versions_url}, {_AT_ONCE} at once of those with a backend in trouble"
            yield from planned_gets(
                PROBE, what, number * _LOOKS * (_AT_ONCE + 2 * _ROUNDS * _MOST_NEIGHBOURS), target, endpoint
            )

    async def run(self, context: ProbeContext) -> None:
        """One module after the other."""
        for endpoint in context.target.endpoints:
            lists = _lists(context, endpoint)
            book = Notebook(context, endpoint, None)
            if not context.target.troubled_backends:
                why = not_configured("no module's backend was said to be in trouble (`troubled_backends`)")
                book.missing(book.platform(), BACKEND_FACTS, why)
            elif not lists:
                book.missing(book.platform(), BACKEND_FACTS, why_nothing(context, endpoint))
            for troubled in context.target.troubled_backends if lists else ():
                await self._look(context, endpoint, lists, troubled)

    async def _look(
        self, context: ProbeContext, endpoint: Endpoint, lists: Sequence[Interface], troubled: TroubledBackend
    ) -> None:
        mine = [one for one in lists if one.module == troubled.module]
        if not mine:
            book = Notebook(context, endpoint, None)
            why = not_configured(f"no list of {troubled.module}, whose backend is in trouble, is offered to us")
            book.missing(book.platform(), BACKEND_FACTS, why)
            return
        own = mine[-1]
        spared = {one.module for one in context.target.troubled_backends}
        beside = [one for one in lists if one.version == own.version and one.module not in spared]
        asking = Asking(context, self._patience_s)
        book = Notebook(context, endpoint, own.credential.identity)
        fact = await _looked(asking, own, beside[:_MOST_NEIGHBOURS], troubled)
        if isinstance(fact, NoReply):
            book.missing(own.subject, BACKEND_FACTS, fact, *asking.evidence)
        else:
            book.seen(own.subject, fact, *asking.evidence)


async def _looked(
    asking: Asking, own: Interface, beside: Sequence[Interface], troubled: TroubledBackend
) -> BackendTroubled | NoReply:
    """The last look."""
    fact = await _observed(asking, own, beside, troubled)
    looks = 1
    while looks < _LOOKS and not isinstance(fact, NoReply) and any(one.slow() for one in fact.neighbours):
        fact = await _observed(asking, own, beside, troubled)
        looks += 1
    return fact if isinstance(fact, NoReply) else replace(fact, looks=looks)


async def _observed(
    asking: Asking, own: Interface, beside: Sequence[Interface], troubled: TroubledBackend
) -> BackendTroubled | NoReply:
    calm = [await _rounds(asking, one, "before") for one in beside]
    asked = [asyncio.create_task(asking.ask(own, "whose backend is in trouble")) for _ in range(_AT_ONCE)]
    await asyncio.sleep(_LEAD_S)
    strained = await asyncio.gather(*(_rounds(asking, one, f"while {own.module} is asked") for one in beside))
    under_way = sum(not task.done() for task in asked)
    answers = await asyncio.gather(*asked)
    missing = [one for one in (*answers, *calm, *strained) if isinstance(one, NoReply)]
    if missing:
        return missing[0]
    neighbours = [
        Neighbour(name=one.name, calm=before, strained=during)
        for one, before, during in zip(beside, calm, strained, strict=True)
        if not isinstance(before, NoReply) and not isinstance(during, NoReply)
    ]
    own_answers = tuple(one for one in answers if isinstance(one, Asked))
    unanswered = sum(one.http_status is None and one.ended is None for one in own_answers)
    return BackendTroubled(
        trouble=troubled.trouble,
        own=own_answers,
        neighbours=tuple(neighbours),
        under_way=max(under_way, unanswered),
    )


async def _rounds(asking: Asking, interface: Interface, why: str) -> tuple[Asked, ...] | NoReply:
    found = []
    for _ in range(_ROUNDS):
        asked = await asking.ask(interface, why)
        if isinstance(asked, NoReply):
            return asked
        found.append(asked)
    return tuple(found)


def _lists(context: ProbeContext, endpoint: Endpoint) -> list[Interface]:
    """Lists that somebody of ours may read, oldest version first."""
    found = first_speaker(discovered(context, endpoint)).values()
    offered = [i for i in found if i.side is not Side.RECEIVER and i.module in _LISTS and i.version in VERSIONS]
    return sorted(offered, key=lambda i: (VERSIONS.index(i.version), i.module))
