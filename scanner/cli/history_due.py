"""`ocpi-posture history due`: which environments were not scanned for too long, and when that was so before."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import rich_click as click
from sqlalchemy import Connection

from scanner.cli.exit_code import ExitCode
from scanner.cli.history_options import history_options
from scanner.cli.history_shown import duration
from scanner.cli.history_store import opened_history, place_of
from scanner.cli.options import environments, output_format, talking
from scanner.cli.output import emit, emit_safe
from scanner.cli.schedule_plan import Every
from scanner.cli.talk import Talk
from scanner.errors import UsageError
from scanner.history.deployments import cadence_on_record
from scanner.history.due import Cadence, cadence, unscanned
from scanner.history.whole_scans import whole_scans
from scanner.model.facts.cadence import DeploymentOnRecord
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.target import ScanCadence

_GRACE: Final = timedelta(minutes=30)  # a scan takes its time, and schedulers spread their load
_LENGTHS: Final = {
    Every.HOUR: timedelta(hours=1),
    Every.DAY: timedelta(days=1),
    Every.WEEK: timedelta(days=7),
    Every.MONTH: timedelta(days=31),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """One environment: its scans, and its deployments that wait for one, with those for which it is too late."""

    scans: Cadence
    waiting: tuple[DeploymentOnRecord, ...]
    soon: timedelta

    def is_late(self, one: DeploymentOnRecord, now: datetime) -> bool:
        """True where the scan after this deployment should have begun."""
        return one.at + self.soon <= now

    def is_overdue(self, now: datetime) -> bool:
        """True where a scan is missing now, or where a wrong clock hides whether one is."""
        return self.scans.overdue is not None or self.scans.ahead or any(self.is_late(one, now) for one in self.waiting)


@click.command()
@click.option(
    "--every",
    type=click.Choice([str(every) for every in Every]),
    help="How often. [default: `cadence` of the environment, else day]",
)
@environments
@history_options
@output_format
@talking
@click.pass_obj
def due(
    talk: Talk, every: str | None, environments: tuple[str, ...], config: Path, file: Path | None, format_: str
) -> int:
    """Say when each environment was last scanned as a whole, which scans were missed, and which changes wait for one.

    A run that was narrowed to some checks, or saw nothing, does not count. Exit codes: 0 nothing is overdue; 1
    something is.

    Example: ocpi-posture history due --every week
    """
    agreed, now = _agreed(config), datetime.now(UTC)
    names = environments or tuple(agreed)
    if not names:
        raise UsageError(f"There is no {config}, so the environments have to be named with -e.")
    with opened_history(place_of(config, file), config, talk) as database, database.reading() as connection:
        found = [_due(connection, name, agreed.get(name, ScanCadence()), every, now) for name in names]
    if format_ == "json":
        emit(json.dumps([_object(one, now) for one in found], indent=1))
    else:
        emit_safe("\n".join(line for one in found for line in _lines(one, now)))
    return ExitCode.FAILED if any(one.is_overdue(now) for one in found) else ExitCode.CLEAN


def _agreed(config: Path) -> dict[str, ScanCadence]:
    if not config.exists():
        return {}
    from scanner.config.load import load_configuration  # noqa: PLC0415 - with -e and --file nobody waits for it

    return {target.name: target.cadence for target in load_configuration(config).targets}


def _due(connection: Connection | None, name: str, agreed: ScanCadence, every: str | None, now: datetime) -> _Due:
    longest = _LENGTHS[Every(every or Every.DAY)]
    if every is None and agreed.every_days is not None:
        longest = timedelta(days=agreed.every_days)
    times = [scan.began for scan in whole_scans(connection, name)] if connection else []
    deployments = cadence_on_record(connection, name, agreed, now).deployments if connection else ()
    return _Due(
        scans=cadence(name, times, longest + _GRACE, now),
        waiting=unscanned(deployments, now),
        soon=timedelta(hours=agreed.after_change_hours),
    )


def _lines(due: _Due, now: datetime) -> list[str]:
    return [*_scans(due.scans, now), *(_change(due, one, now) for one in due.waiting)]


def _change(due: _Due, one: DeploymentOnRecord, now: datetime) -> str:
    late = "; overdue" if due.is_late(one, now) else ""
    return f"  no scan after {one.kind} {one.revision} at {one.at:%Y-%m-%d %H:%M}, {duration(now - one.at)} ago{late}"


def _scans(one: Cadence, now: datetime) -> list[str]:
    if one.last is None:
        return [f"{one.environment}: never scanned as a whole"]
    first = f"{one.environment}: last scanned {one.last:%Y-%m-%d %H:%M} UTC, {_since(one, one.last, now)}"
    gaps = [f"  no scan from {a:%Y-%m-%d %H:%M} to {b:%Y-%m-%d %H:%M}, {duration(b - a)}" for a, b in one.gaps]
    return [first, *gaps]


def _since(one: Cadence, last: datetime, now: datetime) -> str:
    if one.ahead:
        return f"which lies ahead of this machine's clock ({now:%Y-%m-%d %H:%M} UTC): one of the clocks is wrong"
    state = "" if one.overdue is None else f"; overdue by {duration(one.overdue)}"
    return f"{duration(max(now - last, timedelta()))} ago{state}"


def _object(due: _Due, now: datetime) -> JsonValue:
    scans = due.scans
    return {
        "environment": scans.environment,
        "is_overdue": due.is_overdue(now),
        "last_scan": scans.last.isoformat() if scans.last else None,
        "overdue_seconds": None if scans.overdue is None else int(scans.overdue.total_seconds()),
        "clock_is_wrong": scans.ahead,
        "gaps": [{"from": one.isoformat(), "to": other.isoformat()} for one, other in scans.gaps],
        "waiting": [_waiting(due, one, now) for one in due.waiting],
    }


def _waiting(due: _Due, one: DeploymentOnRecord, now: datetime) -> JsonValue:
    return {
        "revision": one.revision,
        "kind": str(one.kind),
        "at": one.at.isoformat(),
        "is_overdue": due.is_late(one, now),
    }
