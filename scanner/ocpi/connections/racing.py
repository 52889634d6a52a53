"""Messages about one object that are under way at the same time: what is left has to be a serial order's.

How long each was under way, against how long they took together, says whether they met at all.
"""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from typing import Final

from scanner.model.facts.ocpi.connections import Ended, Race, Raced
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.interfaces import interface as specified
from scanner.model.subject import Side
from scanner.ocpi.connections.churning import CHURNED, churn
from scanner.ocpi.connections.marks import Marks, can_be_marked, marks
from scanner.ocpi.connections.writing import CRASHED, look, otherwise, send
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.looked import Looked
from scanner.ocpi.transitions.message import location_of
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.specimens import Specimens
from scanner.ocpi.writing.stamp import written

ROUNDS: Final = 2  # in which messages met
_MOST_ROUNDS: Final = 6
TOGETHER: Final = 3  # messages of one round
_MET: Final = 1.05  # times as long under way, all together, as the round took
_LONGEST_PAUSE_S: Final = 1.0
_HARMLESS: Final = (Ended.SERIAL, Ended.APART)


def races(bench: Bench) -> tuple[Race, ...]:
    """What makes sense here."""
    if bench.creates:
        return (Race.POSTS,)
    if not can_be_marked(bench.class_name):
        return ()
    operations = specified(bench.surface.version, bench.surface.interface.module, Side.RECEIVER).of("PATCH")
    patched = any(operation.path == bench.make.path for operation in operations)
    alone = (Race.PUTS, Race.PATCHES) if patched else (Race.PUTS,)
    return (*alone, Race.CHURN) if bench.class_name in CHURNED else alone


