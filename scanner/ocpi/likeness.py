"""What looks like an object of OCPI, whatever the status beside it says, and what is only a word about an error."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import VERSIONS, specification

_ENOUGH: Final = 2  # properties of one class, so that one word in common means nothing
_ENOUGH_INSIDE: Final = 3  # where nothing says that an object of OCPI stands there
_DEEPEST: Final = 12
_MOST_VALUES: Final = 5000
_OF_LISTS: Final = ("Version", "VersionDetails", "Endpoint")
_OF_ERRORS_TOO: Final = frozenset({"status", "type"})  # RFC 9457 and JSON:API have them as well
_HINTS: Final = frozenset(
    {
        "code", "description", "detail", "details", "error",
        "errorcode", "errordescription", "errors", "exception", "hint",
        "instance", "message", "path", "reason", "status",
        "statuscode", "statusmessage", "timestamp", "title", "type",
    }
)  # fmt: skip


def looks_like_ocpi(item: JsonValue) -> bool:
    """True with two property names of one class that a module or the versions module serves, in any version."""
    if not isinstance(item, Mapping):
        return False
    names = frozenset(item)
    return any(len(names & properties) >= _ENOUGH for properties in _served())


def holds_ocpi(document: JsonValue) -> bool:
    """True where an object of OCPI stands anywhere inside: three property names of one class, or exactly its own.

    Bounded in depth and in values, the outer ones first.
    """
    return any(_surely_ocpi(item) for item in _objects_within(document))


def only_a_hint(item: JsonValue) -> bool:
    """True where nothing but words about an error are named, as in `{"error": ..}`."""
    return isinstance(item, Mapping) and {key.lower().replace("_", "") for key in item} <= _HINTS


def _surely_ocpi(item: Mapping[str, JsonValue]) -> bool:
    names = frozenset(item)
    return any(len(names & properties) >= _ENOUGH_INSIDE or names == properties for properties in _served())


def _objects_within(document: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    waiting: deque[tuple[JsonValue, int]] = deque([(document, 0)])
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value, depth = waiting.popleft()
        if isinstance(value, Mapping):
            yield value
        if depth < _DEEPEST:
            room = _MOST_VALUES - len(waiting)
            waiting.extend((inner, depth + 1) for inner in _inside(value)[:room])


def _inside(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


@cache
def _served() -> frozenset[frozenset[str]]:
    found = set()
    for version in VERSIONS:
        known = specification(version)
        objects = (module.object for module in known.modules.values() if module.object)
        found |= {frozenset(known.classes.get(name, ())) - _OF_ERRORS_TOO for name in (*objects, *_OF_LISTS)}
    return frozenset(found)
