"""A lane: one throw-away object, what the platform holds of it, and the mutants that are tried on it one by one."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import msgspec

from scanner.gate.gate import Gate
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Family, Mutant
from scanner.ocpi.mutation.evaluated import evaluated
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.patience import patiently
from scanner.ocpi.writing.reaction import Reaction, Said, reaction
from scanner.ocpi.writing.reading_back import ABSENT, alike, put_right, unlike, value_at
from scanner.ocpi.writing.stamp import Clock, Template
from scanner.ocpi.writing.surface import JSON, Surface, as_bytes

STAMP: Final = "/last_updated"
_PATIENCE: Final = 3
_NEXT_SECOND_S: Final = 1.1  # a platform that dates objects by itself may do so in whole seconds
_TAIL: Final = 10  # hexadecimal digits at the end of an id
_NAMING: Final = frozenset({"country_code", "party_id", "id", "uid", "type", "last_updated"})
_REFUSALS: Final = frozenset({Treatment.REFUSED, Treatment.OTHER_STATUS})
_ALARMING: Final = frozenset({Said.SERVER_ERROR, Said.DROPPED, Said.HUNG})
_NOT_IN_PLACE: Final = frozenset({Treatment.IGNORED, Treatment.LEFT_OUT})
_ADDS: Final = frozenset({Family.SURPLUS, Family.NESTING})  # what OCPI does not know, beside the others
_OF_SAID: Final = {
    Said.REFUSED: Treatment.REFUSED,
    Said.OTHER_STATUS: Treatment.OTHER_STATUS,
    Said.SERVER_ERROR: Treatment.SERVER_ERROR,
    Said.DROPPED: Treatment.DROPPED,
    Said.HUNG: Treatment.HUNG,
}


class LaneBroken(Exception):
    """Nothing more can be learned on this lane; the text says why."""


class NotAccepted(LaneBroken):
    """A valid object was not accepted; `reaction` is how it was answered."""

    def __init__(self, said: Reaction) -> None:
        super().__init__(_not_accepted(said))
        self.reaction = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The valid object was accepted: the exchange that wrote it, and how what was read back differs."""

    written: Exchange
    read_back: bool
    unlike: tuple[str, ...]
    not_where_said: bool = False
    lags: bool = False  # a newer valid message was accepted, and the older one is still read


