"""What looks like an object of OCPI, whatever the status beside it says, and what is only a word about an error."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.specification import VERSIONS, specification

_ENOUGH: Final = 2  # properties of one class, so that one word in common means nothing
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


def only_a_hint(item: JsonValue) -> bool:
    """True where nothing but words about an error are named, as in `{"error": ..}`."""
    return isinstance(item, Mapping) and {key.lower().replace("_", "") for key in item} <= _HINTS


@cache
def _served() -> frozenset[frozenset[str]]:
    found = set()
    for version in VERSIONS:
        known = specification(version)
        objects = (module.object for module in known.modules.values() if module.object)
        found |= {frozenset(known.classes.get(name, ())) - _OF_ERRORS_TOO for name in (*objects, *_OF_LISTS)}
    return frozenset(found)
