"""`ocpi-posture diff`: what changed from one run to another."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import rich_click as click

from reports.model.difference import Change, Changed, Difference, difference
from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.options import output_format, talking, words
from scanner.cli.output import emit, emit_safe
from scanner.cli.run_states import state_of_run
from scanner.cli.talk import Talk
from scanner.model.severity import Severity

TITLES: Final = {
    Change.NEW: "New",
    Change.STILL_THERE: "Still there",
    Change.NOT_LOOKED_AT: "No longer looked at (not fixed, as far as anybody knows)",
    Change.ACCEPTED: "Accepted by a waiver",
    Change.NO_LONGER_APPLIES: "No longer applies",
    Change.FIXED: "Fixed",
}


@click.command()
@click.argument("before", metavar="RUN")
@click.argument("after", metavar="RUN")
@click.option(
    "--fail-on",
    type=click.Choice(words(Severity)),
    default=str(Severity.MEDIUM),
    show_default=True,
    help="What is less grave is shown, and does not decide.",
)
@history_options
@output_format
@talking
@click.pass_obj
def diff(talk: Talk, before: str, after: str, fail_on: str, config: Path, file: Path | None, format_: str) -> int:
    """Compare the fails of two runs, the earlier one first: by folder, or by id where a history has them.

    A fail is fixed only where it was judged again and passes. Exit codes: 1 a new fail, or one that is still there;
    3 neither, but something that failed was not looked at again; 0 otherwise.

    Example: ocpi-posture diff posture/20270131T090000Z-1f2e posture/20270207T090000Z-5a01
    """
    found = difference(*(state_of_run(run, config, file, talk) for run in (before, after)))
    if format_ == "json":
        emit(json.dumps(as_json(found), indent=1))
    else:
        emit_safe(as_text(found))
    return code_of(found, Severity(fail_on))


def code_of(found: Difference, fail_on: Severity) -> ExitCode:
    """What the shell is told about a difference."""
    if found.counts(Change.NEW, fail_on) or found.counts(Change.STILL_THERE, fail_on):
        return ExitCode.FAILED
    if found.counts(Change.NOT_LOOKED_AT, fail_on) or not found.judged:
        return ExitCode.INCONCLUSIVE
    return ExitCode.CLEAN


def as_json(found: Difference) -> dict[str, object]:
    """For machines: the fails by kind of change, and the rows whose status changed."""
    return {
        "before": found.before,
        "after": found.after,
        "findings": [asdict(changed) for changed in found.findings],
        "controls": [asdict(change) for change in found.controls],
        "cautions": found.cautions,
    }


def as_text(found: Difference) -> str:
    """For people: every kind of change with its number, then the rows."""
    lines = [f"From {found.before} to {found.after}", *(f"  note: {caution}" for caution in found.cautions)]
    for change in Change:
        changed = found.of(change)
        lines += ["", f"{TITLES[change]}: {len(changed)}", *map(_line, changed)]
    if found.controls:
        lines += ["", f"Rows with another status: {len(found.controls)}"]
        lines += [
            f"  {one.control:<14} {one.environment}: {one.before or 'absent'} -> {one.after or 'absent'}"
            for one in found.controls
        ]
    return "\n".join(lines)


def _line(changed: Changed) -> str:
    finding = changed.finding
    was = f" (was {changed.was})" if changed.was and changed.change is Change.NEW else ""
    place = f"{finding.environment}  {finding.check}: {finding.subject}"
    return f"  {finding.fingerprint}  {finding.severity:<8}  {place}{was}"
