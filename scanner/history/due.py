"""When an environment was scanned as a whole, and whether that is often enough, and soon enough after changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from scanner.history.reading import PastRun
from scanner.model.facts.cadence import DeploymentOnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """One environment: its last whole scan (None: never), and the gaps between whole scans that were too long."""

    environment: str
    last: datetime | None
    overdue: timedelta | None  # by how much; None: it is not due
    gaps: tuple[tuple[datetime, datetime], ...]


def cadence(environment: str, runs: Iterable[PastRun], longest: timedelta, now: datetime) -> Cadence:
    """From runs in the order of time. One that was narrowed to some checks is no scan of the environment."""
    times = [run.started_at for run in runs if environment in run.environments and not run.narrowed]
    if not times:
        return Cadence(environment=environment, last=None, overdue=timedelta(), gaps=())
    late = now - times[-1] - longest
    return Cadence(
        environment=environment,
        last=times[-1],
        overdue=late if late > timedelta() else None,
        gaps=tuple(_gaps(times, longest)),
    )


def _gaps(times: Sequence[datetime], longest: timedelta) -> Iterable[tuple[datetime, datetime]]:
    return ((one, other) for one, other in pairwise(times) if other - one > longest)


def unscanned(deployments: Iterable[DeploymentOnRecord], now: datetime) -> tuple[DeploymentOnRecord, ...]:
    """Deployments that no whole scan came after, oldest first."""
    return tuple(one for one in deployments if one.at <= now and one.scanned_after is None)
