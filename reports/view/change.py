"""What changed since the run before, and how score, coverage and fails went over the last runs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from reports.model.trend import Trend, TrendRun
from reports.view.problem import Problem
from scanner.model.late_dataclass import dataclass

_FEWEST: Final = 2  # runs that make a line
HEIGHT: Final = 24
WIDTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A line over the last runs: `points` for an SVG of 100 by 24 units; `said` is the same in words."""

    points: str
    last: tuple[float, float]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The counts of what changed since the run `before`, which began at `at`, where that is known."""

    before: str
    at: datetime | None
    new: int
    fixed: int
    still_there: int
    no_longer_looked_at: int

    @property
    def nothing(self) -> bool:
        """True where neither a fail came nor one went."""
        return not (self.new or self.fixed or self.no_longer_looked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of runs in which a row had one status; `start` and `length` in runs."""

    status: ControlStatus | None
    start: int
    length: int


def since(posture: Posture) -> Since | None:
    """None where no earlier run is known to compare with. Tool verdicts that belong to no row are left out."""
    trend = posture.trend
    if trend is None or trend.previous is None:
        return None
    was = trend.previous
    began = {run.id: run.started_at for run in trend.runs}
    return Since(
        before=was.run,
        at=began.get(was.run),
        new=_counted(posture, was.new),
        fixed=_counted(posture, was.fixed),
        still_there=_counted(posture, was.still_there),
        no_longer_looked_at=_counted(posture, was.no_longer_looked_at),
    )


def _counted(posture: Posture, fingerprints: Sequence[str]) -> int:
    """Those that belong to a row, and those that this run does not know."""
    known = posture.finding_by_fingerprint
    return sum(each not in known or bool(known[each].controls) for each in fingerprints)


def new_fails(posture: Posture) -> frozenset[str]:
    """Fingerprints of fails that the run before did not have."""
    trend = posture.trend
    return frozenset(trend.previous.new) if trend and trend.previous else frozenset()


def count_new(problems: Sequence[Problem], new: frozenset[str]) -> Mapping[str, int]:
    """How many findings of each entry are new, by its anchor."""
    counts = {p.anchor: sum(finding.fingerprint in new for finding in p.findings) for p in problems}
    return {anchor: count for anchor, count in counts.items() if count}


def sparks(posture: Posture) -> Mapping[str, Spark]:
    """Lines by name (`Score`, `Coverage`, `Fails`); only where two runs of the profile have the number."""
    trend = posture.trend
    if trend is None:
        return {}
    runs = _comparable(trend)
    lines = {
        "Score": _spark([run.score for run in runs], 100.0, " %"),
        "Coverage": _spark([run.coverage for run in runs], 100.0, " %"),
        "Fails": _spark([float(run.fails) for run in runs], None, ""),
    }
    return {name: line for name, line in lines.items() if line is not None}


def _comparable(trend: Trend) -> tuple[TrendRun, ...]:
    """Those with this run's profile: a score says nothing beside that of another."""
    return tuple(run for run in trend.runs if run.profile == trend.runs[-1].profile)


def _spark(values: Sequence[float | None], most: float | None, unit: str) -> Spark | None:
    known = [value for value in values if value is not None]
    if len(known) < _FEWEST or values[-1] is None:
        return None
    top = most or max(*known, 1.0)
    places = [
        (round(WIDTH * n / (len(known) - 1), 1), round(HEIGHT - 2 - (HEIGHT - 4) * value / top, 1))
        for n, value in enumerate(known)
    ]
    said = f"{_number(known[0])}{unit} to {_number(known[-1])}{unit} over {len(known)} runs"
    return Spark(points=" ".join(f"{x},{y}" for x, y in places), last=places[-1], said=said)


def _number(value: float) -> str:
    return f"{value:g}"


def spells(posture: Posture) -> Mapping[tuple[str, str], tuple[Spell, ...]]:
    """By environment and row: its statuses over the last runs, equal neighbours together; empty with one run only."""
    trend = posture.trend
    if trend is None or len(trend.runs) < _FEWEST:
        return {}
    return {(each.environment, each.control): tuple(_spells(each.statuses)) for each in trend.controls}


def _spells(statuses: Sequence[ControlStatus | None]) -> Iterator[Spell]:
    start = 0
    for place in range(1, len(statuses) + 1):
        if place == len(statuses) or statuses[place] is not statuses[start]:
            yield Spell(status=statuses[start], start=start, length=place - start)
            start = place