class Racer:
    """`pause_s`: between rounds, so that the messages of one are not kept apart by our own limit of rate."""

    def __init__(self, desk: Desk, specimens: Specimens, usual: frozenset[str], requests_per_second: float) -> None:
        self._desk = desk
        self._specimens = specimens
        self._usual = usual
        self._pause_s = min(_LONGEST_PAUSE_S, 2 * TOGETHER / requests_per_second)

    async def run(self, race: Race) -> Raced:
        """Rounds, each on an object of its own, until messages met often enough; the worst of them. Raises: Ended."""
        serial: list[Raced] = []
        one = await self._round(race)
        for _ in range(_MOST_ROUNDS - 1):
            serial += [one] * (one.ended is Ended.SERIAL)
            if one.ended not in _HARMLESS or len(serial) == ROUNDS:
                break
            one = await self._round(race)
        return one if one.ended not in _HARMLESS or not serial else serial[0]

    async def _round(self, race: Race) -> Raced:
        if race is Race.CHURN:
            return await churn(self._desk, [self._specimens.fresh() for _ in range(TOGETHER)], self._usual)
        specimen = self._specimens.fresh()
        if race is not Race.POSTS:
            first = await send(self._desk, specimen, f"to be there before: {race}")
            if not first.accepted:
                return Raced(race=race, ended=Ended.NOT_TRIED, why=f"the object was not accepted: {first.said()}")
        await self._warm(specimen)
        await asyncio.sleep(self._pause_s)
        match race:
            case Race.PUTS:
                return await self._puts(specimen)
            case Race.PATCHES:
                return await self._patches(specimen)
            case _:
                return await self._posts(specimen)

    async def _warm(self, specimen: Specimen) -> None:
        """Open as many connections as there will be messages."""
        bench = self._desk.bench
        url = bench.surface.interface.url if bench.creates else bench.url(specimen.object_id)
        await asyncio.gather(*(self._desk.look(url, "before a race") for _ in range(TOGETHER)))

    async def _puts(self, specimen: Specimen) -> Raced:
        bodies: list[dict[str, JsonValue]] = [dict(specimen.sent)]
        for number in range(1, TOGETHER + 1):
            marked = marks(self._desk.bench.class_name, number, specimen.sent)
            bodies.append({**specimen.sent, **marked, "last_updated": written(self._desk.moment())})
        sent = [send(self._desk, specimen, str(Race.PUTS), body=body) for body in bodies[1:]]
        answers, met = await _together(sent)
        here = await look(self._desk, specimen, str(Race.PUTS))
        accepted = [body for body, one in zip(bodies[1:], answers, strict=True) if one.accepted]
        ended, changed = self._of_puts(accepted, [bodies[0], *accepted], here)
        return _raced(Race.PUTS, ended, answers, changed, met=met)

    def _of_puts(
        self, accepted: list[dict[str, JsonValue]], known: list[dict[str, JsonValue]], here: Looked
    ) -> tuple[Ended, tuple[str, ...]]:
        if not accepted:
            return Ended.NONE_ACCEPTED, ()
        if not here.known:
            return Ended.UNREAD, ()
        if here.found is None:
            return Ended.GONE, ("",)
        changed = otherwise(accepted[-1], here, self._usual)
        if not changed:
            return Ended.SERIAL, ()
        older = any(not otherwise(body, here, self._usual) for body in known)
        return (Ended.OLDER if older else Ended.MIXED), changed

    async def _patches(self, specimen: Specimen) -> Raced:
        date: Marks = {"last_updated": written(self._desk.moment())}
        marked = marks(self._desk.bench.class_name, 1, specimen.sent)
        parts: list[dict[str, JsonValue]] = [{name: value, **date} for name, value in marked.items()]
        sent = [send(self._desk, specimen, str(Race.PATCHES), body=part, method="PATCH") for part in parts]
        answers, met = await _together(sent)
        here = await look(self._desk, specimen, str(Race.PATCHES))
        accepted = [part for part, one in zip(parts, answers, strict=True) if one.accepted]
        ended, changed = self._of_patches(accepted, here)
        return _raced(Race.PATCHES, ended, answers, changed, met=met)

    def _of_patches(self, accepted: list[dict[str, JsonValue]], here: Looked) -> tuple[Ended, tuple[str, ...]]:
        if not accepted:
            return Ended.NONE_ACCEPTED, ()
        if not here.known:
            return Ended.UNREAD, ()
        if here.found is None:
            return Ended.GONE, ("",)
        missing = {pointer for part in accepted for pointer in otherwise(part, here, self._usual | {"/last_updated"})}
        return (Ended.LOST if missing else Ended.SERIAL), tuple(sorted(missing))

    async def _posts(self, specimen: Specimen) -> Raced:
        answers, met = await _together([send(self._desk, specimen, str(Race.POSTS)) for _ in range(TOGETHER)])
        accepted = [one for one in answers if one.accepted]
        places = {place for one in accepted if (place := location_of(self._desk.bench, one.location))}
        there = [p for p in sorted(places) if (await self._desk.look(p, str(Race.POSTS))).found is not None]
        if not accepted:
            ended = Ended.NONE_ACCEPTED
        elif not there:
            ended = Ended.UNREAD
        else:
            ended = Ended.TWICE if len(there) > 1 else Ended.SERIAL
        return _raced(Race.POSTS, ended, answers, (), met=met)


async def _together(sending: Sequence[Awaitable[Answered]]) -> tuple[list[Answered], bool]:
    """All answers, in the order of the messages, and whether any two were under way at the same time."""
    began = time.monotonic()
    answers = list(await asyncio.gather(*sending))
    took = time.monotonic() - began
    under_way = sum(one.exchange.elapsed_s for one in answers if one.exchange is not None)
    return answers, under_way > took * _MET


def _raced(race: Race, ended: Ended, answers: list[Answered], changed: tuple[str, ...], *, met: bool) -> Raced:
    accepted = [one for one in answers if one.accepted]
    return Raced(
        race=race,
        ended=Ended.APART if ended is Ended.SERIAL and not met else ended,
        sent=len(answers),
        accepted=len(accepted),
        errors=sum(one.reaction.said in CRASHED for one in answers),
        changed=changed,
        why="" if accepted else answers[0].said(),
    )
