"""One document a version, complete in itself: every type that a property names is declared in it, or a scalar."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.from_specification.calls import calls
from scanner.model.ocpi.from_specification.read import PageFacts, page_facts
from scanner.model.ocpi.from_specification.tables import Table, asciidoc_tables, markdown_tables
from scanner.model.ocpi.scalar import SCALARS

PAGES: Final = re.compile(r"^(mod_\w+|credentials|types|version_information_endpoint|status_codes)\.(md|asciidoc)$")

# Headings that declare a type without naming it.
_UNNAMED: Final = {"Data": "VersionDetails"}
# 2.1.1 names the enumeration "Allowed" and its property's type "AllowedType".
_SAME_TYPE: Final = {"AllowedType": "Allowed", "String": "string"}
# The object that a module exchanges; commands and chargingprofiles have one per command.
_OBJECTS: Final = {
    "cdrs": "CDR",
    "credentials": "Credentials",
    "hubclientinfo": "ClientInfo",
    "invoicereconciliation": "InvoiceReconciliationRecord",
    "locations": "Location",
    "sessions": "Session",
    "tariffs": "Tariff",
    "tokens": "Token",
}
# 2.1.1 names interfaces by party; the eMSP sends tokens and commands, the CPO everything else.
_EMSP_SENDS: Final = frozenset({"tokens", "commands"})


class Incomplete(ValueError):
    """A property names a type that no page declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the specification: its name without ending, whether it is Markdown, its text."""

    name: str
    markdown: bool
    text: str


def document(version: str, source: Mapping[str, str], pages: Iterable[Page]) -> dict[str, Any]:
    """The data file of one version.

    Raises: UnevenTable, UnknownWording, Incomplete.
    """
    classes: dict[str, Any] = {}
    enums: dict[str, Any] = {}
    modules: dict[str, Any] = {}
    codes: list[str] = []
    for page in sorted(pages, key=lambda p: p.name):
        facts = page_facts(_tables(page), _UNNAMED)
        classes |= {name: {"page": page.name, "properties": found} for name, found in facts.classes.items()}
        enums |= {name: {"page": page.name, **found} for name, found in facts.enums.items()}
        modules |= dict(_module(page, facts))
        codes += facts.status_codes
    _resolve(classes, enums)
    head = {"version": version, "source": dict(source), "status_codes": codes}
    return {**head, "modules": modules, "classes": classes, "enums": enums}


def _tables(page: Page) -> Iterable[Table]:
    parse: Callable[[str], Iterator[Table]] = markdown_tables if page.markdown else asciidoc_tables
    return parse(page.text)


def _module(page: Page, facts: PageFacts) -> Iterator[tuple[str, Any]]:
    found = re.search(r"Module Identifier: *`(\w+)`", page.text)
    if found is None or not facts.methods:
        return
    module = found[1].lower()
    sides = {_side(module, heading): list(methods) for heading, methods in facts.methods.items()}
    taken = {_side(module, heading): found for heading, found in calls(_tables(page), facts.methods).items()}
    yield (
        module,
        {
            "page": page.name,
            "object": _OBJECTS.get(module),
            "sides": dict(sorted(sides.items())),
            "calls": dict(sorted(taken.items())),
        },
    )


def _side(module: str, heading: str) -> str:
    if heading.startswith(("Sender", "Receiver")):
        return heading.split(maxsplit=1)[0].lower()
    if heading.startswith(("CPO", "eMSP")):
        sends = heading.startswith("eMSP") == (module in _EMSP_SENDS)
        return "sender" if sends else "receiver"
    return "both"


def _resolve(classes: dict[str, Any], enums: dict[str, Any]) -> None:
    for name, declared in classes.items():
        properties = declared["properties"]
        for property_name, expression in tuple(properties.items()):
            word = re.match(r"\w+", expression)
            base = word[0] if word else ""
            known = _SAME_TYPE.get(base, base) if base not in enums else base
            if known not in SCALARS and known not in classes and known not in enums:
                raise Incomplete(f"{name}.{property_name} is a {base}, which no page declares")
            properties[property_name] = known + expression[len(base) :]