class Lane:
    """`valid` is the template that mutants are made from; `object_id` and the dates of `clock` are put in its place."""

    def __init__(
        self, gate: Gate, surface: Surface, valid: JsonObject, template: Template, object_ids: Sequence[str], seed: str
    ) -> None:
        self._gate = gate
        self._surface = surface
        self._valid = as_bytes(valid)
        self._template = template
        self._spare_ids = list(object_ids)
        self._random = Random(f"{seed}/{object_ids[0]}")  # noqa: S311 - ids of messages, not secrets
        self._object_id = ""
        self._held: JsonValue = None  # the object as it was read back when only the valid one had been written
        self._location: str | None = None
        self._by_id = False  # objects are where their ids say, not where the platform says
        self._clock: Clock | None = None
        self.blind = False  # reads lag behind writes, so that they show nothing of a message

    async def prove(self, clock: Clock) -> Proof:
        """Write the valid object under a fresh id and read it back.

        Raises: NotAccepted; LaneBroken if no id is left.
        """
        if not self._spare_ids:
            raise LaneBroken("what the platform stored of earlier messages cannot be written over")
        self._object_id, self._clock = self._spare_ids.pop(0), clock
        outcome = await self._write(self._valid, JSON, "a valid object", leaves=True)
        said = reaction(outcome)
        if not isinstance(outcome, Exchange) or said.said is not Said.ACCEPTED:
            raise NotAccepted(said)
        self._location = self._place(outcome)
        self._held = await self._read("the valid object")
        if self._held is None and self._surface.creates and not self._by_id:
            await self._try_by_id(outcome)
        if self._held is None:
            return Proof(written=outcome, read_back=False, unlike=())
        sent = json.loads(outcome.request_body or b"null")
        return Proof(
            written=outcome, read_back=True, unlike=tuple(unlike(sent, self._held)), not_where_said=self._by_id
        )

    async def reads_follow(self) -> bool:
        """Whether the next valid message, sent as mutants are, is accepted and seen at once; asked after `prove`.

        Caches and queues show an older state: then what is read after a mutant tells nothing.

        Raises: LaneBroken where the message is not accepted.
        """
        if self._surface.creates:
            return True
        await self._still_takes_valid_ones("")
        if self._held is None or await self._reads_newer():
            return self._held is not None
        await asyncio.sleep(_NEXT_SECOND_S)
        await self._reads_newer()  # the state that all queues and caches of a second lead to
        await self._still_takes_valid_ones("")
        return await self._reads_newer()

    async def _reads_newer(self) -> bool:
        """Whether the object reads with another date than the last time."""
        before, self._held = value_at(self._held, STAMP), await self._read("the valid object, newer")
        return value_at(self._held, STAMP) != before

    def be_blind(self) -> None:
        """Read nothing back from now on: it would tell nothing."""
        self.blind, self._held = True, None

    async def _still_takes_valid_ones(self, meaning: str) -> None:
        """Raises: LaneBroken where a valid message, sent as mutants are, is refused."""
        said = await self._say_something_valid()
        for _ in range(_PATIENCE):
            if said.said not in _ALARMING:
                break
            said = await self._say_something_valid()  # one answer that was lost on the way is no refusal
        if said.said is not Said.ACCEPTED:
            raise LaneBroken(f"{_not_accepted(said, f'a valid {self._surface.write.method}')}{meaning}")

    async def _say_something_valid(self) -> Reaction:
        creates = self._surface.creates
        if creates:
            self._object_id = self._next_id()
        return reaction(await self._patiently(self._valid_message(), JSON, "a valid message", leaves=creates))

    def _valid_message(self) -> bytes:
        """The valid object; for a PATCH the date and one property, as they are."""
        if self._surface.write is self._surface.whole:
            return self._valid
        whole = json.loads(self._valid)
        name = next((name for name in whole if name not in _NAMING), STAMP[1:])
        return as_bytes({name: whole[name], STAMP[1:]: whole[STAMP[1:]]})

    async def _try_by_id(self, outcome: Exchange) -> None:
        """Where no Location leads to the object, it may be under its id all the same."""
        self._by_id = True
        self._location = self._place(outcome)
        self._held = await self._read("the valid object, under its id")
        self._by_id = self._held is not None

    def _place(self, outcome: Exchange) -> str | None:
        if not self._by_id:
            return outcome.header("Location")
        return f"{self._surface.interface.url.rstrip('/')}/{self._object_id}"

    async def try_all(self, mutants: Iterable[Mutant], tried: list[Tried]) -> None:
        """Try mutants in order, adding to `tried`; one read at the end shows whether the refused ones left a trace.

        Raises: LaneBroken; what was tried before it is in `tried`.
        """
        for mutant in mutants:
            one = await self._try(mutant)
            tried.append(one)  # before it is seen whether the platform survived it
            await self._still_there(one)
        refused = any(t.treatment in _REFUSALS for t in tried)
        if refused and self._can_read and not self._surface.creates and await self._changed():
            await self._one_by_one(tried)
        if refused:
            await self._not_refused_for_all(tried)

    async def _not_refused_for_all(self, tried: list[Tried]) -> None:
        """Refusals count where a valid message is still accepted after them; a ban refuses whatever comes.

        Raises: LaneBroken, with the refusals taken out of `tried`.
        """
        try:
            await self._still_takes_valid_ones(", as the malformed ones before it: those refusals show nothing")
        except LaneBroken:
            tried[:] = [one for one in tried if one.treatment not in _REFUSALS]
            raise

    async def take_back(self) -> None:
        """Take the lane's object away, where OCPI can."""
        intent = self._surface.removing(self._object_id, "take back", self._random) if self._object_id else None
        if intent is not None and reaction(await self._gate.http(intent)).said is Said.ACCEPTED:
            self._gate.taken_back(self._surface.leftover(self._object_id))

    async def _one_by_one(self, tried: list[Tried]) -> None:
        """Something that was refused was stored: find out which, by sending the refused ones again."""
        await self._heal()
        for index, one in enumerate(tried):
            if one.treatment not in _REFUSALS:
                continue
            again = await self._try(one.mutant)
            await self._still_there(again)
            if again.treatment in _REFUSALS and await self._changed():
                again = replace(again, treatment=Treatment.STORED_THOUGH_REFUSED)
                await self._heal()
            tried[index] = again

    async def _try(self, mutant: Mutant) -> Tried:
        if self._surface.creates:
            self._object_id = self._next_id()
        outcome = await self._patiently(mutant.body, mutant.content_type, mutant.id, leaves=self._surface.creates)
        said = reaction(outcome)
        exchange = outcome if isinstance(outcome, Exchange) else None
        if said.said is Said.NOT_SENT:
            raise LaneBroken(said.why or "the platform asked to slow down (HTTP 429)")
        treatment = _OF_SAID.get(said.said) or await self._became(mutant, outcome)
        return Tried(mutant=mutant, treatment=treatment, reaction=said, exchange=exchange)

    async def _patiently(self, body: bytes, content_type: str, purpose: str, *, leaves: bool) -> HttpOutcome:
        return await patiently(
            lambda: self._write(body, content_type, purpose, leaves=leaves, partial=True), again=_PATIENCE
        )

    async def _became(self, mutant: Mutant, outcome: HttpOutcome) -> Treatment:
        """What was stored of an accepted mutant; the valid object is put back where anything was."""
        if self._surface.creates and isinstance(outcome, Exchange):
            self._location = self._place(outcome)
        if not self._can_read or (self._by_id and mutant.pointer == f"/{self._surface.key}"):
            return Treatment.UNREAD
        read = await self._read(f"after {mutant.id}")
        if read is None:
            if not self._surface.creates:
                await self._heal()
            return Treatment.UNREAD if self._location is None and self._surface.creates else Treatment.SPOILED
        if self._is_another(mutant, read):
            return Treatment.UNREAD
        sent = _decoded(outcome.request_body or b"") if isinstance(outcome, Exchange) else None
        treatment = self._compared(mutant, sent, read)
        if treatment in _NOT_IN_PLACE and await self._is_elsewhere(mutant, sent):
            treatment = Treatment.STORED_ELSEWHERE
        if treatment is not Treatment.IGNORED and not self._surface.creates:
            await self._heal()
        return treatment

    def _is_another(self, mutant: Mutant, read: JsonValue) -> bool:
        """True where a platform shows some object for the one that was just made."""
        key = f"/{self._surface.key}"
        if not self._surface.creates or mutant.pointer in {"", key}:
            return False
        return not alike(self._object_id, value_at(read, key))

    async def _is_elsewhere(self, mutant: Mutant, sent: JsonValue) -> bool:
        """Whether a message that names another id than its URL made an object of that id; it goes on record as left."""
        name = value_at(sent, mutant.pointer)
        if mutant.pointer != f"/{self._surface.key}" or self._surface.creates or not isinstance(name, str) or not name:
            return False
        if name.casefold() == self._object_id.casefold() or not name.isprintable():  # no URL holds a lone surrogate
            return False
        intent = self._surface.reading(name, None, f"is it under the id of {mutant.id}?", self._random)
        outcome = None if intent is None else await self._gate.http(intent)
        if intent is None or outcome is None or reaction(outcome).said is not Said.ACCEPTED:
            return False
        await self._gate.http(replace(intent, leaves=(self._surface.leftover(name),)))
        return True

    def _compared(self, mutant: Mutant, sent: JsonValue, read: JsonValue) -> Treatment:
        held = self._held
        # Each message has dates of its own, and where each makes an object, an id.
        changed = [p for p in unlike(held, read) if not p.endswith(STAMP) and p != f"/{self._surface.key}"]
        was, became = value_at(sent, mutant.pointer), value_at(read, mutant.pointer)
        if mutant.pointer.endswith(STAMP) or mutant.pointer == f"/{self._surface.key}":
            took_effect = alike(was, became)
        else:
            took_effect = became != value_at(held, mutant.pointer)
        if mutant.family is Family.INJECTION and evaluated(was, became):
            return Treatment.EVALUATED
        if mutant.family is Family.DATE and set(changed) <= {mutant.pointer} and put_right(was, became):
            return Treatment.PUT_RIGHT
        if changed or (took_effect and value_at(held, mutant.pointer) is not ABSENT):
            return Treatment.STORED
        if took_effect and mutant.family in _ADDS:
            return Treatment.KEPT
        if took_effect:  # a property of OCPI that the valid object does not have
            return Treatment.STORED if alike(was, became) else Treatment.LEFT_OUT
        if not self._surface.creates and value_at(read, STAMP) == value_at(held, STAMP) is not ABSENT:
            return Treatment.IGNORED
        return Treatment.STORED if mutant.pointer == "" else Treatment.LEFT_OUT

    async def _heal(self) -> None:
        """Write the valid object over what a mutant left; take the next id where that fails."""
        outcome = await self._write(self._valid, JSON, "the valid object again", leaves=False)
        if reaction(outcome).said is Said.ACCEPTED:
            self._held = await self._read("the valid object again")
            if self._held is not None:
                return
        if self._clock is None:
            raise AssertionError("healed before it was proven")
        await self.prove(self._clock)

    async def _changed(self) -> bool:
        read = await self._read("after refusals")
        return read is None or any(True for _ in unlike(self._held, read))

    async def _still_there(self, one: Tried) -> None:
        """After an answer that alarms, one quiet read: a platform that went down is left alone, and its end named."""
        if one.reaction.said not in _ALARMING:
            return
        outcome = await self._get("is it still there?")
        if outcome is not None and reaction(outcome).said in {Said.DROPPED, Said.HUNG, Said.NOT_SENT}:
            raise LaneBroken(f"the platform did not answer any more after {one.mutant.id} ({one.treatment})")

    async def _read(self, purpose: str) -> JsonValue:
        """The object as it is now; None where it cannot be had, or would tell nothing."""
        if self.blind:
            return None
        outcome = await self._get(purpose)
        if not isinstance(outcome, Exchange) or reaction(outcome).said is not Said.ACCEPTED:
            return None
        document = _decoded(outcome.body)
        data = document.get("data") if isinstance(document, dict) else None
        found = data[0] if isinstance(data, list) and len(data) == 1 else data
        return found if isinstance(found, dict) else None

    async def _get(self, purpose: str) -> HttpOutcome | None:
        intent = self._surface.reading(self._object_id, self._location, purpose, self._random)
        return None if intent is None else await self._gate.http(intent)

    async def _write(
        self, body: bytes, content_type: str, purpose: str, *, leaves: bool, partial: bool = False
    ) -> HttpOutcome:
        if self._clock is None:
            raise AssertionError("written before it was proven")
        filled = self._template.filled(body, self._object_id, self._clock.next())
        surface = self._surface
        intent = surface.writing(
            surface.write if partial else surface.whole,
            self._object_id,
            filled,
            content_type,
            purpose,
            self._random,
            leaves=leaves,
            malformed=partial,
        )
        return await self._gate.http(intent)

    @property
    def _can_read(self) -> bool:
        return self._held is not None

    def _next_id(self) -> str:
        """An id of the same length that was not used before."""
        return f"{self._object_id[:-_TAIL]}{self._random.getrandbits(4 * _TAIL):0{_TAIL}X}"


def _decoded(body: bytes) -> JsonValue:
    try:
        document: JsonValue = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _odd_json(body)
    return document


def _odd_json(body: bytes) -> JsonValue:
    """What the strict decoder refuses may still be an answer: NaN, huge numbers, lone surrogates, other encodings."""
    try:
        document: JsonValue = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document


def _not_accepted(said: Reaction, what: str = "a valid object") -> str:
    if said.http_status is None:
        return f"{what} was not answered: {said.why}"
    inner = f", OCPI status {said.ocpi_status}" if said.ocpi_status is not None else ""
    return f"{what} was not accepted: HTTP {said.http_status}{inner}"
