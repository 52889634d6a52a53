"""The quick answer to whether an object is sound: one Python function a class, written out and compiled.

Most objects are sound, and a function without a loop over properties says so several times faster than one that is
ready to name what is wrong. It may say no to what is sound (a tuple for a list, an unusual URL): then the validator
takes its time, and its word counts.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.scalar import LENGTHS, SCALARS
from scanner.model.ocpi.specification import Cardinality, PropertyType, Specification, specification

# Days that every month has; the others are left to the calendar.
_PLAIN_DATE_TIME: Final = re.compile(
    r"(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z?", re.ASCII
)
_PLAIN_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?", re.ASCII)

# Conditions on {x}; printable text has no control characters, and an infinite number minus itself is no number.
_CONDITIONS: Final = {
    "string": "type({x}) is str and ({x}.isprintable() or string({x}) is None)",
    "CiString": "type({x}) is str and {x}.isascii() and {x}.isprintable()",
    "DateTime": "type({x}) is str and (plain_date_time({x}) is not None or date_time({x}) is None)",
    "URL": "type({x}) is str and (plain_url({x}) is not None or url({x}) is None)",
    "number": "(type({x}) is int or type({x}) is float and {x} - {x} == 0.0 or number({x}) is None)",
    "int": "type({x}) is int",
    "boolean": "({x} is True or {x} is False)",
}


@cache
def sound(version: str, class_name: str) -> Callable[[JsonValue], bool]:
    """A predicate that is true of nothing but sound objects of the class.

    Raises: KeyError if the version or the class is not known.
    """
    known, names = specification(version), _names(version)
    missing = [name for name in _reached(known, class_name) if _function(name) not in names]
    source = "\n".join(line for name in missing for line in _source(known, name))
    exec(compile(source, f"<{class_name} of OCPI {version}>", "exec"), names)  # noqa: S102 - from our own data
    found: Callable[[JsonValue], bool] = names[_function(class_name)]
    return found


def _reached(known: Specification, class_name: str) -> list[str]:
    """A class and all that is inside its objects; a run looks at few, and all of a version take 30 ms to compile."""
    found, waiting = [class_name], [class_name]
    while waiting:
        kinds = known.classes[waiting.pop()].values()
        inside = dict.fromkeys(kind.name for kind in kinds if kind.name in known.classes and kind.name not in found)
        found += inside
        waiting += inside
    return found


@cache
def _names(version: str) -> dict[str, Any]:
    """What the functions of a version may name; they are put beside it as they are made."""
    known = specification(version)
    names: dict[str, Any] = {
        "string": SCALARS["string"],
        "number": SCALARS["number"],
        "date_time": SCALARS["DateTime"],
        "url": SCALARS["URL"],
        "plain_date_time": _PLAIN_DATE_TIME.fullmatch,
        "plain_url": _PLAIN_URL.fullmatch,
    }
    return names | {_values(name): enumeration.values for name, enumeration in known.enums.items()}


def _function(class_name: str) -> str:
    return f"is_{class_name}"


def _values(enumeration: str) -> str:
    return f"values_of_{enumeration}"


def _source(known: Specification, class_name: str) -> Iterator[str]:
    yield f"def {_function(class_name)}(value):"
    yield "    if type(value) is not dict: return False"
    yield "    get = value.get"
    for key, kind in known.classes[class_name].items():
        yield f"    x = get({key!r})"
        optional = kind.cardinality in {Cardinality.OPTIONAL, Cardinality.ANY}
        yield f"    if {'x is not None and ' if optional else ''}not ({_condition(known, kind)}): return False"
        if kind.cardinality in {Cardinality.ANY, Cardinality.SOME}:
            yield f"    for y in x{' or ()' if optional else ''}:"
            yield f"        if not ({_single(known, kind, 'y')}): return False"
    yield "    return True"


def _condition(known: Specification, kind: PropertyType) -> str:
    if kind.cardinality is Cardinality.SOME:
        return "type(x) is list and x"
    if kind.cardinality is Cardinality.ANY:
        return "type(x) is list"
    return _single(known, kind, "x")


def _single(known: Specification, kind: PropertyType, x: str) -> str:
    if kind.name in known.classes:
        return f"{_function(kind.name)}({x})"
    if kind.name in known.enums:
        inside = "" if known.enums[kind.name].open else f" and {x} in {_values(kind.name)}"
        return f"type({x}) is str{inside}"
    condition = _CONDITIONS[kind.name].format(x=x)
    longest = kind.length or LENGTHS.get(kind.name)
    if longest is None:
        return condition
    if kind.name in {"number", "int"}:  # digits
        return f"{condition} and {-(10**longest)} < {x} < {10**longest}"
    return f"{condition} and len({x}) <= {longest}"
