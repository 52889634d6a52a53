"""`ocpi-posture history due`: which environments were not scanned for too long, and when that was so before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import rich_click as click

from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.history_shown import duration
from scanner.cli.history_store import opened_history, place_of
from scanner.cli.options import environments, talking
from scanner.cli.output import emit_safe
from scanner.cli.schedule_plan import Every
from scanner.cli.talk import Talk
from scanner.config.load import load_configuration
from scanner.errors import UsageError
from scanner.history.due import Cadence, cadence
from scanner.history.reading import past_runs

_GRACE: Final = timedelta(minutes=30)  # a scan takes its time, and schedulers spread their load
_LENGTHS: Final = {
    Every.HOUR: timedelta(hours=1),
    Every.DAY: timedelta(days=1),
    Every.WEEK: timedelta(days=7),
    Every.MONTH: timedelta(days=31),
}


@click.command()
@click.option(
    "--every", type=click.Choice([str(every) for every in Every]), default="day", show_default=True, help="How often."
)
@environments
@history_options
@talking
@click.pass_obj
def due(talk: Talk, every: str, environments: tuple[str, ...], config: Path, file: Path | None) -> int:
    """Say when each environment was last scanned as a whole, and which scans were missed.

    A run that was narrowed to some checks does not count. Exit codes: 0 nothing is overdue; 1 something is.

    Example: ocpi-posture history due --every week
    """
    names = environments or _configured(config)
    longest, now = _LENGTHS[Every(every)] + _GRACE, datetime.now(UTC)
    with opened_history(place_of(config, file), config, talk) as database, database.reading() as connection:
        runs = past_runs(connection, names) if connection else ()
    found = [cadence(name, runs, longest, now) for name in names]
    emit_safe("\n".join(line for one in found for line in _lines(one, now)))
    return ExitCode.FAILED if any(one.overdue is not None for one in found) else ExitCode.CLEAN


def _configured(config: Path) -> tuple[str, ...]:
    if not config.exists():
        raise UsageError(f"There is no {config}, so the environments have to be named with -e.")
    return tuple(target.name for target in load_configuration(config).targets)


def _lines(one: Cadence, now: datetime) -> list[str]:
    if one.last is None:
        return [f"{one.environment}: never scanned as a whole"]
    state = "" if one.overdue is None else f"; overdue by {duration(one.overdue)}"
    first = f"{one.environment}: last scanned {one.last:%Y-%m-%d %H:%M} UTC, {duration(now - one.last)} ago{state}"
    gaps = [f"  no scan from {a:%Y-%m-%d %H:%M} to {b:%Y-%m-%d %H:%M}, {duration(b - a)}" for a, b in one.gaps]
    return [first, *gaps]
