"""A value of each JSON kind that is not the right one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_TYPES: Final = Source("types; object tables of the modules", "each property has one type, and JSON tells kinds apart")
_STRINGS: Final = frozenset({Shape.STRING, Shape.CI_STRING, Shape.URL, Shape.DATE_TIME, Shape.ENUM})
_KIND: Final[Mapping[Shape, str]] = {
    **dict.fromkeys(_STRINGS, "string"),
    Shape.NUMBER: "number",
    Shape.INT: "number",
    Shape.BOOLEAN: "boolean",
    Shape.OBJECT: "object",
    Shape.LIST: "list",
}
_KINDS: Final = ("string", "number", "boolean", "object", "list")


def _rule(name: str, says: str) -> Rule:
    return Rule(
        name=name, family=Family.WRONG_TYPE, expectation=Expectation.MUST_REFUSE, source=_TYPES, says=f"is {says}"
    )


_GIVEN: Final = {
    (given, right): _rule(f"{given}-for-{right}", f"a {given}, not a {right}".replace("a object", "an object"))
    for right in _KINDS
    for given in _KINDS
    if given != right
}
_NESTED: Final = _rule("object-in-list-for-object", "a list around the object")
_BARE: Final = _rule("item-for-list", "one item without its list")
RULES: Final = (*_GIVEN.values(), _NESTED, _BARE)


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """One change a wrong kind, written as a sloppy sender would: the right value in the wrong clothes."""
    right = _KIND[place.shape]
    for given in _KINDS:
        if given != right:
            yield _GIVEN[given, right], _disguised(place.value, given)
    if place.shape is Shape.OBJECT and place.present:
        yield _NESTED, encoded([place.value])
    if place.shape is Shape.LIST and isinstance(place.value, Sequence) and place.value:
        yield from _bare(place.value[0])


def _bare(item: JsonValue) -> Iterator[Change]:
    if not isinstance(item, list | tuple):
        yield _BARE, encoded(item)


def _disguised(value: JsonValue, kind: str) -> bytes:
    match kind:
        case "string":
            return b'"' + encoded(value) + b'"' if isinstance(value, bool | int | float) else b'"1"'
        case "number":
            return encoded(_as_number(value))
        case "boolean":
            return b"true"
        case "object":
            return b"{}" if value is None or isinstance(value, list) else encoded({"value": value})
        case _:
            return encoded([value]) if isinstance(value, str | int | float) else b"[]"


def _as_number(value: JsonValue) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and not value.startswith("0"):
        return int(value)
    if isinstance(value, str) and value.endswith("Z"):
        try:
            return int(datetime.fromisoformat(value).timestamp())
        except ValueError:
            return 7
    return int(value) if isinstance(value, bool) else 7
