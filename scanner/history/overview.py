"""What `history` shows: the last runs, how rows went through them, and how fails came and went over all runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from reports.model.control_status import ControlStatus
from reports.model.trend import ControlTrend
from scanner.history.reading import PastRun, past_runs, sightings, statuses
from scanner.history.spells import Repairs, Spell, repairs, spells
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Runs and statuses oldest first; `open_spells` gravest and oldest first; all as of `now`."""

    now: datetime
    runs: tuple[PastRun, ...]
    controls: tuple[ControlTrend, ...]
    open_spells: tuple[Spell, ...]
    repairs: Repairs
    no_longer_applied: int


def overview(connection: Connection, environments: Sequence[str], last: int, now: datetime) -> Overview:
    """Of some environments, or of all: the newest `last` runs, and every spell that any recorded run knows."""
    runs = past_runs(connection, environments, last)
    found = tuple(spells(sightings(connection, environments)))
    counted = tuple(spell for spell in found if spell.decides)
    still = (spell for spell in counted if spell.closed is None)
    return Overview(
        now=now,
        runs=runs,
        controls=tuple(_controls(connection, runs, environments)),
        open_spells=tuple(sorted(still, key=lambda spell: (-spell.severity.rank, spell.opened, spell.fingerprint))),
        repairs=repairs(counted),
        no_longer_applied=sum(spell.closed is not None for spell in counted) - repairs(counted).count,
    )


def _controls(connection: Connection, runs: Sequence[PastRun], environments: Iterable[str]) -> list[ControlTrend]:
    places = {run.number: place for place, run in enumerate(runs)}
    rows: dict[tuple[str, str], list[ControlStatus | None]] = {}
    for run, key, status in statuses(connection, tuple(places), environments):
        rows.setdefault(key, [None] * len(runs))[places[run]] = status
    return [
        ControlTrend(environment=environment, control=control, statuses=tuple(row))
        for (environment, control), row in sorted(rows.items())
    ]
