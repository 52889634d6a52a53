"""Objects that are made and changed again and again, several of them at once: each has to stay what it is.

Sessions alone: they begin and change by the minute, and a platform that keeps what it works on in one place mixes them.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.model.facts.ocpi.connections import Ended, Race, Raced
from scanner.model.json_value import JsonValue
from scanner.ocpi.connections.marks import marks
from scanner.ocpi.connections.writing import CRASHED, look, otherwise, send
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.looked import Looked
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.writing.stamp import written

CHURNED: Final = frozenset({"Session"})
_CHANGES: Final = 3  # of each object
_MET: Final = 1.05  # times as long under way, all together, as it took


@dataclass(slots=True)
class _Lane:
    """One object: what was accepted of it, oldest first, and every answer."""

    specimen: Specimen
    accepted: list[dict[str, JsonValue]] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)


async def churn(desk: Desk, specimens: Sequence[Specimen], usual: frozenset[str]) -> Raced:
    """All lanes at once, each with one message after the other; then each object is read. Raises: Ended."""
    lanes = [_Lane(specimen) for specimen in specimens]
    began = time.monotonic()
    await asyncio.gather(*(_run(desk, lane, number) for number, lane in enumerate(lanes)))
    took = time.monotonic() - began
    answers = [one for lane in lanes for one in lane.answers]
    under_way = sum(one.exchange.elapsed_s for one in answers if one.exchange is not None)
    ended, changed = await _read_all(desk, lanes, usual)
    accepted = sum(len(lane.accepted) for lane in lanes)
    return Raced(
        race=Race.CHURN,
        ended=Ended.APART if ended is Ended.SERIAL and under_way <= took * _MET else ended,
        sent=len(answers),
        accepted=accepted,
        errors=sum(one.reaction.said in CRASHED for one in answers),
        changed=changed,
        why="" if accepted else answers[0].said(),
    )


async def _run(desk: Desk, lane: _Lane, number: int) -> None:
    """The object, then changes that no other lane sends."""
    await _put(desk, lane, dict(lane.specimen.sent))
    for change in range(1, _CHANGES + 1):
        if not lane.accepted:
            return
        own = marks(desk.bench.class_name, 10 * (number + 1) + change, lane.specimen.sent)
        await _put(desk, lane, {**lane.specimen.sent, **own, "last_updated": written(desk.moment())})


async def _put(desk: Desk, lane: _Lane, body: dict[str, JsonValue]) -> None:
    answered = await send(desk, lane.specimen, str(Race.CHURN), body=body)
    lane.answers.append(answered)
    if answered.accepted:
        lane.accepted.append(body)


async def _read_all(desk: Desk, lanes: Sequence[_Lane], usual: frozenset[str]) -> tuple[Ended, tuple[str, ...]]:
    """The worst that became of any of them."""
    if not all(lane.accepted for lane in lanes):
        return Ended.NONE_ACCEPTED, ()
    worst: tuple[Ended, tuple[str, ...]] = (Ended.SERIAL, ())
    for lane in lanes:
        here = await look(desk, lane.specimen, str(Race.CHURN))
        others = [body for other in lanes if other is not lane for body in other.accepted[1:]]
        found = _became(desk, lane, others, here, usual)
        if found[0] is Ended.CROSSED or (worst[0] is Ended.SERIAL and found[0] is not Ended.SERIAL):
            worst = found
    return worst


def _became(
    desk: Desk, lane: _Lane, others: Sequence[dict[str, JsonValue]], here: Looked, usual: frozenset[str]
) -> tuple[Ended, tuple[str, ...]]:
    if not here.known:
        return Ended.UNREAD, ()
    if here.found is None:
        return Ended.GONE, ("",)
    changed = otherwise(lane.accepted[-1], here, usual)
    if not changed:
        return Ended.SERIAL, ()
    names = marks(desk.bench.class_name, 1, lane.specimen.sent)
    if any(name in here.found and here.found[name] == body.get(name) for body in others for name in names):
        return Ended.CROSSED, changed
    older = any(not otherwise(body, here, usual) for body in lane.accepted)
    return (Ended.OLDER if older else Ended.MIXED), changed
