"""One edge taken on one throw-away object: sent, read back, and what became of it."""

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.transitions import Became, StepTaken
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.machines.machine import ABSENT, Edge, Sets
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.leaving import leaves, of_other
from scanner.ocpi.transitions.looked import UNKNOWN, Looked
from scanner.ocpi.transitions.message import Message, location_of, message
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.whereabouts import made_at
from scanner.ocpi.writing.reaction import Said
from scanner.ocpi.writing.reading_back import unlike

_STAMP: Final = "/last_updated"
_CLOSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_CRASHED: Final = frozenset({Said.SERVER_ERROR, Said.DROPPED, Said.HUNG})
_LONGEST_CURL: Final = 4000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The step as a fact, and the exchanges that it rests on: the write, and what was read after it."""

    step: StepTaken
    write: Exchange | None = None
    read: Exchange | None = None
    accepted: bool = False


async def take(
    desk: Desk, specimen: Specimen, edge: Edge, *, readable: bool = True, before: Sets | None = None
) -> Taken:
    """Send the step and read back. `readable`: objects of this kind can be read here. Raises: Ended."""
    made = message(desk, specimen, edge, before)
    if isinstance(made, str):
        return Taken(step=not_tried(edge, made))
    announced = _announced(desk, specimen, made)
    owners = frozenset({made.other}) if made.other else frozenset()
    answered = await desk.write(made.method, made.url, made.body, edge.name, leaves=announced, owners=owners)
    if answered.reaction.said is Said.NOT_SENT:
        return Taken(step=not_tried(edge, answered.said()))
    specimen.leaves += announced
    if edge.source == ABSENT and desk.bench.creates:
        location = answered.location if answered.accepted else specimen.location
        here, specimen.location = await made_at(desk, location, specimen.object_id, edge.name)
        here = _of_ours(desk, specimen, here)
    else:
        here = await desk.look(_where(desk, specimen), edge.name)
    there = await _elsewhere(desk, specimen, made, answered, edge.name)
    changed = differences(specimen.seen, here.found, made.whole)
    done = _done(made, here, there, changed) if readable else None
    if answered.accepted or changed:
        specimen.sent, specimen.seen = made.whole, here.found
    if answered.accepted:
        specimen.state = edge.target
    return Taken(
        step=_step(edge, answered, _became(answered, done=done), changed),
        write=answered.exchange,
        read=(there or here).exchange,
        accepted=answered.accepted,
    )


def not_tried(edge: Edge, why: str) -> StepTaken:
    """An edge that was not tried, and why."""
    return StepTaken.of(edge, Became.NOT_TRIED, why)


def differences(
    before: dict[str, JsonValue] | None, after: dict[str, JsonValue] | None, known: Iterable[str]
) -> tuple[str, ...]:
    """Pointers below `known` properties at which an object reads otherwise; "" where it came or went."""
    if before is None or after is None:
        return () if before is after else ("",)
    names = set(known)
    found = {*unlike(before, after), *unlike(after, before)}
    return tuple(sorted(pointer for pointer in found if pointer.split("/")[1] in names))


def _where(desk: Desk, specimen: Specimen) -> str | None:
    bench = desk.bench
    return location_of(bench, specimen.location) if bench.creates else bench.url(specimen.object_id)


def _of_ours(desk: Desk, specimen: Specimen, here: Looked) -> Looked:
    """What a Location header leads to tells something where it is our object, by its id and its owner."""
    if here.found is None:
        return here
    party = desk.bench.surface.party
    own = {desk.bench.key: specimen.object_id, "country_code": party.country_code, "party_id": party.party_id}
    shown = {name: here.found.get(name, value) for name, value in own.items() if name != desk.bench.key}
    shown[desk.bench.key] = here.found.get(desk.bench.key)
    return UNKNOWN if any(unlike(own, shown)) else here


async def _elsewhere(desk: Desk, specimen: Specimen, made: Message, answered: Answered, purpose: str) -> Looked | None:
    """A second object that the step may have made: where the platform says, or where the message says that it is."""
    if not desk.bench.creates:
        if not made.elsewhere:
            return None
        there = await desk.look(made.elsewhere, f"{purpose}, elsewhere")
        return replace(there, known=True) if _kept_from_us(made, answered, there) else there
    if made.method != desk.bench.make.method or not answered.accepted:
        return None
    place = location_of(desk.bench, answered.location)
    if place is None:
        return UNKNOWN
    if place == location_of(desk.bench, specimen.location):
        return None
    there, where = await made_at(desk, answered.location, str(made.whole["id"]), f"{purpose}, where it is said to be")
    return None if where == specimen.location else there


def _kept_from_us(made: Message, answered: Answered, there: Looked) -> bool:
    """A refusal, and a place of another party that says so: it shows no less than one that has no such object."""
    refused = made.other is not None and answered.reaction.said is Said.REFUSED
    return refused and there.exchange is not None and there.exchange.status in _CLOSED


def _done(made: Message, here: Looked, there: Looked | None, changed: tuple[str, ...]) -> bool | None:
    """Whether the step was taken, as far as can be read; None where it cannot."""
    if there is not None and there.found is not None:
        return True
    if any(pointer != _STAMP for pointer in changed):
        return True if here.known else None
    if _STAMP in changed and made.body is not None and "last_updated" in made.body and here.found is not None:
        return not any(unlike(made.body["last_updated"], here.found.get("last_updated")))
    unsure = not here.known or (there is not None and not there.known)
    return None if unsure else False


def _became(answered: Answered, *, done: bool | None) -> Became:
    if answered.accepted:
        return Became.UNREAD if done is None else Became.DONE if done else Became.IGNORED
    if done:
        return Became.DONE_THOUGH_REFUSED
    if answered.reaction.said in _CRASHED:
        return Became.CRASHED
    return Became.REFUSED_UNREAD if done is None else Became.REFUSED


def _step(edge: Edge, answered: Answered, became: Became, changed: tuple[str, ...]) -> StepTaken:
    curl = repeat_line(answered.exchange) if answered.exchange and became is not Became.REFUSED else ""
    return replace(
        StepTaken.of(edge, became, "" if answered.exchange else answered.reaction.why),
        changed=changed,
        http_status=answered.reaction.http_status,
        ocpi_status=answered.reaction.ocpi_status,
        curl=curl if len(curl) <= _LONGEST_CURL else "",
    )


def _announced(desk: Desk, specimen: Specimen, made: Message) -> tuple[Leftover, ...]:
    """What the step may leave that was not announced before."""
    if made.body is None:
        return ()
    bench, now = desk.bench, desk.now
    named = str(made.whole.get(bench.key, specimen.object_id))
    found = () if specimen.leaves else leaves(bench, specimen.object_id, now)
    if named != specimen.object_id:
        found += leaves(bench, named, now)
    return found + ((of_other(bench, named, made.other),) if made.other else ())
