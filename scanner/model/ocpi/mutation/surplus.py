"""Names that the specification does not have: unknown ones, and those that look like somebody's inside."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.circumstances import Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import Template, encoded
from scanner.model.ocpi.specification import specification

_SURPLUS: Final = Source(
    "transport_and_format, Non-specified JSON fields (2.3.0)",
    "unknown names are no reason to refuse, in no version; obeying a name that nobody documented is another matter",
)
_UNKNOWN: Final = "posture_unknown"
_INTERNAL: Final[Mapping[str, JsonValue]] = {
    "_id": "000000000000000000000000",
    "is_admin": True,
    "admin": True,
    "__proto__": {"is_admin": True},
    "constructor": {"prototype": {"is_admin": True}},
    "created_at": "2000-01-01T00:00:00Z",
    "updated_at": "2000-01-01T00:00:00Z",
    "deleted": True,
    "owner": "ZZ-ZZZ",
    "tenant_id": "0",
    "user_id": 0,
    "version": 999,
    "etag": "0",
    "permissions": ["*"],
    "party_id": "ZZZ",
    "country_code": "ZZ",
    "role": "CPO",
    "roles": [{"role": "CPO", "party_id": "ZZZ", "country_code": "ZZ"}],
    "valid": True,
    "status": "ACTIVE",
    "token": "not-a-token",
    "last_updated": "2000-01-01T00:00:00Z",
}


def _rule(name: str, says: str) -> Rule:
    return Rule(name=name, family=Family.SURPLUS, expectation=Expectation.MUST_NOT_CHANGE, source=_SURPLUS, says=says)


UNKNOWN: Final = _rule("unknown-name", "is a property that the specification does not have")
INTERNAL: Final = _rule("internal-name", "is no property of the object and looks like an internal one")
RULES: Final = (UNKNOWN, INTERNAL)


def bodies(
    class_name: str, found: Iterable[Place], template: Template, around: Circumstances
) -> Iterator[tuple[Rule, str, bytes]]:
    """Internal names beside the object's own; one unknown name in it and in every object inside."""
    known = specification(around.version).classes[class_name]
    for name, value in _INTERNAL.items():
        if name not in known and f"/{name}" not in template.spans:
            yield INTERNAL, f"/{name}", _added(template, f"/{name}", value)
    for parent in ("", *(place.pointer for place in found if place.shape is Shape.OBJECT and place.present)):
        pointer = f"{parent}/{_UNKNOWN}"
        yield UNKNOWN, pointer, _added(template, pointer, around.tag)


def _added(template: Template, pointer: str, value: JsonValue) -> bytes:
    head, tail = template.around(pointer)
    return b"".join((head, encoded(value), tail))
