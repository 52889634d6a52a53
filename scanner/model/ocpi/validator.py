"""Values against the types of one version; what is wrong is named by JSON pointer (RFC 6901) and rule.

Unknown fields are never wrong: "SHALL NOT reject ... field names that are not documented" (2.3.0, transport and
format). `null` counts as absent for what is optional. Where a list or an object is wrong in kind, nothing below it
is judged.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.compiled import sound
from scanner.model.ocpi.scalar import LENGTHS, SCALARS
from scanner.model.ocpi.specification import Cardinality, Enumeration, PropertyType, Specification, specification


class Rule(StrEnum):
    """What a value broke."""

    MISSING = "missing"  # required and not there, or null
    KIND = "wrong type"
    LENGTH = "too long"
    VALUE = "not in the enumeration"
    FORMAT = "wrong format"
    EMPTY = "empty list"  # at least one is required


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that is wrong: where, which rule, what was expected; never the value itself."""

    pointer: str
    rule: Rule
    expected: str


Validate = Callable[[JsonValue, str], Iterator[Violation]]


def validate(version: str, class_name: str, value: JsonValue, pointer: str = "") -> Iterator[Violation]:
    """Everything that is wrong with an object of a class of one version, in document order.

    Raises: KeyError if the version or the class is not known.
    """
    if sound(version, class_name)(value):
        return iter(())
    return _class_validator(version, class_name)(value, pointer)


@cache
def _class_validator(version: str, name: str) -> Validate:
    properties = tuple(
        (key, kind.cardinality is Cardinality.ONE or kind.cardinality is Cardinality.SOME, _property(version, kind))
        for key, kind in specification(version).classes[name].items()
    )

    def check(value: JsonValue, pointer: str) -> Iterator[Violation]:
        if not isinstance(value, Mapping):
            yield Violation(pointer=pointer, rule=Rule.KIND, expected=f"object {name}")
            return
        for key, required, check_property in properties:
            found = value.get(key)
            if found is not None:
                yield from check_property(found, f"{pointer}/{key}")
            elif required:
                yield Violation(pointer=f"{pointer}/{key}", rule=Rule.MISSING, expected="required")

    return check


def _property(version: str, kind: PropertyType) -> Validate:
    check = _single(version, kind)
    return check if kind.cardinality in {Cardinality.ONE, Cardinality.OPTIONAL} else _list(kind, check)


def _list(kind: PropertyType, check_item: Validate) -> Validate:
    def check(value: JsonValue, pointer: str) -> Iterator[Violation]:
        if not isinstance(value, list | tuple):
            yield Violation(pointer=pointer, rule=Rule.KIND, expected=f"list of {kind.name}")
            return
        if not value and kind.cardinality is Cardinality.SOME:
            yield Violation(pointer=pointer, rule=Rule.EMPTY, expected=f"at least one {kind.name}")
        for index, item in enumerate(value):
            yield from check_item(item, f"{pointer}/{index}")

    return check


def _single(version: str, kind: PropertyType) -> Validate:
    known: Specification = specification(version)
    if kind.name in known.classes:
        return _nested(version, kind.name)
    if kind.name in known.enums:
        return _enumeration(kind.name, known.enums[kind.name])
    return _scalar(kind)


def _nested(version: str, name: str) -> Validate:
    is_sound = sound(version, name)

    def check(value: JsonValue, pointer: str) -> Iterator[Violation]:
        if is_sound(value):  # most of what a wrong object holds is not wrong
            return iter(())
        # Looked up when it is used, not before: classes may contain each other.
        return _class_validator(version, name)(value, pointer)

    return check


def _enumeration(name: str, enumeration: Enumeration) -> Validate:
    def check(value: JsonValue, pointer: str) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield Violation(pointer=pointer, rule=Rule.KIND, expected=name)
        elif not enumeration.open and value not in enumeration.values:
            yield Violation(pointer=pointer, rule=Rule.VALUE, expected=name)

    return check


def _scalar(kind: PropertyType) -> Validate:
    complain = SCALARS[kind.name]
    longest = kind.length or LENGTHS.get(kind.name)

    def check(value: JsonValue, pointer: str) -> Iterator[Violation]:
        complaint = complain(value)
        if complaint == "type":
            yield Violation(pointer=pointer, rule=Rule.KIND, expected=kind.name)
        elif complaint:
            yield Violation(pointer=pointer, rule=Rule.FORMAT, expected=f"{kind.name}: {complaint}")
        elif longest and _too_long(value, longest):
            yield Violation(pointer=pointer, rule=Rule.LENGTH, expected=f"{kind.name}({longest})")

    return check


def _too_long(value: JsonValue, longest: int) -> bool:
    """Characters of a string, digits of a number (which may have too many to be written down)."""
    if isinstance(value, str):
        return len(value) > longest
    return isinstance(value, int | float) and abs(value) >= 10**longest
