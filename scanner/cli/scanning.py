"""Run a scan and write what came of it; `scan` and `demo` share this."""

import asyncio
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from reports.formats import Format, render
from scanner.cli.earlier_reports import with_earlier
from scanner.cli.exit_code import ExitCode
from scanner.cli.progress import progress_of
from scanner.cli.recorded import recorded
from scanner.cli.remembering import remember, trend
from scanner.cli.run_folder import cannot_write, write_whole
from scanner.cli.run_note import RunNote
from scanner.cli.selection import Selection
from scanner.cli.talk import Talk
from scanner.cli.tokens import agreed, replaced, sinks
from scanner.config.configuration import Configuration, IdentityKey
from scanner.errors import PostureError, RunFolderError
from scanner.gate.journal import JournalBroken
from scanner.gate.redaction import Redactor
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret
from scanner.model.severity import Severity
from scanner.probe import Focus
from scanner.run.event_loop import run_to_end
from scanner.run.plan import ScanPlan, ScanResult
from scanner.run.progress import Progress
from scanner.run.runner import run_scan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.model.posture import Posture
    from reports.model.recorded_load import RecordedLoad

log = structlog.get_logger(__name__)

# What comes after looking; loaded while the probes wait for their answers, so that looking begins sooner.
_READERS: Final = (
    "scanner.tls.certificates",
    "checks.catalog",
    "scanner.cli.judging",
    "reports.html",
    "reports.terminal",
)
_LATER_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Everything that one run needs; `tokens` by environment and identity, `focus` as a replay has it."""

    configuration: Configuration
    selection: Selection
    tokens: dict[IdentityKey, Secret]
    folder: Path
    note: RunNote
    resume: bool = False
    focus: Focus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What came of a run, and where each report was written."""

    posture: "Posture"
    files: tuple[Path, ...]
    bugs: tuple[str, ...]
    stopped: str | None


def run(scan: Scan, talk: Talk, formats: Sequence[Format]) -> Ended:
    """Look, judge, write; Ctrl-C ends the looking only.

    Raises: UsageError if the run folder cannot be written or read.
    """
    result = look(scan, talk, formats)
    from scanner.cli.judging import posture_of  # noqa: PLC0415 - see _READERS

    posture, bugs = posture_of(scan.configuration, scan.selection, scan.note, result, talk.redactor)
    posture = replace(posture, trend=trend(scan.configuration, posture, talk))
    wanted = with_earlier(formats, scan.folder) if scan.resume else formats
    files, unwritten = _write_all(scan.folder, posture, wanted, talk.redactor)
    remember(scan.configuration, posture, talk)
    bugs = (*result.bugs, *bugs, *unwritten)
    for bug in bugs:
        log.error("a bug of ours", detail=bug)
    if result.stopped:
        log.warning("the run was stopped", why=result.stopped, resume=f"--resume {scan.folder}")
    return Ended(posture=posture, files=files, bugs=bugs, stopped=result.stopped)


def code_of(ended: Ended, scan: Scan, fail_on: Severity, known: frozenset[str] = frozenset()) -> ExitCode:
    """The exit code: a fail comes first, then a bug of ours, then what is missing. `known`: see `exit_code`."""
    from reports.model.exit_code import exit_code  # noqa: PLC0415 - see _READERS

    code = ExitCode(exit_code(ended.posture, fail_on, scan.selection.demand, known))
    if code is not ExitCode.FAILED and ended.bugs:
        return ExitCode.BUG
    if code is ExitCode.CLEAN and ended.stopped:
        return ExitCode.INCONCLUSIVE
    return code


def look(scan: Scan, talk: Talk, formats: Sequence[Format] = ()) -> ScanResult:
    """Send the probes of the selection out; Ctrl-C ends it early. `formats`: what will be written when they are back.

    Raises: UsageError if the run folder cannot be written or read.
    """
    plan = ScanPlan(
        run_id=scan.note.run_id,
        folder=scan.folder,
        started_at=scan.note.started_at,
        targets=scan.configuration.targets,
        probes=scan.selection.first,
        later=scan.selection.later,
        tokens=scan.tokens,
        former=replaced(scan.configuration, scan.tokens, talk),
        sinks=sinks(scan.configuration),
        agreed=agreed(scan.configuration, talk),
        redactor=talk.redactor,
        configuration=scan.configuration.shown,
        seed=scan.configuration.seed,
        resume=scan.resume,
        focus=scan.focus,
    )
    try:
        with progress_of(talk) as progress:
            return run_to_end(_run(plan, progress, partial(_load_readers, scan.selection, formats)))
    except JournalBroken as broken:
        raise RunFolderError(
            f"The journal is damaged: {broken}.", "Begin a new run; the folder keeps its evidence."
        ) from None
    except OSError as error:
        if error.filename and Path(str(error.filename)).is_relative_to(scan.folder):
            raise cannot_write(scan.folder, error) from None
        raise


async def _run(plan: ScanPlan, progress: Progress, load_readers: Callable[[], None]) -> ScanResult:
    stop = asyncio.Event()
    with _interrupts(stop):
        loading = asyncio.create_task(_loaded(load_readers))
        result = await run_scan(plan, progress, stop)
        await loading
        return result


async def _loaded(load_readers: Callable[[], None]) -> None:
    """A little later than the first probes: what these start is waited for longest."""
    await asyncio.sleep(_LATER_S)
    await asyncio.to_thread(load_readers)


def _load_readers(selection: Selection, formats: Sequence[Format]) -> None:
    if selection.later is not None:
        selection.later()  # looking waits for them; two threads at once would import what imports each other
    for module in _READERS:
        import_module(module)
    import_module("scanner.cli.judging").prepare(selection)
    if Format.HTML in formats:
        with suppress(Exception):  # it will be met again, and reported, where the report is rendered
            import_module("reports.html").load_templates()


@contextmanager
def _interrupts(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C, SIGTERM or lost terminal asks the run to stop and report; a second Ctrl-C ends at once."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # who starts us by nohup wants us to go on
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _write_all(
    folder: Path, posture: "Posture", formats: Sequence[Format], redactor: Redactor
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files that were written, posture.json first, and the bugs that kept others from being written."""
    files, bugs = [_write(folder, posture, Format.JSON, redactor)], []
    for format_ in dict.fromkeys(formats):
        if format_ is Format.JSON:
            continue
        try:
            files.append(_write(folder, posture, format_, redactor))
        except PostureError:
            raise
        except Exception:  # noqa: BLE001 - a bug in one report must not hide the run, nor the other reports
            bugs.append(f"{format_.file_name} could not be rendered: {traceback.format_exc()}")
    return tuple(files), tuple(bugs)


def _write(folder: Path, posture: "Posture", format_: Format, redactor: Redactor) -> Path:
    file = folder / format_.file_name
    try:
        loads = _loads(folder, posture) if format_ is Format.LOAD else ()
        write_whole(file, render(posture, format_, recorded(folder, redactor), loads=loads))
    except OSError as error:
        raise cannot_write(file, error) from None
    return file


def _loads(folder: Path, posture: "Posture") -> "Iterable[RecordedLoad]":
    from scanner.cli.recorded_loads import recorded_loads  # noqa: PLC0415 - few runs have any

    return recorded_loads(folder, posture)
