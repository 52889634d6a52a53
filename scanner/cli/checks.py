"""`ocpi-posture checks`: the catalogue, and how much of the checklist it covers."""

import json
from typing import Any

import rich_click as click

from checks.catalog import CATALOG
from checks.checklist.loader import checklist, controls
from checks.model.check import Check
from checks.model.control import Control
from scanner.cli.coverage import Cover, coverage
from scanner.cli.exit_code import ExitCode
from scanner.cli.options import output_format, talking
from scanner.cli.output import emit
from scanner.config.nearest import suggestion
from scanner.errors import UsageError
from scanner.model.json_value import JsonValue


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
    width = max((len(check.id) for check in CATALOG), default=0)
    for check in CATALOG:
        emit(f"{check.id:<{width}}  {check.severity:<8}  {check.witness:<14}  {check.title}")
    return ExitCode.CLEAN


@checks.command()
@click.argument("id")
@output_format
@talking
def show(id: str, format_: str) -> int:
    """Show a check, or a row of the checklist with its checks.

    Example: ocpi-posture checks show OCPI-TLS-01
    """
    check = next((check for check in CATALOG if check.id == id), None)
    if check is not None:
        return _json(_check_document(check)) if format_ == "json" else _text(_check_lines(check))
    control = next((control for control in controls() if control.id == id.upper()), None)
    if control is not None:
        return _json(_control_document(control)) if format_ == "json" else _text(_control_lines(control))
    near = suggestion(id, [*(check.id for check in CATALOG), *(control.id for control in controls())])
    raise UsageError(f"No check or row is called {id!r}{near}.", "`ocpi-posture checks list` shows the checks.")


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
            emit(f"  {row.control.id:<12} {row.cover:<8} {row.control.title}\n{'':<24}{said}")
    counts = ", ".join(f"{sum(row.cover is cover for row in rows)} {cover}" for cover in Cover)
    emit(f"\n{len(rows)} rows: {counts}.")
    return ExitCode.CLEAN


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
    return [f"{name + ':':<13}{value}" for name, value in shown.items() if value is not None]


def _control_document(control: Control) -> dict[str, JsonValue]:
    (row,) = (row for row in coverage() if row.control.id == control.id)
    return {
        **row.document(),
        "verify": control.verify,
        "refines": list(control.refines),
        "rolls_up": control.rolls_up,
        "requires": {profile: list(requirement.names) for profile, requirement in control.requires.items()},
    }


def _control_lines(control: Control) -> list[str]:
    (row,) = (row for row in coverage() if row.control.id == control.id)
    lines = [f"{control.id}  {control.title}", f"{control.severity}; {row.cover}", "", control.verify.strip(), ""]
    for witness, names in row.by_witness:
        lines.append(f"{witness}: {', '.join(names) or 'not yet'}")
    if control.folds:
        lines.append(f"folds: {', '.join(control.folds)}")
    return lines
