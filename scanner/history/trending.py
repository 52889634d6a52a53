"""The trend of a run that has just been judged: its rows and fails against the runs before it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.difference import Change, Difference, difference
from reports.model.posture import Posture
from reports.model.run_state import RunState, run_state
from reports.model.trend import ControlTrend, OpenSince, SincePrevious, Trend, TrendRun
from scanner.history.reading import PastRun, past_runs, sightings, state_of, statuses
from scanner.history.recording import microseconds
from scanner.history.spells import spells

RUNS: int = 30  # that a reader is shown


def trend_of(connection: Connection | None, posture: Posture, last: int = RUNS) -> Trend:
    """The run and up to `last` - 1 runs before it; `connection` None: there is no history yet."""
    state = run_state(posture)
    if connection is None:
        return _trend((), state, {}, {}, None)
    before = microseconds(state.started_at)
    past = past_runs(connection, state.environments, last - 1, before, without=state.run_id)
    known: dict[tuple[int, tuple[str, str]], ControlStatus] = {
        (run, key): status
        for run, key, status in statuses(connection, [run.number for run in past], state.environments)
    }
    return _trend(past, state, known, _opened(connection, state), _previous(connection, past, state))


def _trend(
    past: tuple[PastRun, ...],
    state: RunState,
    known: dict[tuple[int, tuple[str, str]], ControlStatus],
    opened: dict[str, OpenSince],
    previous: SincePrevious | None,
) -> Trend:
    fails = [one for one in state.findings.values() if one.outcome is Outcome.FAIL]
    return Trend(
        runs=(*map(_past, past), _present(state)),
        controls=tuple(
            ControlTrend(
                environment=key[0],
                control=key[1],
                statuses=(*(known.get((run.number, key)) for run in past), status),
            )
            for key, status in state.controls.items()
        ),
        open_since=tuple(
            opened.get(one.fingerprint, OpenSince(fingerprint=one.fingerprint, since=state.started_at)) for one in fails
        ),
        previous=previous,
    )


def _past(run: PastRun) -> TrendRun:
    return TrendRun(
        id=run.id,
        started_at=run.started_at,
        profile=run.profile,
        score=run.score,
        coverage=run.coverage,
        fails=run.fails,
    )


def _present(state: RunState) -> TrendRun:
    return TrendRun(
        id=state.run_id,
        started_at=state.started_at,
        profile=state.profile,
        score=state.score,
        coverage=state.coverage,
        fails=sum(one.outcome is Outcome.FAIL and one.decides for one in state.findings.values()),
    )


def _opened(connection: Connection, state: RunState) -> dict[str, OpenSince]:
    earlier = (one for one in sightings(connection, state.environments) if one.at < state.started_at)
    return {
        spell.fingerprint: OpenSince(fingerprint=spell.fingerprint, since=spell.opened)
        for spell in spells(earlier)
        if spell.closed is None
    }


def _previous(connection: Connection, past: tuple[PastRun, ...], state: RunState) -> SincePrevious | None:
    whole = [run for run in past if set(state.environments) <= set(run.environments)]
    before = state_of(connection, whole[-1].id) if whole else None
    if before is None:
        return None
    found = difference(before, state)
    return SincePrevious(
        run=before.run_id,
        new=tuple(_of(found, Change.NEW, state)),
        fixed=tuple(_of(found, Change.FIXED, state)),
        still_there=tuple(_of(found, Change.STILL_THERE, state)),
        no_longer_looked_at=tuple(_of(found, Change.NOT_LOOKED_AT, state)),
    )


def _of(found: Difference, change: Change, state: RunState) -> Iterator[str]:
    """Of the environments of this run only: others were not its business."""
    return (one.finding.fingerprint for one in found.of(change) if one.finding.environment in state.environments)
