"""Messages that come twice, and messages with ids that were used before.

A message id names one message (transport and format, unique message ids); what a repeated message did is read back
from the object, or from the URL that the platform gives it (Location).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from scanner.model.facts.ocpi.transitions import Repeated, RepeatEffect, Repetition
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.machines.machine import Tag
from scanner.model.ocpi.machines.setting import Setting, with_sets
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.leaving import leaves
from scanner.ocpi.transitions.message import touched
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.specimens import Specimens
from scanner.ocpi.transitions.step import differences
from scanner.ocpi.transitions.whereabouts import made_at, under_id
from scanner.ocpi.writing.reaction import Said

_POSTED: Final = (Repetition.SAME_POST, Repetition.SAME_POST_SAME_IDS, Repetition.OTHER_POST_SAME_IDS)
_PUT: Final = (Repetition.SAME_PUT, Repetition.OTHER_PUT_SAME_IDS)
_CRASHED: Final = frozenset({Said.SERVER_ERROR, Said.DROPPED, Said.HUNG})
_LONGEST_CURL: Final = 4000  # characters
_FIRST: Final = "what is to be repeated"
_SECOND: Final = "a second one"


def repetitions(bench: Bench) -> Iterator[Repetition]:
    """What makes sense at this bench."""
    yield from _POSTED if bench.creates else _PUT


class Repeater:
    """Each repetition on an object of its own, or on none where the message makes one."""

    def __init__(self, desk: Desk, specimens: Specimens, *, readable: bool) -> None:
        self._desk = desk
        self._specimens = specimens
        self._readable = readable

    async def try_(self, repetition: Repetition) -> tuple[Repeated, Answered | None]:
        """Make an object, send the message again, and say what it did. Raises: Ended."""
        specimen = self._specimens.fresh()
        first = await self._send(specimen, specimen.sent, {}, "to be repeated")
        if not first.accepted or first.exchange is None:
            return _untried(repetition, f"the message to be repeated was answered {first.said()}"), None
        specimen.seen = await self._made(specimen, first)
        same_ids = {"X-Request-ID": _request_id(first)} if repetition not in _FRESH_IDS else {}
        body = specimen.sent if repetition.same_message else self._other(specimen)
        again = await self._send(specimen, body, same_ids, repetition.value)
        if again.reaction.said is Said.NOT_SENT:
            return _untried(repetition, again.said()), None
        effect, changed = await self._did(repetition, specimen, body, again)
        return _repeated(repetition, effect, changed, again), again

    async def _send(self, specimen: Specimen, body: JsonObject, ids: Mapping[str, str], purpose: str) -> Answered:
        bench, named = self._desk.bench, str(body[self._desk.bench.key])
        new = () if specimen.leaves and named == specimen.object_id else leaves(bench, named, self._desk.now)
        url = bench.make.path.url(bench.surface.interface.url) if bench.creates else bench.url(named)
        answered = await self._desk.write(bench.make.method, url, body, purpose, leaves=new, ids=ids)
        specimen.leaves += new
        return answered

    async def _made(self, specimen: Specimen, first: Answered) -> dict[str, JsonValue] | None:
        if not self._desk.bench.creates:
            return (await self._desk.look(self._place(specimen), _FIRST)).found
        here, specimen.location = await made_at(self._desk, first.location, specimen.object_id, _FIRST)
        return here.found

    def _other(self, specimen: Specimen) -> JsonObject:
        """Another message: a change of the object where it is PUT, another object where it is POSTed."""
        bench, desk = self._desk.bench, self._desk
        setting = Setting(former=specimen.sent, now=desk.moment(), other_party="", new_id=desk.new_id())
        sets = {"/id": Tag.NEW_ID} if bench.creates else touched(bench)
        return with_sets(specimen.sent, {**sets, "/last_updated": Tag.NOW}, setting)

    async def _did(
        self, repetition: Repetition, specimen: Specimen, body: JsonObject, again: Answered
    ) -> tuple[RepeatEffect, tuple[str, ...]]:
        here = await self._desk.look(self._place(specimen), repetition.value)
        changed = differences(specimen.seen, here.found, body) if self._readable and here.known else ()
        second = await self._second(specimen, str(body[self._desk.bench.key]), again)
        crashed = again.reaction.said in _CRASHED
        if not (self._readable and here.known and specimen.seen):
            return RepeatEffect.CRASHED if crashed else RepeatEffect.UNREAD, ()
        if repetition.same_message:
            return _of_same(again, changed, second=second, crashed=crashed), changed
        taken = second if self._desk.bench.creates else bool(changed)
        return _of_other(again, taken=taken, crashed=crashed), changed

    async def _second(self, specimen: Specimen, named: str, again: Answered) -> bool | None:
        """Whether there is a second object, where the platform says or under its id; None where that cannot be told."""
        bench = self._desk.bench
        if not bench.creates or not again.accepted:
            return False
        there, place = await made_at(self._desk, again.location, named, _SECOND)
        if place is None or specimen.location is None:
            return None
        if named == specimen.object_id:
            return place != specimen.location and there.found is not None if there.known else None
        if there.found is not None and there.found.get(bench.key) != named:  # it is said to be where the first one is
            there = await self._desk.look(under_id(bench, named), _SECOND)
        return there.found is not None if there.known else None

    def _place(self, specimen: Specimen) -> str | None:
        bench = self._desk.bench
        return specimen.location if bench.creates else bench.url(specimen.object_id)


_FRESH_IDS: Final = frozenset({Repetition.SAME_PUT, Repetition.SAME_POST})


def _of_same(again: Answered, changed: tuple[str, ...], *, second: bool | None, crashed: bool) -> RepeatEffect:
    if second:
        return RepeatEffect.TWICE
    if changed:
        return RepeatEffect.CHANGED
    if crashed:
        return RepeatEffect.CRASHED
    if not again.accepted:
        return RepeatEffect.REFUSED
    return RepeatEffect.UNREAD if second is None else RepeatEffect.ONCE


def _of_other(again: Answered, *, taken: bool | None, crashed: bool) -> RepeatEffect:
    if again.accepted:
        return RepeatEffect.UNREAD if taken is None else RepeatEffect.TAKEN if taken else RepeatEffect.SWALLOWED
    return RepeatEffect.CHANGED if taken else RepeatEffect.CRASHED if crashed else RepeatEffect.REFUSED


def _request_id(answered: Answered) -> str:
    sent = dict(answered.exchange.request_headers) if answered.exchange else {}
    return sent.get("X-Request-ID", "")


def _untried(repetition: Repetition, why: str) -> Repeated:
    return Repeated(repetition=repetition, effect=RepeatEffect.NOT_TRIED, why=why)


def _repeated(repetition: Repetition, effect: RepeatEffect, changed: tuple[str, ...], again: Answered) -> Repeated:
    curl = repeat_line(again.exchange) if again.exchange else ""
    return Repeated(
        repetition=repetition,
        effect=effect,
        changed=changed,
        http_status=again.reaction.http_status,
        ocpi_status=again.reaction.ocpi_status,
        curl=curl if len(curl) <= _LONGEST_CURL else "",
    )
