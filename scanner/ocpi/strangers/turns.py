"""Which writes are tried as whom, in which order, and where."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.access import (
    AccessObserved,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithWrongToken,
)
from scanner.model.ocpi.interfaces import interface as specified
from scanner.model.subject import Side
from scanner.model.target import Endpoint
from scanner.ocpi.writing.receivers import surfaces
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

NAME: Final = "ocpi-stranger-writes"
Turn = tuple[str, type[AccessObserved]]  # the method, and who writes
_TELLING: Final = (AccessWithoutToken, AccessWithWrongToken)
_AT_THE_FIRST: Final = (AccessWithEmptyToken, AccessWithOtherScheme)


def turns(methods: tuple[str, ...]) -> tuple[Turn, ...]:
    """The most telling first: each method may forget the token alone, how a header is read is decided in one place."""
    everywhere = [(method, kind) for kind in _TELLING for method in methods]
    return (*everywhere, *((methods[0], kind) for kind in _AT_THE_FIRST))


def methods(surface: Surface) -> tuple[str, ...]:
    """How objects are written there: made, changed in part, removed."""
    operations = specified(surface.version, surface.interface.module, Side.RECEIVER).operations
    there = {o.method for o in operations if o.path == surface.whole.path}
    further = () if surface.creates else tuple(method for method in ("PATCH", "DELETE") if method in there)
    return (surface.whole.method, *further)


def one_a_door(found: Iterable[Surface]) -> Iterator[Surface]:
    """The first identity at each URL: without its token all of them are the same nobody."""
    seen: set[str] = set()
    for surface in found:
        if surface.interface.url not in seen:
            seen.add(surface.interface.url)
            yield surface


def doors(context: ProbeContext, endpoint: Endpoint) -> tuple[Surface, ...]:
    """Where writes without a valid token are wanted at an endpoint; nowhere where the run may not write."""
    target = context.target
    if not target.mode.includes(Mode.EXERCISE):
        return ()
    whole = (s for s in surfaces(context, endpoint, NAME) if s.write is s.whole)
    lasting = Effect.LASTING in target.allow
    return tuple(s for s in one_a_door(whole) if lasting or s.effect is not Effect.LASTING)


def wanted(surface: Surface) -> int:
    """How many are wanted there."""
    return len(turns(methods(surface)))
