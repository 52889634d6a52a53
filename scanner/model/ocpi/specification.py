"""One version of OCPI as data: modules with their sides, classes with typed properties, enumerations."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from scanner.model.late_dataclass import dataclass
from scanner.model.subject import Side

VERSIONS: Final = ("2.1.1", "2.2.1", "2.3.0")  # those that we have data for
SUPERSEDED: Final = frozenset({"2.0", "2.1", "2.2"})  # replaced by 2.1.1 and 2.2.1 (VersionNumber enum)

_EXPRESSION: Final = re.compile(r"^(?P<name>\w+)(\((?P<length>\d+)\))?(?P<cardinality>[?*+]?)$")
# ModuleID and VersionNumber may be extended in every version (version information endpoint, custom modules).
_EXTENSIBLE: Final = frozenset({"ModuleID", "VersionNumber"})


class Cardinality(StrEnum):
    """As in the column "Card." of the specification."""

    ONE = "1"
    OPTIONAL = "?"
    ANY = "*"
    SOME = "+"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyType:
    """Type of a property: name of a scalar, class or enumeration; `length` in characters (digits for an int)."""

    name: str
    cardinality: Cardinality
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """Values of an enumeration; `open`: others may be met, too (OpenEnum)."""

    open: bool
    values: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a method takes and gives by the tables below its heading; of several types in `body` or `answer`, one."""

    parameters: Mapping[str, PropertyType]
    body: tuple[PropertyType, ...]
    answer: tuple[PropertyType, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module: its object (None where it has none of its own), and the methods of each side.

    The credentials module is the same on both sides: its methods stand under None. `calls` has what the tables hold;
    PATCH has none of its own, as it takes what PUT takes.
    """

    id: str
    object: str | None
    methods: Mapping[Side | None, tuple[str, ...]]
    calls: Mapping[tuple[Side | None, str], tuple[Call, ...]]

    def lists(self, side: Side | None) -> bool:
        """True where GET on the bare endpoint gives a page of objects: on the sender side of data modules."""
        return self.object is not None and side is Side.SENDER and "GET" in self.methods.get(side, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """Everything we know of one version."""

    version: str
    status_codes: tuple[str, ...]  # `2001`, and `29xx` for a range that parties may use as they like
    modules: Mapping[str, Module]
    classes: Mapping[str, Mapping[str, PropertyType]]
    enums: Mapping[str, Enumeration]

    def knows_status(self, code: int) -> bool:
        """True for a status code of the version's tables, ranges for custom use included."""
        return any(str(code) == known or str(code)[:2] + "xx" == known for known in self.status_codes)


def property_type(expression: str) -> PropertyType:
    """Read `CiString(36)?`.

    Raises: ValueError.
    """
    found = _EXPRESSION.match(expression)
    if found is None:
        raise ValueError(f"not a type expression: {expression!r}")
    return PropertyType(
        name=found["name"],
        cardinality=Cardinality(found["cardinality"] or "1"),
        length=int(found["length"]) if found["length"] else None,
    )


@cache
def specification(version: str) -> Specification:
    """The specification of one of `VERSIONS`.

    Raises: KeyError for any other version.
    """
    if version not in VERSIONS:
        raise KeyError(version)
    text = (files("scanner.model.ocpi") / "data" / f"{version}.json").read_text(encoding="utf-8")
    return _read(json.loads(text))


def _read(content: Mapping[str, Any]) -> Specification:
    classes = {
        name: {key: property_type(kind) for key, kind in declared["properties"].items()}
        for name, declared in content["classes"].items()
    }
    enums = {
        name: Enumeration(open=declared["open"] or name in _EXTENSIBLE, values=frozenset(declared["values"]))
        for name, declared in content["enums"].items()
    }
    modules = {name: _module(name, declared) for name, declared in content["modules"].items()}
    return Specification(
        version=content["version"],
        status_codes=tuple(content["status_codes"]),
        modules=modules,
        classes=classes,
        enums=enums,
    )


def _module(name: str, declared: Mapping[str, Any]) -> Module:
    methods = {_side(side): tuple(found) for side, found in declared["sides"].items()}
    calls = {
        (_side(side), method): tuple(_call(call) for call in found)
        for side, methods_of_side in declared["calls"].items()
        for method, found in methods_of_side.items()
    }
    return Module(id=name, object=declared["object"], methods=methods, calls=calls)


def _side(name: str) -> Side | None:
    return None if name == "both" else Side(name)


def _call(declared: Mapping[str, Any]) -> Call:
    return Call(
        parameters={name: property_type(kind) for name, kind in declared["parameters"].items()},
        body=tuple(property_type(kind) for kind in declared["body"]),
        answer=tuple(property_type(kind) for kind in declared["answer"]),
    )
