"""What each method of an interface takes and gives: its parameters, bodies and answers, from the tables below it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from scanner.model.ocpi.from_specification.read import UnknownWording, interface_of, linked, type_expression
from scanner.model.ocpi.from_specification.tables import Table

Call = dict[str, Any]  # parameters: name -> type expression; body, answer: type expressions, one of which is meant

_METHOD: Final = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) Method$")
_PARTS: Final = {"Request Parameters": "parameters", "Request Body": "body", "Response Data": "answer"}
_REQUIRED: Final = {"yes": "1", "no": "?"}


def calls(tables: Iterable[Table], offered: Mapping[str, Sequence[str]]) -> dict[str, dict[str, list[Call]]]:
    """Interface heading -> method -> its calls; a method has two where it serves a list as well as one object.

    `offered`: the methods in the table of each interface. Where the page puts a table beside the heading of its
    method instead of below it, the last method met is meant, or the only one that the interface offers.

    Raises: UnknownWording.
    """
    found: dict[str, dict[str, list[Call]]] = {}
    interface = method = ""
    for table in tables:
        part = _part(table)
        if part is None or interface_of(table.headings) not in offered:
            continue
        if interface_of(table.headings) != interface:
            interface, method = interface_of(table.headings), ""
        method = _method(table) or method or _only(offered[interface], interface)
        _add(found.setdefault(interface, {}).setdefault(method, []), part, table)
    return found


def _part(table: Table) -> str | None:
    title = table.headings[-1] if table.headings else ""
    return next((part for words, part in _PARTS.items() if title.endswith(words)), None)


def _method(table: Table) -> str | None:
    return next((m[1] for heading in reversed(table.headings) if (m := _METHOD.match(heading))), None)


def _only(methods: Sequence[str], interface: str) -> str:
    if len(methods) != 1:
        raise UnknownWording(f"{interface}: which of {methods} has this table?")
    return methods[0]


def _add(known: list[Call], part: str, table: Table) -> None:
    if not known or known[-1][part]:
        known.append({"parameters": {}, "body": [], "answer": []})
    known[-1][part] = dict(_parameters(table)) if part == "parameters" else list(_types(table))


def _parameters(table: Table) -> Iterator[tuple[str, str]]:
    for name, kind, required, *_ in table.rows:
        if linked(required) not in _REQUIRED:
            raise UnknownWording(f"parameter {name!r} is required: {required!r}")
        yield linked(name), type_expression(kind, _REQUIRED[linked(required)])


def _types(table: Table) -> Iterator[str]:
    for kind, cardinality, *_ in table.rows:
        if not linked(kind).startswith("Choice"):
            yield type_expression(kind, cardinality.replace("\\", ""))
