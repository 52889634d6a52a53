"""What the history knows, as plain records."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.run_state import FindingState, RunState
from scanner.history.recording import moment
from scanner.history.spells import Sighting
from scanner.history.tables import ENVIRONMENTS, FINDINGS, OUTCOMES, RUNS, STATUSES
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity


class _Seen(NamedTuple):
    """What a run said of a finding, both by number: as the store has it."""

    finding: int
    run: int
    outcome: str
    severity: str
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One recorded run; `number` is the store's own. `fails` counts those that decide."""

    number: int
    id: str
    started_at: datetime
    finished_at: datetime
    mode: str
    profile: str
    narrowed: tuple[str, ...]
    score: float | None
    coverage: float | None
    environments: tuple[str, ...]
    fails: int


def past_runs(
    connection: Connection,
    environments: Iterable[str] = (),
    last: int | None = None,
    before: int | None = None,
    without: str = "",
) -> tuple[PastRun, ...]:
    """The newest `last` runs, oldest first; of any of the environments, or of all if none is named.

    `before`: that began earlier than so many microseconds since 1970. `without`: a run's id to leave out.
    """
    wanted = select(RUNS).where(RUNS.c.id != without).order_by(RUNS.c.started_us.desc(), RUNS.c.id.desc())
    if names := tuple(environments):
        there = select(ENVIRONMENTS.c.run).where(ENVIRONMENTS.c.environment.in_(names))
        wanted = wanted.where(RUNS.c.number.in_(there))
    if before is not None:
        wanted = wanted.where(RUNS.c.started_us < before)
    rows = connection.execute(wanted.limit(last) if last is not None else wanted).all()
    scanned, fails = _environments(connection, rows), _fails(connection, rows)
    return tuple(_past(row, scanned[row.number], fails.get(row.number, 0)) for row in reversed(rows))


def state_of(connection: Connection, run_id: str) -> RunState | None:
    """A run as it is compared with others; None if the history does not have it."""
    row = connection.execute(select(RUNS).where(RUNS.c.id == run_id)).one_or_none()
    if row is None:
        return None
    past = _past(row, _environments(connection, [row])[row.number], 0)
    return RunState(
        run_id=past.id,
        started_at=past.started_at,
        finished_at=past.finished_at,
        mode=past.mode,
        profile=past.profile,
        environments=past.environments,
        narrowed=past.narrowed,
        score=past.score,
        coverage=past.coverage,
        findings={state.fingerprint: state for state in _findings(connection, past.number)},
        controls={key: status for _, key, status in statuses(connection, [past.number])},
    )


def statuses(
    connection: Connection, numbers: Sequence[int], environments: Iterable[str] = ()
) -> Iterator[tuple[int, tuple[str, str], ControlStatus]]:
    """Run, (environment, row), status: of every row of these runs, in these environments or in all."""
    wanted = select(STATUSES).where(STATUSES.c.run.in_(numbers))
    if names := tuple(environments):
        wanted = wanted.where(STATUSES.c.environment.in_(names))
    for run, environment, control, status in connection.execute(wanted):
        yield run, (environment, control), ControlStatus(status)


def sightings(connection: Connection, environments: Iterable[str] = ()) -> Iterator[Sighting]:
    """What runs said of each finding that ever failed, as `spells` wants it: the edges of each stretch."""
    bad = select(OUTCOMES.c.finding).where(OUTCOMES.c.outcome.in_([Outcome.FAIL, Outcome.WAIVED])).distinct()
    described = select(FINDINGS).where(FINDINGS.c.number.in_(bad))
    if names := tuple(environments):
        described = described.where(FINDINGS.c.environment.in_(names))
    known = {row.number: row for row in connection.execute(described)}
    outcomes = {str(outcome): outcome for outcome in Outcome}
    severities = {str(severity): severity for severity in Severity}
    runs = _by_time(connection)
    for finding, run, outcome, severity, decides in _edges(connection, bad, runs):
        if finding in known:
            text, at = known[finding], runs[run]
            yield Sighting(
                fingerprint=text.fingerprint,
                environment=text.environment,
                check=text.check_id,
                subject=text.subject,
                run=at.id,
                at=at.began,
                outcome=outcomes[outcome],
                severity=severities[severity],
                decides=bool(decides),
            )


class _When(NamedTuple):
    """A run's place in the order of time, which is not that of its number: older runs may have been imported later."""

    place: int
    id: str
    began: datetime


def _by_time(connection: Connection) -> dict[int, _When]:
    runs = select(RUNS.c.number, RUNS.c.id, RUNS.c.started_us).order_by(RUNS.c.started_us, RUNS.c.id)
    return {row[0]: _When(place, row[1], moment(row[2])) for place, row in enumerate(connection.execute(runs))}


def _edges(connection: Connection, findings: Select[Any], runs: Mapping[int, _When]) -> Iterator[_Seen]:
    """First and last run of every stretch of one outcome, by finding and time; what lies between says nothing more.

    The database would sort every outcome for it; here they come from one index, and all but in order.
    """
    wanted = select(OUTCOMES).where(OUTCOMES.c.finding.in_(findings)).order_by(OUTCOMES.c.finding)
    columns = wanted.with_only_columns(*(OUTCOMES.c[name] for name in _Seen._fields))
    for _, rows in groupby(connection.execute(columns), key=itemgetter(0)):
        seen = sorted(rows, key=lambda row: runs[row[1]].place)
        said = [None, *(row[2] for row in seen), None]
        for row, before, after in zip(seen, said, said[2:], strict=False):
            if not before == row[2] == after:
                yield _Seen._make(row)


def _environments(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, tuple[str, ...]]:
    wanted = select(ENVIRONMENTS).order_by(ENVIRONMENTS.c.run, ENVIRONMENTS.c.place)
    if len(rows) == 1:
        wanted = wanted.where(ENVIRONMENTS.c.run == rows[0].number)
    found: dict[int, list[str]] = defaultdict(list)
    for run, _, environment in connection.execute(wanted):
        found[run].append(environment)
    return defaultdict(tuple, {run: tuple(names) for run, names in found.items()})


def _fails(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, int]:
    wanted = select(OUTCOMES.c.run, func.count()).where(OUTCOMES.c.outcome == Outcome.FAIL, OUTCOMES.c.decides)
    numbers = [row.number for row in rows]
    wanted = wanted.where(OUTCOMES.c.run.between(min(numbers, default=0), max(numbers, default=0)))
    return {row[0]: row[1] for row in connection.execute(wanted.group_by(OUTCOMES.c.run))}


def _past(row: Row[Any], environments: tuple[str, ...], fails: int) -> PastRun:
    return PastRun(
        number=row.number,
        id=row.id,
        started_at=moment(row.started_us),
        finished_at=moment(row.finished_us),
        mode=row.mode,
        profile=row.profile,
        narrowed=tuple(json.loads(row.narrowed)),
        score=row.score,
        coverage=row.coverage,
        environments=environments,
        fails=fails,
    )


def _findings(connection: Connection, run: int) -> Iterator[FindingState]:
    wanted = select(OUTCOMES, FINDINGS).join(FINDINGS, FINDINGS.c.number == OUTCOMES.c.finding)
    for row in connection.execute(wanted.where(OUTCOMES.c.run == run)):
        yield FindingState(
            fingerprint=row.fingerprint,
            check=row.check_id,
            environment=row.environment,
            subject=row.subject,
            severity=Severity(row.severity),
            outcome=Outcome(row.outcome),
            decides=row.decides,
        )
