"""One scan as it was asked for: a folder of its own or the one that is taken up again, and what it ends with."""

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from reports.formats import Format
from scanner.cli.exit_code import ExitCode
from scanner.cli.given import Given
from scanner.cli.output import emit_safe
from scanner.cli.run_folder import RUNS, find_run
from scanner.cli.run_note import RunNote, new_note, open_folder, read_note
from scanner.cli.scan_lock import Owner, only_scan
from scanner.cli.scanning import Ended, Scan, code_of, run
from scanner.cli.selection import Selection
from scanner.cli.summary import show
from scanner.cli.talk import Talk
from scanner.cli.tokens import resolved
from scanner.config.configuration import Configuration
from scanner.config.looking import looking_sha256
from scanner.errors import RunFolderError
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

if TYPE_CHECKING:
    from scanner.cli.baseline import Baseline

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options say about the run itself."""

    given: Given
    output: Path | None
    resume: str | None
    formats: tuple[Format, ...]
    fail_on: str
    baseline: "Baseline | None"


def one_scan(configuration: Configuration, selection: Selection, asked: Asked, talk: Talk) -> int:
    """Look, judge, report, and give the exit code.

    Raises: PostureError if it cannot begin.
    """
    if not configuration.tokens and any(target.endpoints for target in configuration.targets):
        log.warning("no token: only what anybody may see is looked at", give="--token env:NAME")
    _warn_of_plaintext(configuration)
    tokens = resolved(configuration, talk)
    folder, note = _resumed(asked.resume, configuration) if asked.resume else _fresh(asked, configuration)
    prepared = Scan(
        configuration=configuration,
        selection=selection,
        tokens=tokens,
        folder=folder,
        note=note,
        resume=asked.resume is not None,
    )
    with only_scan(configuration, Owner(run=note.run_id, folder=folder), talk):
        if not prepared.resume:
            open_folder(folder, note)
        log.info("scan begins", run=note.run_id, folder=str(folder))
        ended = run(prepared, talk, asked.formats)
    show(ended)
    code = _code(ended, prepared, asked)
    _say_why(code, ended, prepared, asked)
    return code


def _code(ended: Ended, scan: Scan, asked: Asked) -> int:
    fail_on = Severity(asked.fail_on)
    if asked.baseline is None:
        return code_of(ended, scan, fail_on)
    emit_safe(asked.baseline.sentence(ended.posture, fail_on))
    return code_of(ended, scan, fail_on, asked.baseline.known(ended.posture))


def _say_why(code: int, ended: Ended, scan: Scan, asked: Asked) -> None:
    """What the answer alone does not explain; a baseline has a sentence of its own."""
    from scanner.cli.below_limit import below_limit  # noqa: PLC0415 - see `_READERS` of scanning
    from scanner.cli.still_open import still_open  # noqa: PLC0415

    demand = scan.selection.demand
    limit = Severity(asked.fail_on)
    said = None if asked.baseline else below_limit(ended.posture, limit, code, demand, ended.stopped)
    missing = still_open(ended.posture, demand) if code == ExitCode.INCONCLUSIVE else None
    for sentence in filter(None, (said, missing)):
        emit_safe(sentence)


def _warn_of_plaintext(configuration: Configuration) -> None:
    for target in configuration.targets:
        for endpoint in target.endpoints:
            if endpoint.origin.scheme == "http":
                log.warning(
                    "the versions URL begins with http: OCPI is spoken over TLS, so no token is sent there and little "
                    "can be judged; write https://",
                    environment=target.name,
                    endpoint=endpoint.name,
                )


def _fresh(asked: Asked, configuration: Configuration) -> tuple[Path, RunNote]:
    note = new_note(configuration, given=asked.given)
    return asked.output or RUNS / note.run_id, note


def _resumed(name: str, configuration: Configuration) -> tuple[Path, RunNote]:
    folder = find_run(name)
    note = read_note(folder)
    if note.looking_sha256 != looking_sha256(configuration):
        hint = "Waivers may have changed since; targets, identities, limits and mode may not. Or begin a new run."
        raise RunFolderError(f"The run in {folder} looked at something else, or in another way.", hint)
    return folder, note
