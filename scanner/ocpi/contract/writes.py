"""Writes at a door, in the order of an object's life: created, read, changed in part, removed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.contract import OPEN, REFUSALS, Conduct
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.interfaces import Operation, Purpose
from scanner.model.ocpi.lifecycle import lifecycle
from scanner.model.party import Party, Right
from scanner.ocpi.contract.asking import Asker, Came, Question
from scanner.ocpi.contract.cells import Cells
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.location_parts import part_ids, part_of
from scanner.ocpi.contract.reads import Reads
from scanner.ocpi.contract.throwaway import Objects, as_bytes, object_id
from scanner.probe import ProbeContext

_PARTS: Final = frozenset({"EVSE", "Connector"})
_OF_OTHERS: Final = frozenset({"credentials"})  # registration is looked at by itself
MOST_WRITES: Final = 11  # of one door


class Walk:
    """Everything that can be asked at one door, the `start`-th time that it was begun.

    Only made-up objects of the identity's own party are written.
    """

    def __init__(
        self, context: ProbeContext, asker: Asker, reads: Reads, door: Door, emsp: Party | None, start: int
    ) -> None:
        self._context = context
        self._asker = asker
        self._reads = reads
        self._door = door
        self.cells = Cells(door)
        version, module = door.specified.version, door.specified.module
        self._objects = Objects(context, version, door.name, emsp)
        self._id = object_id(context, f"{door.name}, {start}")
        # A path names the object by one segment, and its parts by further ones.
        self._ids: dict[str, str] = {}
        self._whole: dict[str, JsonValue] = {}
        self._operations = () if module in _OF_OTHERS else tuple(_writes(door))

    async def walk(self) -> None:
        """Reads always; writes where they are permitted, else each is noted as not asked."""
        party = self._door.identity.party
        kept_back = self._kept_back()
        if kept_back is not None or party is None:
            await self._reads.at(self._door, self.cells, {}, exists=False)
            for operation in self._operations:
                reason, why = kept_back or (Reason.NOT_PERMITTED, "the identity has no party")
                self.cells.not_asked(operation.method, _what(operation), Right.WRITE, reason, why)
            return
        whole = next((o for o in self._operations if _is_whole(self._door, o)), None)
        written = await self._create(whole, party) if whole else None
        if whole and written and written.says_malformed:
            self._objects.full = False
            written = await self._create(whole, party)
        exists = written is not None and written.conduct in OPEN
        seen = len(self.cells.fact().cells)
        await self._reads.at(self._door, self.cells, self._segments(), exists=exists)
        if whole and written:
            read = any(c.conduct is Conduct.WORKED for c in self.cells.fact().cells[seen:] if c.what == _what(whole))
            written = _read_back(written, read=read)
            self._note(whole, written, sure=True)
            if written.conduct in REFUSALS:
                self._context.gate.taken_back(self._leftover(whole, party))  # nothing came of it
        for operation in self._operations:
            if operation is not whole:
                self._note(operation, await self._change(operation, party, exists=exists), sure=exists)

    def _kept_back(self) -> tuple[Reason, str] | None:
        identity, mode = self._door.identity, self._context.target.mode
        if self._door.granted(Right.WRITE) is None:
            return Reason.NOT_CONFIGURED, "no contract is configured for this identity"
        if not mode.includes(Mode.EXERCISE):
            return Reason.NOT_PERMITTED, f"writes need mode {Mode.EXERCISE}; the scan ran in mode {mode}"
        if not identity.disposable or identity.party is None:
            return Reason.NOT_PERMITTED, f"{identity.name} is not a disposable identity with a party"
        return None

    async def _create(self, operation: Operation, party: Party) -> Came:
        self._whole = self._objects.made(operation.carries or "", party, self._id)
        self._ids = {name: self._id for name in operation.path.segments if name not in {"country_code", "party_id"}}
        leaves = self._leftover(operation, party)
        return await self._send(operation, self._whole, party, self._ids, leaves, sure=True)

    async def _change(self, operation: Operation, party: Party, *, exists: bool) -> Came:
        body: Mapping[str, JsonValue] | None = None
        if operation.carries in _PARTS:
            body = self._objects.newer({} if operation.partial else self._part(operation))
        elif operation.partial:
            body = self._objects.newer({})
        elif operation.carries:
            body = self._objects.made(operation.carries, party, self._id)
        answer = await self._send(operation, body, party, self._segments(), None, sure=exists)
        if operation.method == "DELETE" and answer.conduct in OPEN and exists:
            whole = next(o for o in self._operations if _is_whole(self._door, o))
            self._context.gate.taken_back(self._leftover(whole, party))
        return answer

    def _part(self, operation: Operation) -> Mapping[str, JsonValue]:
        """The first EVSE of the location, or its first connector."""
        return part_of(self._whole, operation.carries or "")

    def _segments(self) -> dict[str, str]:
        """What leads to the object, and to the first of its parts."""
        return {**self._ids, **part_ids(self._whole)}

    async def _send(
        self,
        operation: Operation,
        body: Mapping[str, JsonValue] | None,
        party: Party,
        ids: Mapping[str, str],
        leaves: Leftover | None,
        *,
        sure: bool,
    ) -> Came:
        url = self._url(operation, party, ids)
        question = Question(
            method=operation.method,
            url=url,
            effect=effect_of(self._door, operation),
            purpose=f"{self._door.name}: {operation.method} {_what(operation)}",
            body=None if body is None else as_bytes(dict(body)),
            owners=frozenset({party}),
            leaves=(leaves,) if leaves else (),
            sure=sure,
        )
        return await self._asker.ask(self._door, question)

    def _url(self, operation: Operation, party: Party, ids: Mapping[str, str]) -> str:
        made_up = dict.fromkeys(operation.path.segments, self._id)
        owner = {"country_code": party.country_code, "party_id": party.party_id}
        asked = {name: f"https://posture.invalid/{self._id}" for name in operation.path.query if name == "response_url"}
        return operation.path.url(self._door.url, **{**made_up, **owner, **ids, **asked})

    def _leftover(self, operation: Operation, party: Party) -> Leftover:
        removable = any(o.method == "DELETE" and o.path == operation.path for o in self._operations)
        return Leftover(
            what=f"{operation.carries} {self._id} at {self._door.name}",
            environment=self._context.target.name,
            identity=self._door.identity.name,
            module=self._door.specified.module,
            owner=str(party),
            encoding=self._door.credential.encoding,
            undo_method="DELETE" if removable else None,
            undo_url=self._url(operation, party, self._ids) if removable else None,
        )

    def _note(self, operation: Operation, answer: Came, *, sure: bool) -> None:
        self.cells.add(operation.method, _what(operation), Right.WRITE, answer, sure=sure)


def effect_of(door: Door, operation: Operation) -> Effect:
    """What the request may do; an object that no method removes stays."""
    if operation.effect is not Effect.WRITE:
        return operation.effect
    try:
        removable = "DELETE" in lifecycle(door.specified.version, door.specified.object or "").removed_by
    except KeyError:
        removable = False
    return Effect.WRITE if removable else Effect.LASTING


def _writes(door: Door) -> list[Operation]:
    """What is removed last; what has a URL only in the course of another exchange is left out."""
    writes = [o for o in door.specified.operations if o.method != "GET" and not o.path.given_by]
    return sorted(writes, key=lambda o: (o.method == "DELETE", o.partial, len(o.path.segments)))


def _is_whole(door: Door, operation: Operation) -> bool:
    """True where the operation makes the object of the module."""
    makes = operation.purpose in {Purpose.REPLACE, Purpose.CREATE} and operation.effect is not Effect.ACTUATE
    return makes and operation.carries is not None and operation.carries == door.specified.object


def _what(operation: Operation) -> str:
    return f"/{operation.path.template}" if operation.path.template else "object"


def _read_back(written: Came, *, read: bool) -> Came:
    if not read:
        return written
    if written.conduct in REFUSALS or written.conduct is Conduct.BROKEN:
        return replace(written, conduct=Conduct.TOOK_EFFECT)
    return replace(written, conduct=Conduct.WORKED) if written.conduct is Conduct.ACCEPTED else written
