"""Bodies that no parser can read to an end, again and again: none of them is an object, so nothing can be kept of them.

They are written where an object of our own would stand, as light as this identity may write. What a platform made of
it is read back in the end: only a clear answer that there is nothing lets cleanup forget it.
"""

from collections.abc import Mapping
from random import Random
from typing import Final

from msgspec import structs

from scanner.gate.policy.commands import MADE_UP
from scanner.model.effect import Effect
from scanner.model.intent import HttpIntent
from scanner.model.target import Endpoint
from scanner.ocpi.stress.naming import NAME
from scanner.ocpi.transitions.looked import looked
from scanner.ocpi.writing.receivers import surfaces
from scanner.ocpi.writing.surface import JSON, Surface
from scanner.probe import ProbeContext

_OBJECT: Final = f"{MADE_UP}BROKEN"
_PURPOSE: Final = "a broken body"
_LIGHTEST: Final = (Effect.WRITE, Effect.LASTING)
BROKEN: Final[tuple[bytes, ...]] = (
    b'{"id": "' + _OBJECT.encode(),
    b"[" * 8000,
    b'{"a":' * 1500,
    b'{"id": ' + b"9" * 8000,
    b'{"id": "\xff\xfe\xc3\x28',
    b'{"id": "' + b"\\u0000" * 1500,
    b"\x00" * 2000,
    b"<object><id>1</id></object>",
)


def writable(context: ProbeContext, endpoint: Endpoint) -> Mapping[str, Surface]:
    """Where each identity may write an object of its own, at its lightest; nobody who may not."""
    found = [one for one in surfaces(context, endpoint, NAME) if one.write is one.whole and one.write.method == "PUT"]
    permitted = [one for one in found if one.effect is Effect.WRITE or one.effect in context.target.allow]
    lightest = sorted(permitted, key=lambda one: _LIGHTEST.index(one.effect), reverse=True)
    return {one.interface.credential.identity: one for one in lightest}


def broken_bodies(context: ProbeContext, surface: Surface) -> tuple[HttpIntent, ...]:
    """Each of them under one id, for a burst."""
    ids = Random(f"{context.seed}/{NAME}/{_PURPOSE}")  # noqa: S311 - ids, not secrets
    writes = (surface.writing(surface.write, _OBJECT, body, JSON, _PURPOSE, ids, malformed=True) for body in BROKEN)
    return tuple(structs.replace(one, effect=Effect.BURST, leaves=(surface.leftover(_OBJECT),)) for one in writes)


async def read_back(context: ProbeContext, surface: Surface) -> None:
    """Let cleanup forget the object, where the platform says that there is none."""
    ids = Random(f"{context.seed}/{NAME}/read back")  # noqa: S311 - ids, not secrets
    reading = surface.reading(_OBJECT, None, "what became of broken bodies", ids)
    if reading is None:
        return
    there = looked(await context.gate.http(reading))
    if there.known and there.found is None:
        context.gate.taken_back(surface.leftover(_OBJECT))
