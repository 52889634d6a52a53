"""`ocpi-posture replay`: look at one finding again."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import rich_click as click
import structlog

from checks.engine import judge
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from checks.replayed import Replayed, Standing, replayed, tool_replayed
from reports.json_document import finding_object
from scanner.cli.cadence_reading import cadence_reader
from scanner.cli.dry_run import as_text, planned
from scanner.cli.exit_code import ExitCode
from scanner.cli.given import Given
from scanner.cli.judging import masked
from scanner.cli.named_finding import named_finding
from scanner.cli.options import output_format, talking
from scanner.cli.output import emit_safe
from scanner.cli.probes import all_probes
from scanner.cli.replay_selection import focus_of, running_whole, selection_for
from scanner.cli.run_folder import cannot_write, find_run, write_whole
from scanner.cli.run_note import RunNote, new_note, open_folder, read_note
from scanner.cli.scan_lock import Owner, only_scan
from scanner.cli.scanning import Scan, look
from scanner.cli.selection import Selection
from scanner.cli.talk import Talk
from scanner.cli.tokens import resolved
from scanner.config.configuration import Configuration
from scanner.config.looking import looking_sha256
from scanner.errors import UsageError
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Unavailable
from scanner.run.plan import ScanResult

log = structlog.get_logger(__name__)

FOLDER: Final = "replays"
FILE_NAME: Final = "replay.json"
_OPEN: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replay:
    """One finding, where it was found, and what will look again; `given`: how the configuration was come by."""

    finding: Finding
    run: Path
    given: Given
    configuration: Configuration
    selection: Selection
    changed: bool


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("fingerprint")
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration file. [default: the one of the run]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the new evidence. [default: RUN/replays/TIME]",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent and left behind; send nothing.")
@output_format
@talking
@click.pass_obj
def replay(
    talk: Talk, run: str, fingerprint: str, config: Path | None, output: Path | None, dry_run: bool, format_: str
) -> int:
    """Look at one finding again, and say whether it is still there.

    Only the probes that see it run, under the configuration of the run; the run itself stays as it is. The beginning of
    a fingerprint will do. Exit codes: 1 still there, 0 gone, 3 it cannot be said.

    Example: ocpi-posture replay posture/20270131T090000Z-1f2e 0123456789abcdef
    """
    prepared = _prepared(find_run(run), fingerprint, config, talk)
    if prepared.changed:
        log.warning("the configuration has changed since: what is looked at now may not be what the run looked at")
    if whole := running_whole(prepared.selection):
        log.info("these probes look at everything of theirs, not at this finding alone", probes=", ".join(whole))
    if dry_run:
        emit_safe(as_text(planned(prepared.configuration, prepared.selection), prepared.configuration))
        return ExitCode.CLEAN
    return _replay(prepared, output, talk, format_)


def _prepared(run: Path, fingerprint: str, config: Path | None, talk: Talk) -> _Replay:
    finding = _finding(run, fingerprint)
    note = read_note(run)
    given = _given(note, config)
    whole = given.configuration()
    selection = selection_for(finding, all_probes(whole.tls_profile, cadence_reader(whole, talk)))
    return _Replay(
        finding=finding,
        run=run,
        given=given,
        configuration=whole if _joins_environments(selection) else whole.only([finding.environment]),
        selection=selection,
        changed=note.looking_sha256 != looking_sha256(whole),
    )


def _finding(run: Path, beginning: str) -> Finding:
    """The one fail whose fingerprint begins so.

    Raises: UsageError if there is none, or are several.
    """
    found = named_finding(run, beginning)
    if found.outcome not in _OPEN:
        hint = f"Only a fail is replayed. To look again: ocpi-posture scan --select {found.check}"
        raise UsageError(f"{found.check} is {found.outcome} in {run}.", hint)
    return found


def _given(note: RunNote, config: Path | None) -> Given:
    if note.is_demo:
        raise UsageError("The target of a demo ended with it, so there is nothing to look at again.")
    if note.given is not None:
        return note.given.with_file(config)
    if config is None:
        raise UsageError("The run does not say where its configuration is.", "Name it with -c.")
    return Given(file=config)


def _joins_environments(selection: Selection) -> bool:
    return any(need.all_environments for check in selection.checks for need in check.joins)


def _replay(prepared: _Replay, output: Path | None, talk: Talk, format_: str) -> int:
    tokens = resolved(prepared.configuration, talk)
    note = new_note(prepared.configuration, given=prepared.given)
    folder = output or prepared.run / FOLDER / note.run_id
    scan = Scan(
        configuration=prepared.configuration,
        selection=prepared.selection,
        tokens=tokens,
        folder=folder,
        note=note,
        focus=focus_of(prepared.finding),
    )
    log.info("looking again", check=prepared.finding.check, at=prepared.finding.subject.label(), folder=str(folder))
    with only_scan(prepared.configuration, Owner(run=note.run_id, folder=folder), talk):
        open_folder(folder, note)
        result = look(scan, talk)
    bugs = list(result.bugs)
    answer = _answer(prepared, result, bugs)
    for bug in bugs:
        log.error("a bug of ours", detail=bug)
    document = masked(_document(prepared, result, answer, folder), talk.redactor)
    _write(folder, document)
    text = json.dumps(document, indent=1) if format_ == "json" else talk.redactor.shown(_text(answer, folder, result))
    emit_safe(text)
    return _code(answer.standing, bugs)


def _answer(prepared: _Replay, result: ScanResult, bugs: list[str]) -> Replayed:
    if prepared.finding.tool is not None:
        return _with_reasons(tool_replayed(prepared.finding, result.tool_verdicts), prepared.finding, result)
    environments = [target.name for target in prepared.configuration.targets]
    found = judge(
        prepared.selection.checks, result.facts, environments, lambda check, trace: bugs.append(f"{check}: {trace}")
    )
    return replayed(prepared.finding, found)


def _with_reasons(answer: Replayed, finding: Finding, result: ScanResult) -> Replayed:
    """Where the tool said nothing: why its witness saw nothing."""
    if answer.standing is not Standing.UNKNOWN:
        return answer
    blanks = [o.result for o in result.facts if o.key.witness is finding.witness]
    reasons = dict.fromkeys(blank.detail for blank in blanks if isinstance(blank, Unavailable))
    return replace(answer, why="; ".join([answer.why, *reasons][:_SHOWN]))


def _code(standing: Standing, bugs: list[str]) -> ExitCode:
    if standing is Standing.STILL_THERE:
        return ExitCode.FAILED
    if bugs:
        return ExitCode.BUG
    return ExitCode.CLEAN if standing is Standing.GONE else ExitCode.INCONCLUSIVE


def _document(prepared: _Replay, result: ScanResult, answer: Replayed, folder: Path) -> JsonValue:
    """What is kept: the finding as it was, how it stands, and the findings of now with their evidence."""
    return {
        "fingerprint": prepared.finding.fingerprint,
        "standing": answer.standing,
        "why": answer.why,
        "run": str(prepared.run),
        "replay": str(folder),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "configuration_changed": prepared.changed,
        "whole_probes": list(running_whole(prepared.selection)),
        "requests_sent": result.requests_sent,
        "left_behind": [asdict(left.leftover) for left in result.left_behind],
        "stopped": result.stopped,
        "before": finding_object(prepared.finding),
        "now": [finding_object(finding) for finding in answer.findings],
        "evidence": [asdict(ref) for ref in answer.evidence],
    }


def _text(answer: Replayed, folder: Path, result: ScanResult) -> str:
    said = [f"{answer.standing}: {answer.why}"]
    said += [f"  evidence: {folder / ref.path}" for ref in answer.evidence[:_SHOWN]]
    said += [f"  repeat:   {finding.reproduce}" for finding in answer.findings if finding.reproduce][:1]
    said.append(f"  {result.requests_sent} requests; written to {folder / FILE_NAME}")
    if result.left_behind:
        said.append(f"  left behind: {len(result.left_behind)}; take back what can be: ocpi-posture cleanup {folder}")
    return "\n".join(said)


def _write(folder: Path, document: JsonValue) -> None:
    file = folder / FILE_NAME
    try:
        write_whole(file, json.dumps(document, indent=1).encode() + b"\n")
    except OSError as error:
        raise cannot_write(file, error) from None
