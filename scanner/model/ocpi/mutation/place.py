"""Every place of an object that a mutation can reach: its properties, those that are absent, and list items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.specification import Cardinality, Enumeration, PropertyType, specification

_LISTS: Final = frozenset({Cardinality.ANY, Cardinality.SOME})
_NEEDED: Final = frozenset({Cardinality.ONE, Cardinality.SOME})
_URL_LENGTH: Final = 255


class Shape(StrEnum):
    """What stands at a place."""

    STRING = "string"
    CI_STRING = "CiString"
    URL = "URL"
    DATE_TIME = "DateTime"
    NUMBER = "number"
    INT = "int"
    BOOLEAN = "boolean"
    ENUM = "enum"
    OBJECT = "object"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One value of an object, there or not; `length` in characters (digits for an int)."""

    pointer: str
    key: str  # "" for a list item
    owner: str  # class that has the property
    shape: Shape
    required: bool
    present: bool
    value: JsonValue
    length: int | None
    enumeration: Enumeration | None
    within: Mapping[str, JsonValue]  # the object that has the property
    needs_content: bool  # a list of at least one, a class with required properties

    @property
    def item(self) -> bool:
        """True for an item of a list."""
        return not self.key


def places(version: str, class_name: str, valid: Mapping[str, JsonValue], pointer: str = "") -> Iterator[Place]:
    """All places of an object, in the order of the specification; of a list the first and the last item.

    Raises: KeyError if the version or the class is not known.
    """
    for key, kind in specification(version).classes[class_name].items():
        place = _place(version, class_name, kind, f"{pointer}/{key}", key, valid)
        yield place
        if place.shape is Shape.LIST:
            yield from _items(version, class_name, kind, valid, place)
        elif place.shape is Shape.OBJECT and isinstance(place.value, Mapping):
            yield from places(version, kind.name, place.value, place.pointer)


def _items(
    version: str, owner: str, kind: PropertyType, within: Mapping[str, JsonValue], held: Place
) -> Iterator[Place]:
    items = held.value
    if not isinstance(items, Sequence) or isinstance(items, str):
        return
    single = PropertyType(name=kind.name, cardinality=Cardinality.ONE, length=kind.length)
    for index in sorted({0, len(items) - 1} if items else ()):
        pointer, item = f"{held.pointer}/{index}", items[index]
        place = replace(_place(version, owner, single, pointer, held.key, within), key="", value=item, present=True)
        yield place
        if place.shape is Shape.OBJECT and isinstance(item, Mapping):
            yield from places(version, kind.name, item, pointer)


def _place(
    version: str, owner: str, kind: PropertyType, pointer: str, key: str, within: Mapping[str, JsonValue]
) -> Place:
    known = specification(version)
    lists = kind.cardinality in _LISTS
    shape = Shape.LIST if lists else _shape(version, kind.name)
    needed_inside = any(found.cardinality in _NEEDED for found in known.classes.get(kind.name, {}).values())
    return Place(
        pointer=pointer,
        key=key,
        owner=owner,
        shape=shape,
        required=kind.cardinality in _NEEDED,
        present=within.get(key) is not None,
        value=within.get(key),
        length=None if lists else _URL_LENGTH if shape is Shape.URL else kind.length,
        enumeration=None if lists else known.enums.get(kind.name),
        within=within,
        needs_content=kind.cardinality is Cardinality.SOME if lists else needed_inside,
    )


def _shape(version: str, name: str) -> Shape:
    known = specification(version)
    if name in known.classes:
        return Shape.OBJECT
    return Shape.ENUM if name in known.enums else Shape(name)
