"""Progress of a run on stderr: moving on a terminal, a log line a phase otherwise."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from scanner.cli.talk import LogFormat, Talk
from scanner.cli.terminal import is_terminal, printable, surviving, wants_colour
from scanner.run.progress import Progress

log = structlog.get_logger(__name__)


@contextmanager
def progress_of(talk: Talk) -> Iterator[Progress]:
    """What the runner reports to, for the length of a run."""
    if talk.log_format is LogFormat.JSON or talk.verbosity != 0 or not is_terminal(sys.stderr):
        yield LoggedProgress()
        return
    console = Console(file=surviving(sys.stderr), no_color=not wants_colour(sys.stderr), markup=False, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        yield MovingProgress(bar)


class LoggedProgress:
    """One log line when a probe begins, and one when it ends."""

    def probes_expected(self, turns: int) -> None:
        """Nothing: a log has no end to show."""

    def probe_started(self, environment: str, probe: str) -> None:
        """Log it."""
        log.info("probe started", environment=environment, probe=probe)

    def probe_finished(self, environment: str, probe: str, observations: int, elapsed_s: float) -> None:
        """Log it."""
        log.info(
            "probe finished",
            environment=environment,
            probe=probe,
            observations=observations,
            seconds=round(elapsed_s, 2),
        )

    def note(self, event: str, **details: object) -> None:
        """Log it."""
        log.info(event, **details)


class MovingProgress:
    """One bar for the run, which names the probes that are at work."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("looking", total=None)
        self._at_work: list[str] = []

    def probes_expected(self, turns: int) -> None:
        """Show how far it is to the end."""
        self._bar.update(self._task, total=turns)

    def probe_started(self, environment: str, probe: str) -> None:
        """Name it, at once: on a busy machine it may have finished before the bar moves by itself."""
        self._at_work.append(f"{environment}/{probe}")
        self._show()
        self._bar.refresh()

    def probe_finished(self, environment: str, probe: str, observations: int, elapsed_s: float) -> None:
        """Count it; the arguments beyond its name are for logs."""
        del observations, elapsed_s
        self._at_work = [name for name in self._at_work if name != f"{environment}/{probe}"]
        self._bar.advance(self._task)
        self._show()

    def note(self, event: str, **details: object) -> None:
        """Say it above the bar."""
        said = " ".join(f"{name}={value}" for name, value in details.items())
        self._bar.console.print(printable(f"{event} {said}".rstrip()))

    def _show(self) -> None:
        self._bar.update(self._task, description=printable("looking: " + ", ".join(self._at_work)))
