"""`ocpi-posture checks`: the catalogue, and how much of the checklist it covers."""

import json
import re
import sys
from typing import Any, Final

import rich_click as click

from checks.catalog import CATALOG
from checks.checklist.loader import checklist, controls
from checks.coverage import Cover, coverage
from checks.mappings.frameworks import frameworks, mapped_ids
from checks.mappings.loader import rule_table
from checks.model.check import Check
from checks.model.control import Control
from checks.model.tool_rule import ToolRule
from checks.tool_findings import RULES_SEEN_BY
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import output_format, talking
from scanner.cli.output import emit
from scanner.cli.rule_titles import title_of
from scanner.cli.terminal import columns, is_terminal, wrapped
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.json_value import JsonValue

_POLICY: Final = re.compile(r"CKV2?_[A-Z]+_\d+")
_OWN: Final = "a policy of ours for Checkov (checks/policies)"
_NAMES: Final = 13  # columns for the name of a value
_INDENT: Final = 24
_SHORT: Final = {Cover.ATTESTED: "attested"}  # in a column


@click.group()
@talking
def checks() -> None:
    """Show what is checked, and which rows of the checklist are covered.

    Example: ocpi-posture checks show OCPI-TLS-01
    """


@checks.command("list")
@output_format
@talking
def list_(format_: str) -> int:
    """List every check.

    Example: ocpi-posture checks list --format json
    """
    if format_ == "json":
        return _json([_check_document(check) for check in CATALOG])
    for check in CATALOG:
        emit("\n".join(_listed(check, columns())))
    return ExitCode.CLEAN


def _listed(check: Check[Any], width: int) -> list[str]:
    """One line for a file or a pipe, and where there is room; else the title, and what has no room, below the id."""
    names = max(len(one.id) for one in CATALOG)
    line = f"{check.id:<{names}}  {check.severity:<8}  {check.witness:<14}  {check.title}"
    if len(line) <= width or not is_terminal(sys.stdout):
        return [line]
    weight = f"{check.severity}, {check.witness}"
    first = f"{check.id}  {weight}"
    head = [first] if len(first) <= width else [check.id, f"    {weight}"]
    return [*head, *wrapped(check.title, width, "    ")]


@checks.command()
@click.argument("id")
@output_format
@talking
def show(id: str, format_: str) -> int:
    """Show a check, a row of the checklist with its checks, or a policy of Checkov that touches a row.

    Example: ocpi-posture checks show OCPI-TLS-01

    Example: ocpi-posture checks show CKV_AWS_76
    """
    check = next((check for check in CATALOG if check.id == id), None)
    if check is not None:
        return _json(_check_document(check)) if format_ == "json" else _text(_check_lines(check))
    control = next((control for control in controls() if control.id == id.upper()), None)
    if control is not None:
        return _json(_control_document(control)) if format_ == "json" else _text(_control_lines(control))
    rule = next((rule for rule in rule_table().values() if rule.rule == id.upper()), None)
    if rule is not None:
        return _json(_rule_document(rule)) if format_ == "json" else _text(_rule_lines(rule))
    raise _unknown(id)


def _unknown(id: str) -> UsageError:
    if _POLICY.fullmatch(id.upper()):
        hint = "Its fails are listed as general cloud hygiene; they decide nothing."
        return UsageError(f"{id.upper()} is no policy that touches a row of the checklist.", hint)
    names = (*(check.id for check in CATALOG), *(control.id for control in controls()))
    near = suggestion(id, [*names, *(rule.rule for rule in rule_table().values())])
    hint = "`ocpi-posture checks list` shows the checks."
    return UsageError(f"No check, row or policy is called {id!r}{near}.", hint)


@checks.command("coverage")
@output_format
@talking
def coverage_(format_: str) -> int:
    """Show for every row of the checklist which of its witnesses are covered by checks.

    Example: ocpi-posture checks coverage
    """
    rows = coverage()
    if format_ == "json":
        return _json([row.document() for row in rows])
    for layer in checklist().layers:
        emit(f"\n{layer.title}")
        for row in (row for row in rows if row.control.layer == layer.id):
            said = ", ".join(f"{witness} {len(names) or '-'}" for witness, names in row.by_witness)
            first, *rest = wrapped(row.control.title, columns() - _INDENT, "")
            emit(f"  {row.control.id:<12} {_SHORT.get(row.cover, row.cover):<8} {first}")
            emit("\n".join(f"{'':<{_INDENT}}{line}" for line in (*rest, *wrapped(said, columns() - _INDENT, ""))))
    counts = ", ".join(f"{sum(row.cover is cover for row in rows)} {cover}" for cover in Cover)
    emit(f"\n{len(rows)} rows: {counts}.")
    return ExitCode.CLEAN


