"""When an environment was scanned as a whole, and whether that is often enough, and soon enough after changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from scanner.history.recording import AHEAD
from scanner.model.facts.cadence import DeploymentOnRecord
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """One environment: its last whole scan (None: never), and the gaps between whole scans that were too long."""

    environment: str
    last: datetime | None
    overdue: timedelta | None  # by how much; None: it is not due
    gaps: tuple[tuple[datetime, datetime], ...]
    ahead: bool = False  # the last scan lies in the future: a clock is wrong, so nobody knows whether one is due


def cadence(environment: str, times: Sequence[datetime], longest: timedelta, now: datetime) -> Cadence:
    """`times`: when its whole scans began, in their order."""
    if not times:
        return Cadence(environment=environment, last=None, overdue=timedelta(), gaps=())
    late = now - times[-1] - longest
    return Cadence(
        environment=environment,
        last=times[-1],
        overdue=late if late > timedelta() else None,
        gaps=tuple(_gaps(times, longest)),
        ahead=times[-1] > now + AHEAD,
    )


def _gaps(times: Sequence[datetime], longest: timedelta) -> Iterable[tuple[datetime, datetime]]:
    return ((one, other) for one, other in pairwise(times) if other - one > longest)


def unscanned(deployments: Iterable[DeploymentOnRecord], now: datetime) -> tuple[DeploymentOnRecord, ...]:
    """Deployments on record that no whole scan came after, oldest first."""
    return tuple(one for one in deployments if one.recorded and one.at <= now and one.scanned_after is None)
