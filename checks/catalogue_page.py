"""docs/catalogue.md: every row and every check on one page, each with an anchor that is its id in lower case.

Generated from the catalogue alone: `python -m checks.catalogue_page` writes it again.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from checks.catalog import CATALOG
from checks.checklist.loader import checklist
from checks.coverage import Cover, Row, coverage
from checks.mappings.frameworks import frameworks, mapped_ids
from checks.mappings.loader import rule_table
from checks.model.check import Check
from checks.model.control import AttestedItem, Control
from checks.model.tool_rule import ToolRule
from checks.tool_findings import RULES_SEEN_BY

FILE: Final = Path(__file__).resolve().parents[1] / "docs" / "catalogue.md"
_HEAD: Final = """\
# Catalogue

Every row of the checklist, and every check and mapped policy that answers one. `ocpi-posture checks show ID` says the
same offline. A row is *covered* where each witness that can speak about it has a check, *partly* where some have,
*attestation only* where people state it and nothing is looked at, *not yet* where no witness can say anything.

This page is generated: `python -m checks.catalogue_page`.
"""


def page() -> str:
    """The whole page."""
    rows = coverage()
    parts = [_HEAD, *_summary(rows)]
    for layer in checklist().layers:
        parts.append(f"## {layer.title}\n")
        parts += [_row(row) for row in rows if row.control.layer == layer.id]
    parts += _provenance()
    parts.append("## Checks\n")
    parts += [_check(check) for check in CATALOG]
    parts.append("## Policies of Checkov\n\nPolicies that touch a row; those without `_OCPI_` are Checkov's own.\n")
    parts += [_rule(rule) for rule in sorted(rule_table().values(), key=lambda rule: rule.rule)]
    return "\n".join(parts)


def _summary(rows: Iterable[Row]) -> Iterator[str]:
    counted = list(rows)
    yield "| | " + " | ".join(Cover) + " |"
    yield "|---|" + "---|" * len(Cover)
    for layer in checklist().layers:
        covers = [row.cover for row in counted if row.control.layer == layer.id]
        yield f"| {layer.title} | " + " | ".join(str(covers.count(cover)) for cover in Cover) + " |"
    totals = " | ".join(str(sum(row.cover is cover for row in counted)) for cover in Cover)
    yield f"| **all {len(counted)}** | {totals} |\n"


def _row(row: Row) -> str:
    control = row.control
    lines = [f"### {control.id}\n", f"**{_text(control.title)}** ({control.severity}; {row.cover})\n"]
    lines += [_text(control.verify) + "\n"]
    lines += [f"- {witness}: {_links(names) or 'nothing yet'}" for witness, names in row.by_witness]
    lines += [f"- {line}" for line in _more(row)]
    lines += [f"- {_item(item)}" for item in control.attestations]
    lines += [f"- {line}" for line in _mapped(control.id)]
    return "\n".join(lines) + "\n"


def _more(row: Row) -> Iterator[str]:
    control = row.control
    if row.open_part:
        yield f"no check sees yet: {_text(row.open_part)}"
    if control.refines:
        yield f"{'folds' if control.rolls_up else 'refines'} {_links(control.refines)}"
    only = _only_for(control)
    if only:
        yield f"only for {only}"
    required = _required(control)
    if required:
        yield f"required by {required}"


def _only_for(control: Control) -> str:
    return "; ".join(f"{name}: {', '.join(sorted(asked))}" for name, asked in control.only_for.parts() if asked)


def _required(control: Control) -> str:
    return "; ".join(f"{part}: {', '.join(requirement.names)}" for part, requirement in control.requires.items())


def _item(item: AttestedItem) -> str:
    parts = "; ".join(f"*{name}*: {_text(about)}" for name, about in item.contains.items())
    file = ", with its document" if item.needs_file else ""
    whose = ", one for each partner" if item.per_partner else ""
    return f"attestation *{item.item}*{whose}{file}, counts for {item.max_age_days} days; says {parts}"


def _mapped(row: str) -> Iterator[str]:
    """A line for each framework; ids that no list of its publisher confirms are marked."""
    for framework in frameworks():
        ids = [one for one in mapped_ids(row) if one.framework == framework.key]
        if ids:
            said = ", ".join(f"{_text(one.id)}{'' if one.verified else ' (unverified)'}" for one in ids)
            yield f"{framework.name}: {said}"


def _provenance() -> Iterator[str]:
    yield "## Frameworks\n"
    yield "Ids only, held against the publisher's own machine-readable list where one could be had. What is unverified"
    yield "stays out of reports and packs.\n\n| framework | publisher | held against | version |\n|---|---|---|---|"
    for one in frameworks():
        yield f"| {one.name} | {one.publisher} | {_text(one.list or 'nothing: unverified')} | {one.version} |"
    yield ""


def _check(check: Check[Any]) -> str:
    about = f"{check.severity}, by {check.witness}{', by writing only' if check.by_writing else ''}"
    return (
        f"### {check.id}\n\n**{_text(check.title)}** ({about}): {_links(check.controls)}\n\n"
        f"Source: {_text(check.source)}\n\nTo do: {_text(check.remediation)}\n"
    )


def _rule(rule: ToolRule) -> str:
    about = f"{rule.severity}, by {RULES_SEEN_BY}"
    return (
        f"### {rule.rule}\n\n**{_text(rule.about)}** ({about}): {_links(rule.controls)}\n\n{_text(rule.remediation)}\n"
    )


def _links(names: Iterable[str]) -> str:
    return ", ".join(f"[{name}](#{anchor(name)})" for name in names)


def anchor(name: str) -> str:
    """The anchor of a row, check or policy on the page, without the #."""
    return name.lower()


def _text(text: str) -> str:
    """As prose: nothing in it is markup, but for `code`."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\*_<\[\]|])", r"\\\1", part) for part in parts)


def main() -> None:
    """Write the page."""
    FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