def _rule_document(rule: ToolRule) -> dict[str, JsonValue]:
    return {
        "id": rule.rule,
        "title": title_of(rule.rule) or rule.about,
        "about": rule.about,
        "severity": rule.severity,
        "witness": RULES_SEEN_BY,
        "controls": list(rule.controls),
        "source": _OWN if "_OCPI_" in rule.rule else f"a policy of {rule.tool}, as installed",
        "remediation": rule.remediation,
    }


def _rule_lines(rule: ToolRule) -> list[str]:
    document = _rule_document(rule)
    rows = [f"{control.id} {control.title}" for control in controls() if control.id in rule.controls]
    return [line for name, value in {**document, "controls": "; ".join(rows)}.items() for line in _entry(name, value)]


def _entry(name: str, value: JsonValue) -> list[str]:
    """`name: value`, wrapped under itself."""
    first, *rest = wrapped(str(value), columns() - _NAMES, "") or [""]
    return [f"{name + ':':<{_NAMES}}{first}", *(f"{'':<{_NAMES}}{line}" for line in rest)]


def _text(lines: list[str]) -> int:
    emit("\n".join(lines))
    return ExitCode.CLEAN


def _json(document: JsonValue) -> int:
    emit(json.dumps(document, indent=1, ensure_ascii=False))
    return ExitCode.CLEAN


def _check_document(check: Check[Any]) -> dict[str, JsonValue]:
    return {
        "id": check.id,
        "title": check.title,
        "severity": check.severity,
        "witness": check.witness,
        "controls": list(check.controls),
        "source": check.source,
        "remediation": check.remediation,
        "claim": check.claim,
        "facts": [need.fact.__name__ for need in (check.looks_at, *check.joins)],
    }


def _check_lines(check: Check[Any]) -> list[str]:
    document = _check_document(check)
    shown = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in document.items()}
    return [line for name, value in shown.items() if value is not None for line in _entry(name, value)]


def _control_document(control: Control) -> dict[str, JsonValue]:
    (row,) = (row for row in coverage() if row.control.id == control.id)
    return {
        **row.document(),
        "verify": control.verify,
        "refines": list(control.refines),
        "rolls_up": control.rolls_up,
        "attestations": {
            one.item: {"about": one.about, "contains": dict(one.contains), "max_age_days": one.max_age_days}
            for one in control.attestations
        },
        "frameworks": [
            {"framework": one.framework, "id": one.id, "verified": one.verified} for one in mapped_ids(control.id)
        ],
        "requires": {profile: list(requirement.names) for profile, requirement in control.requires.items()},
    }


def _control_lines(control: Control) -> list[str]:
    (row,) = (row for row in coverage() if row.control.id == control.id)
    lines = [*wrapped(f"{control.id}  {control.title}", columns(), ""), f"{control.severity}; {row.cover}", ""]
    lines += [*wrapped(control.verify, columns(), ""), ""]
    for witness, names in row.by_witness:
        lines += wrapped(f"{witness}: {', '.join(names) or 'not yet'}", columns(), "")
    if control.folds:
        lines.append(f"folds: {', '.join(control.folds)}")
    if row.open_part:
        lines += wrapped(f"no check sees yet: {row.open_part}", columns(), "")
    for framework in frameworks():
        ids = [one for one in mapped_ids(control.id) if one.framework == framework.key]
        if ids:
            told = ", ".join(one.id if one.verified else f"{one.id} (unverified)" for one in ids)
            lines += wrapped(f"{framework.name}: {told}", columns(), "")
    for one in control.attestations:
        said = f"an attestation {one.item} says: {', '.join(one.contains)}; it counts for {one.max_age_days} days"
        lines += wrapped(said, columns(), "")
    return lines
