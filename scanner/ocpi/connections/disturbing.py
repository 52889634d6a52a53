"""Valid objects on connections that are cut, half-closed or misdeclared; then the same message again, whole.

An incomplete message is none (RFC 9112, sections 6.3 and 8), and OCPI lets a sender repeat what may not have arrived
(transport and format, push). Each disturbance has an object of its own; all are sent before the first is looked for,
so that a platform that stores late has had time to.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from scanner.model.delivery import Delivery, Ending
from scanner.model.exchange import FailureKind
from scanner.model.facts.ocpi.connections import Disturbance, Disturbed, Left, Returned
from scanner.ocpi.connections.writing import CRASHED, Ids, look, otherwise, place_of, send
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.looked import UNKNOWN
from scanner.ocpi.transitions.message import location_of
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.specimens import Specimens
from scanner.ocpi.writing.reaction import Said
from scanner.ocpi.writing.surface import as_bytes

_SETTLED_S: Final = 0.15  # a message that was taken by mistake is stored by then
_BEHIND: Final = " " * 32  # JSON may end in blanks (RFC 8259, section 2), so that what came is an object
_PADDED: Final = frozenset({Disturbance.BEHIND_OBJECT, Disturbance.HALF_CLOSED_BEHIND})
# No connection came about, so there was nothing to disturb.
_NOT_THERE: Final = frozenset(FailureKind) - {
    FailureKind.LEFT,
    FailureKind.RESET,
    FailureKind.TIMEOUT,
    FailureKind.NOT_HTTP,
    FailureKind.HEADERS_TOO_LARGE,
}
_ENDINGS: Final = {
    Disturbance.VANISHED: Ending.VANISH,
    Disturbance.HALF_CLOSED: Ending.HALF_CLOSE,
    Disturbance.HALF_CLOSED_BEHIND: Ending.HALF_CLOSE,
    Disturbance.SHORTER: Ending.WAIT,
}


def disturbances(bench: Bench) -> tuple[Disturbance, ...]:
    """What makes sense here; a half message of what is POSTed leaves nothing that could be found by a URL."""
    return (Disturbance.BEFORE_ANSWER,) if bench.creates else tuple(Disturbance)


@dataclass(slots=True, kw_only=True)
class _Attempt:
    specimen: Specimen
    ids: Ids
    fact: Disturbed
    tried: bool = False


class Disturber:
    """`usual`: pointers at which every object here reads otherwise than it was sent; `found`: what came of each.

    `readable` False: not even an object that was left in peace could be read back.
    """

    def __init__(self, desk: Desk, specimens: Specimens, usual: frozenset[str], *, readable: bool) -> None:
        self._desk = desk
        self._readable = readable
        self._usual = usual
        ids = Random(f"{desk.seed}/{desk.now.isoformat()}/returning")  # noqa: S311 - ids of messages
        self._attempts = [
            _Attempt(specimen=specimens.fresh(), ids=MessageIds.new(ids).headers, fact=_untried(disturbance))
            for disturbance in disturbances(desk.bench)
        ]

    @property
    def found(self) -> tuple[Disturbed, ...]:
        """One for each disturbance, as far as it came."""
        return tuple(attempt.fact for attempt in self._attempts)

    async def run(self) -> None:
        """Disturb, look, come back, look again. Raises: Ended."""
        for attempt in self._attempts:
            await self._disturb(attempt)
        await asyncio.sleep(_SETTLED_S)
        for attempt in self._tried():
            attempt.fact = replace(attempt.fact, left=await self._left(attempt))
        for attempt in self._tried():
            attempt.fact = await self._returned(attempt)

    def _tried(self) -> Iterator[_Attempt]:
        return (attempt for attempt in self._attempts if attempt.tried)

    async def _disturb(self, attempt: _Attempt) -> None:
        disturbance = attempt.fact.disturbance
        answered = await send(
            self._desk,
            attempt.specimen,
            disturbance.value,
            ids=attempt.ids,
            behind=_BEHIND if disturbance in _PADDED else "",
            delivery=_delivery(disturbance, len(as_bytes(attempt.specimen.sent))),
        )
        attempt.tried = answered.reaction.said is not Said.NOT_SENT and answered.failure not in _NOT_THERE
        why = "" if attempt.tried else answered.said()
        attempt.fact = replace(attempt.fact, answered=answered.reaction.http_status, why=why)

    async def _left(self, attempt: _Attempt) -> Left:
        if self._desk.bench.creates:
            return Left.UNREAD
        here = await look(self._desk, attempt.specimen, f"after: {attempt.fact.disturbance}")
        if not here.known:
            return Left.UNREAD
        return Left.NOTHING if here.found is None else Left.OBJECT

    async def _returned(self, attempt: _Attempt) -> Disturbed:
        again = await send(self._desk, attempt.specimen, "the same message, whole", ids=attempt.ids)
        became, changed = await self._became(attempt, again)
        return replace(
            attempt.fact,
            returned=became,
            changed=changed,
            http_status=again.reaction.http_status,
            ocpi_status=again.reaction.ocpi_status,
            why=again.said() if became is Returned.NOT_TRIED else attempt.fact.why,
        )

    async def _became(self, attempt: _Attempt, again: Answered) -> tuple[Returned, tuple[str, ...]]:
        if again.reaction.said is Said.NOT_SENT:
            return Returned.NOT_TRIED, ()
        if again.reaction.said in CRASHED:
            return Returned.FAILED, ()
        here = await look(self._desk, attempt.specimen, "the message that came back") if self._readable else UNKNOWN
        changed = otherwise(attempt.specimen.sent, here, self._usual) if here.known else ()
        if not again.accepted:
            if attempt.fact.disturbance.whole and not here.known:
                return Returned.REFUSED_UNREAD, ()  # the first one may have come there, and this be a second
            as_it_was = here.known and not changed and attempt.fact.disturbance.whole
            return (Returned.ONCE if as_it_was else Returned.REFUSED), ()
        if not here.known:
            return Returned.UNREAD, ()
        if changed:
            return Returned.OTHER, changed
        return (Returned.TWICE if await self._once_more(attempt) else Returned.ONCE), ()

    async def _once_more(self, attempt: _Attempt) -> bool:
        """Whether a POST that comes a third time makes an object beside the one that is there."""
        if not self._desk.bench.creates:
            return False
        more = await send(self._desk, attempt.specimen, "the same message once more", ids=attempt.ids)
        place = location_of(self._desk.bench, more.location)
        if not more.accepted or place is None or place == place_of(self._desk, attempt.specimen):
            return False
        return (await self._desk.look(place, "a second object")).found is not None


def _delivery(disturbance: Disturbance, size: int) -> Delivery:
    """How a body of `size` bytes is delivered; a padded one has blanks behind it."""
    ending = _ENDINGS.get(disturbance, Ending.LEAVE)
    match disturbance:
        case Disturbance.BEFORE_ANSWER:
            return Delivery(ending=ending)
        case Disturbance.AFTER_HEADERS:
            return Delivery(sent=0, ending=ending)
        case Disturbance.SHORTER:
            return Delivery(declared=size // 2, ending=ending)
        case Disturbance.BEHIND_OBJECT | Disturbance.HALF_CLOSED_BEHIND:
            return Delivery(sent=size, ending=ending)
        case _:
            return Delivery(sent=size // 2, ending=ending)


def _untried(disturbance: Disturbance) -> Disturbed:
    return Disturbed(disturbance=disturbance, left=Left.NOT_TRIED, returned=Returned.NOT_TRIED)
