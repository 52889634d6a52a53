"""A lane: one throw-away object, what the platform holds of it, and the mutants that are tried on it one by one."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from scanner.gate.gate import Gate
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Mutant
from scanner.ocpi.mutation.compared import STAMP, Comparison
from scanner.ocpi.mutation.container import Container
from scanner.ocpi.mutation.held import PATIENCE, HeldObject, decoded
from scanner.ocpi.mutation.proof import LaneBroken, NotAccepted, Proof, not_accepted
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.writing.reaction import Reaction, Said, reaction
from scanner.ocpi.writing.reading_back import alike, unlike, value_at
from scanner.ocpi.writing.stamp import Clock, Template
from scanner.ocpi.writing.surface import JSON, Surface, as_bytes

_NEXT_SECOND_S: Final = 1.1  # a platform that dates objects by itself may do so in whole seconds
_NAMING: Final = frozenset({"country_code", "party_id", "id", "uid", "type", "last_updated"})
_REFUSALS: Final = frozenset({Treatment.REFUSED, Treatment.OTHER_STATUS})
_ALARMING: Final = frozenset({Said.SERVER_ERROR, Said.DROPPED, Said.HUNG})
_CHANGED: Final = frozenset({Treatment.STORED, Treatment.EVALUATED})
_NOT_IN_PLACE: Final = frozenset({Treatment.IGNORED, Treatment.LEFT_OUT})
_OF_SAID: Final = {
    Said.REFUSED: Treatment.REFUSED,
    Said.OTHER_STATUS: Treatment.OTHER_STATUS,
    Said.SERVER_ERROR: Treatment.SERVER_ERROR,
    Said.DROPPED: Treatment.DROPPED,
    Said.HUNG: Treatment.HUNG,
}


class Lane:
    """`valid` is the template that mutants are made from; `object_id` and the dates of a clock are put in its place."""

    def __init__(
        self,
        gate: Gate,
        surface: Surface,
        valid: JsonObject,
        template: Template,
        object_ids: Sequence[str],
        seed: str,
        container: Container | None = None,
    ) -> None:
        self._surface = surface
        self._valid = as_bytes(valid)
        self._object = HeldObject(gate, surface, template, object_ids, seed, container)
        self._held: JsonValue = None  # the object as it was read back when only the valid one had been written
        self._clock: Clock | None = None

    async def prove(self, clock: Clock) -> Proof:
        """Write the valid object under a fresh id and read it back.

        Raises: NotAccepted; LaneBroken if no id is left.
        """
        self._clock = clock
        await self._object.begin(clock)
        outcome = await self._object.write(self._valid, JSON, "a valid object", leaves=True)
        said = reaction(outcome)
        if not isinstance(outcome, Exchange) or said.said is not Said.ACCEPTED:
            raise NotAccepted(said)
        self._object.placed(outcome)
        self._held = await self._object.read("the valid object")
        if self._held is None and self._surface.creates and not self._object.by_id:
            await self._try_by_id(outcome)
        if self._held is None and self._surface.inside is not None and not self._object.blind:
            self._object.through = True
            self._held = await self._object.read("the valid object, in what contains it")
        if self._held is None:
            return Proof(written=outcome, read_back=False, unlike=())
        sent = json.loads(outcome.request_body or b"null")
        by_id = self._object.by_id
        return Proof(written=outcome, read_back=True, unlike=tuple(unlike(sent, self._held)), not_where_said=by_id)

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
        before, self._held = value_at(self._held, STAMP), await self._object.read("the valid object, newer")
        return value_at(self._held, STAMP) != before

    def be_blind(self) -> None:
        """Read nothing back from now on: it would tell nothing."""
        self._object.blind, self._held = True, None

    async def _still_takes_valid_ones(self, meaning: str) -> None:
        """Raises: LaneBroken where a valid message, sent as mutants are, is refused."""
        said = await self._say_something_valid()
        for _ in range(PATIENCE):
            if said.said not in _ALARMING:
                break
            said = await self._say_something_valid()  # one answer that was lost on the way is no refusal
        if said.said is not Said.ACCEPTED:
            raise LaneBroken(f"{not_accepted(said, f'a valid {self._surface.write.method}')}{meaning}")

    async def _say_something_valid(self) -> Reaction:
        creates = self._surface.creates
        if creates:
            self._object.another()
        message = self._valid_message()
        return reaction(await self._object.write_patiently(message, JSON, "a valid message", leaves=creates))

    def _valid_message(self) -> bytes:
        """The valid object; for a PATCH the date and one property, as they are."""
        if self._surface.write is self._surface.whole:
            return self._valid
        whole = json.loads(self._valid)
        name = next((name for name in whole if name not in _NAMING), STAMP[1:])
        return as_bytes({name: whole[name], STAMP[1:]: whole[STAMP[1:]]})

    async def _try_by_id(self, outcome: Exchange) -> None:
        """Where no Location leads to the object, it may be under its id all the same."""
        self._object.by_id = True
        self._object.placed(outcome)
        self._held = await self._object.read("the valid object, under its id")
        self._object.by_id = self._held is not None

    async def try_all(self, mutants: Iterable[Mutant], tried: list[Tried]) -> None:
        """Try mutants in order, adding to `tried`; one read at the end shows whether the refused ones left a trace.

        Raises: LaneBroken; what was tried before it is in `tried`.
        """
        for mutant in mutants:
            one = await self._try(mutant)
            tried.append(one)  # before it is seen whether the platform survived it
            if await self._is_another_since(one):
                tried[-1] = replace(one, treatment=Treatment.CHANGED_UNANSWERED)
                await self._heal()
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
        if self._can_read and not self._surface.creates:  # it has a newer date now, which is no trace of what follows
            self._held = await self._object.read("the valid object, after refusals") or self._held

    async def take_back(self) -> None:
        """Take the lane's object away, where OCPI can."""
        await self._object.take_back()

    async def _one_by_one(self, tried: list[Tried]) -> None:
        """Something that was refused was stored: find out which, by sending the refused ones again."""
        await self._heal()
        for index, one in enumerate(tried):
            if one.treatment not in _REFUSALS:
                continue
            again = await self._try(one.mutant)
            if await self._is_another_since(again):
                again = replace(again, treatment=Treatment.CHANGED_UNANSWERED)
                await self._heal()
            if again.treatment in _REFUSALS and await self._changed():
                again = replace(again, treatment=Treatment.STORED_THOUGH_REFUSED)
                await self._heal()
            tried[index] = again

    async def _try(self, mutant: Mutant) -> Tried:
        creates = self._surface.creates
        if creates:
            self._object.another()
        outcome = await self._object.write_patiently(mutant.body, mutant.content_type, mutant.id, leaves=creates)
        said = reaction(outcome)
        exchange = outcome if isinstance(outcome, Exchange) else None
        if said.said is Said.NOT_SENT:
            raise LaneBroken(said.why or "the platform asked to slow down (HTTP 429)")
        treatment = _OF_SAID.get(said.said) or await self._became(mutant, outcome)
        return Tried(mutant=mutant, treatment=treatment, reaction=said, exchange=exchange)

    async def _became(self, mutant: Mutant, outcome: HttpOutcome) -> Treatment:
        """What was stored of an accepted mutant; the valid object is put back where anything was."""
        if self._surface.creates and isinstance(outcome, Exchange):
            self._object.placed(outcome)
        if not self._can_read or (self._object.by_id and mutant.pointer == f"/{self._surface.key}"):
            return Treatment.UNREAD
        read = await self._object.read(f"after {mutant.id}")
        if read is None:
            if not self._surface.creates:
                await self._heal()
            return Treatment.UNREAD if self._object.location is None and self._surface.creates else Treatment.SPOILED
        if self._is_another(mutant, read):
            return Treatment.UNREAD
        sent = decoded(outcome.request_body or b"") if isinstance(outcome, Exchange) else None
        treatment = self._compared().treatment(mutant, sent, read)
        if treatment in _NOT_IN_PLACE and await self._is_elsewhere(mutant, sent):
            treatment = Treatment.STORED_ELSEWHERE
        if treatment is not Treatment.IGNORED and not self._surface.creates:
            await self._heal()
        return treatment

    def _compared(self) -> Comparison:
        return Comparison(held=self._held, key=f"/{self._surface.key}", creates=self._surface.creates)

    def _is_another(self, mutant: Mutant, read: JsonValue) -> bool:
        """True where a platform shows some object for the one that was just made."""
        key = f"/{self._surface.key}"
        if not self._surface.creates or mutant.pointer in {"", key}:
            return False
        return not alike(self._object.object_id, value_at(read, key))

    async def _is_elsewhere(self, mutant: Mutant, sent: JsonValue) -> bool:
        """Whether a message that names another id than its URL made an object of that id; it goes on record as left."""
        name = value_at(sent, mutant.pointer)
        if mutant.pointer != f"/{self._surface.key}" or self._surface.creates or not isinstance(name, str) or not name:
            return False
        if name.casefold() == self._object.object_id.casefold():
            return False
        if not name.isprintable():  # no URL holds a lone surrogate
            return False
        return await self._object.is_under(name, f"is it under the id of {mutant.id}?")

    async def _heal(self) -> None:
        """Write the valid object over what a mutant left; where that fails, take it away and begin with the next id."""
        outcome = await self._object.write(self._valid, JSON, "the valid object again", leaves=False)
        if reaction(outcome).said is Said.ACCEPTED:
            self._held = await self._object.read("the valid object again")
            if self._held is not None:
                return
        if self._clock is None:
            raise AssertionError("healed before it was proven")
        await self._object.take_back()
        await self.prove(self._clock)

    async def _changed(self) -> bool:
        read = await self._object.read("after refusals")
        return read is None or any(True for _ in unlike(self._held, read))

    async def _is_another_since(self, one: Tried) -> bool:
        """After an answer that alarms, one quiet read: whether the message took effect all the same.

        Raises: LaneBroken where the platform went down: it is left alone, and its end named.
        """
        if one.reaction.said not in _ALARMING:
            return False
        outcome = await self._object.get("is it still there?")
        if outcome is not None and reaction(outcome).said in {Said.DROPPED, Said.HUNG, Said.NOT_SENT}:
            raise LaneBroken(f"the platform did not answer any more after {one.mutant.id} ({one.treatment})")
        return self._can_read and not self._surface.creates and await self._took_effect(one, outcome)

    async def _took_effect(self, one: Tried, outcome: HttpOutcome | None) -> bool:
        read = self._object.shown(outcome) or await self._object.read(f"after {one.mutant.id}")
        if read is None:
            return True
        if not any(True for _ in unlike(self._held, read)):  # its date would be another, were it stored
            return False
        sent = decoded(one.exchange.request_body or b"") if one.exchange else None
        return self._compared().treatment(one.mutant, sent, read) in _CHANGED

    @property
    def _can_read(self) -> bool:
        return self._held is not None
