"""Tables to facts: classes with their properties, enumerations, modules with their sides and methods."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.from_specification.tables import Table, plain

Properties = dict[str, str]
Enumeration = dict[str, object]

_CARDINALITIES: Final = {"1": "", "?": "?", "*": "*", "+": "+"}
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_DATA_TYPES: Final = re.compile(r"^(?P<name>\w+)(?: (?P<kind>class|enum|OpenEnum|type|Object|object))?$")


class UnknownWording(ValueError):
    """A table says something that this reader does not know; the data would be incomplete without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What one page of the specification holds."""

    classes: Mapping[str, Properties]
    enums: Mapping[str, Enumeration]
    methods: Mapping[str, tuple[str, ...]]  # heading of the interface -> methods that it has
    status_codes: tuple[str, ...] = ()  # `2001`, and `29xx` for a range that parties may use as they like


def linked(cell: str) -> str:
    """A cell without its links: `<<page#anchor,Name>>(36)` and `[Name](page#anchor)(36)` are both `Name(36)`."""
    cell = re.sub(r"\[\[[^\]]*\]\]", "", cell)  # an anchor
    cell = re.sub(r"<<[^,>]*,\s*([^>]*)>>", r"\1", cell)
    cell = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell)
    return plain(cell.replace("`", "").replace("&gt;", "").replace(">", ""))


def type_expression(type_cell: str, cardinality: str) -> str:
    """`CiString(36)` and `?` become `CiString(36)?`; cardinality 1 is not written.

    Raises: UnknownWording for a cardinality or a type that is not one word with an optional length.
    """
    name = re.sub(r"\[(\d+)\]$", r"(\1)", re.sub(r" +(?=[(\[])", "", linked(type_cell)))
    if cardinality.strip() not in _CARDINALITIES or not re.fullmatch(r"\w+(\(\d+\))?", name):
        raise UnknownWording(f"type {type_cell!r}, cardinality {cardinality!r}")
    return name + _CARDINALITIES[cardinality.strip()]


def _properties(table: Table) -> Properties:
    found: Properties = {}
    choices = 0
    for name, kind, cardinality, *_ in table.rows:
        if linked(name).startswith("Choice"):
            choices = {"two": 2, "three": 3, "four": 4, "five": 5}[linked(name).rsplit(" ", 1)[-1]]
            continue
        # One of a choice may be left out although its table says 1.
        found[linked(name)] = type_expression(kind, "?" if choices and cardinality.strip() == "1" else cardinality)
        choices = max(choices - 1, 0)
    return found


def _values(table: Table) -> tuple[str, ...]:
    at = table.columns.index("ModuleID") if "ModuleID" in table.columns else 0
    return tuple(linked(row[at]) for row in table.rows)


def _named(headings: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, str]:
    """Name and kind of the type that the innermost heading declares; ('', '') if it declares none."""
    title = headings[-1] if headings else ""
    if title in known:
        return known[title], "Object"
    if found := _DATA_TYPES.match(title):
        return found["name"], found["kind"] or ""
    return "", ""


def _methods(tables: Iterable[Table]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for table in tables:
        if table.columns[0] != "Method":
            continue
        offered = {linked(row[0]).upper(): not linked(row[1]).startswith("n/a") for row in table.rows}
        found.setdefault(interface_of(table.headings), tuple(m for m in _METHODS if offered.get(m)))
    return found


def interface_of(headings: tuple[str, ...]) -> str:
    """The innermost heading of an interface; "" where there is none."""
    return next((h for h in reversed(headings) if h.endswith(("Interface", "interface"))), "")


def page_facts(tables: Iterable[Table], unnamed: Mapping[str, str]) -> PageFacts:
    """Everything a page declares; `unnamed` maps headings that name no type (version details) to a type name.

    Raises: UnknownWording.
    """
    tables = tuple(tables)
    classes: dict[str, Properties] = {}
    enums: dict[str, Enumeration] = {}
    for table in tables:
        name, kind = _named(table.headings, unnamed)
        if name and "Card." in table.columns and table.columns[0] in {"Property", "Field Name"} and name not in classes:
            classes[name] = _properties(table)
        elif kind in {"enum", "OpenEnum"} and name not in enums:
            enums[name] = {"open": kind == "OpenEnum", "values": list(_values(table))}
    codes = tuple(linked(row[0]) for table in tables if table.columns[0] == "Code" for row in table.rows)
    return PageFacts(classes=classes, enums=enums, methods=_methods(tables), status_codes=codes)
