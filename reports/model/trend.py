"""What history adds to the posture of a run: how its rows stood before, and since when each fail is there.

Lists of runs and statuses run from the oldest to the run itself, which is always the last.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property

from reports.model.control_status import ControlStatus
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRun:
    """One run: `fails` counts unwaived fails that belong to a row. Scores compare only within one profile."""

    id: str
    started_at: datetime
    profile: str
    score: float | None
    coverage: float | None
    fails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTrend:
    """One row in one environment: its status in each run of the trend; None: the run did not look there."""

    environment: str
    control: str
    statuses: tuple[ControlStatus | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSince:
    """A fail of this run, by fingerprint: the beginning of the run that saw it first, without a repair since."""

    fingerprint: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SincePrevious:
    """What changed since the newest earlier run of all these environments; fingerprints, by kind of change."""

    run: str
    new: tuple[str, ...]
    fixed: tuple[str, ...]
    still_there: tuple[str, ...]
    no_longer_looked_at: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The last runs up to this one; `previous` None: there is no earlier run to compare with."""

    runs: tuple[TrendRun, ...]
    controls: tuple[ControlTrend, ...]
    open_since: tuple[OpenSince, ...]
    previous: SincePrevious | None

    def __post_init__(self) -> None:
        if not self.runs or any(len(control.statuses) != len(self.runs) for control in self.controls):
            raise ValueError("a trend has runs, and a status of each row for each of them")

    @cached_property
    def since_by_fingerprint(self) -> Mapping[str, datetime]:
        """Since when each fail is there."""
        return {one.fingerprint: one.since for one in self.open_since}
