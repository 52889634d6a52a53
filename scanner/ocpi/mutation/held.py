"""The throw-away object of one lane as the platform holds it: written, read back, found again, taken away."""

import json
from collections.abc import Sequence
from random import Random
from typing import Final

import msgspec
from msgspec import structs

from scanner.gate.gate import Gate
from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.json_value import JsonValue
from scanner.ocpi.endless_json import is_endless
from scanner.ocpi.mutation.container import Container
from scanner.ocpi.mutation.proof import LaneBroken
from scanner.ocpi.patience import patiently
from scanner.ocpi.writing.reaction import Said, reaction
from scanner.ocpi.writing.stamp import Clock, Template
from scanner.ocpi.writing.surface import Surface

PATIENCE: Final = 3  # times that a message is sent again where the platform asks to slow down
_PARTS: Final = (("evses", "uid"), ("connectors", "id"))
_TAIL: Final = 10  # hexadecimal digits at the end of an id


class HeldObject:
    """`object_ids` are used one after the other; `location`: where the platform said that the object is (POST)."""

    def __init__(
        self,
        gate: Gate,
        surface: Surface,
        template: Template,
        object_ids: Sequence[str],
        seed: str,
        container: Container | None,
    ) -> None:
        self._gate = gate
        self._surface = surface
        self._template = template
        self._spare_ids = list(object_ids)
        self._random = Random(f"{seed}/{object_ids[0]}")  # noqa: S311 - ids of messages, not secrets
        self._container = container
        self._clock: Clock | None = None
        self.object_id = ""
        self.location: str | None = None
        self.by_id = False  # objects are where their ids say, not where the platform says
        self.through = False  # a part is not read by itself, but in what contains it
        self.blind = False  # reads lag behind writes, so that they show nothing of a message

    async def begin(self, clock: Clock) -> None:
        """Take the next id, in what contains it. Raises: LaneBroken if no id is left; NotAccepted."""
        if not self._spare_ids:
            raise LaneBroken("what the platform stored of earlier messages cannot be written over")
        self._clock = clock
        if self._container is not None:
            await self._container.stand(clock.next())
        self.object_id = self._spare_ids.pop(0)

    def another(self) -> None:
        """From now on an id of the same length that was not used before."""
        self.object_id = f"{self.object_id[:-_TAIL]}{self._random.getrandbits(4 * _TAIL):0{_TAIL}X}"

    def placed(self, outcome: Exchange) -> None:
        """Remember where the answer to a write says that the object is."""
        self.location = outcome.header("Location")
        if self.by_id:
            self.location = f"{self._surface.interface.url.rstrip('/')}/{self.object_id}"

    async def write(
        self, body: bytes, content_type: str, purpose: str, *, leaves: bool, partial: bool = False
    ) -> HttpOutcome:
        """Send a message about it; `partial`: by the operation that is looked at, else by the one that makes it."""
        if self._clock is None:
            raise AssertionError("written before it was begun")
        surface = self._surface
        intent = surface.writing(
            surface.write if partial else surface.whole,
            self.object_id,
            self._template.filled(body, self.object_id, self._clock.next()),
            content_type,
            purpose,
            self._random,
            leaves=leaves,
            malformed=partial,
        )
        return await self._gate.http(intent)

    async def write_patiently(self, body: bytes, content_type: str, purpose: str, *, leaves: bool) -> HttpOutcome:
        """The same by the operation that is looked at, and again where the platform asks to wait."""
        return await patiently(
            lambda: self.write(body, content_type, purpose, leaves=leaves, partial=True), again=PATIENCE
        )

    async def read(self, purpose: str) -> JsonValue:
        """The object as it is now; None where it cannot be had, or would tell nothing."""
        if self.blind:
            return None
        return self.shown(await self.get(purpose))

    def shown(self, outcome: HttpOutcome | None) -> JsonValue:
        """The object that an answer to `get` holds; None where it holds none."""
        if not isinstance(outcome, Exchange) or reaction(outcome).said is not Said.ACCEPTED:
            return None
        document = decoded(outcome.body)
        data = document.get("data") if isinstance(document, dict) else None
        found = data[0] if isinstance(data, list) and len(data) == 1 else data
        if self.through:
            found = part_of(found, (*self._surface.within[1:], self.object_id))
        return found if isinstance(found, dict) else None

    async def get(self, purpose: str) -> HttpOutcome | None:
        """Ask for it, or for what contains it; None where nothing says how."""
        inside, within = self._surface.inside, self._surface.within
        if self.through and inside is not None and within:
            intent = inside.reading(within[0], None, purpose, self._random)
        else:
            intent = self._surface.reading(self.object_id, self.location, purpose, self._random)
        return None if intent is None else await self._gate.http(intent)

    async def is_under(self, name: str, purpose: str) -> bool:
        """Whether there is an object of ours under another id; it goes on record as left."""
        leaves = (self._surface.leftover(name),)
        intent = self._surface.reading(name, None, purpose, self._random)
        outcome = None if intent is None else await self._gate.http(intent)
        if intent is None or outcome is None or reaction(outcome).said is not Said.ACCEPTED:
            return False
        await self._gate.http(structs.replace(intent, leaves=leaves))
        return True

    async def take_back(self) -> None:
        """Take it away, where OCPI can."""
        intent = self._surface.removing(self.object_id, "take back", self._random) if self.object_id else None
        if intent is not None and reaction(await self._gate.http(intent)).said is Said.ACCEPTED:
            self._gate.taken_back(self._surface.leftover(self.object_id))


def part_of(location: JsonValue, ids: Sequence[str]) -> JsonValue:
    """The EVSE with the first id, or its connector with the second; None where there is none."""
    found = location
    for id_, (parts, key) in zip(ids, _PARTS, strict=False):
        several = found.get(parts) if isinstance(found, dict) else None
        inner = (one for one in several if isinstance(one, dict)) if isinstance(several, list) else ()
        found = next((one for one in inner if str(one.get(key)).casefold() == id_.casefold()), None)
    return found


def decoded(body: bytes) -> JsonValue:
    """What a body says; None where it is no JSON at all, or more than is read at once."""
    if is_endless(body):
        return None
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
