"""Put a run into the history: once, whole, and again when it was taken up again and came to something else."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from reports.model.posture import Posture
from reports.model.run_state import FindingState, RunState, run_state
from reports.text import one_line
from scanner.errors import HistoryError
from scanner.history.tables import ENVIRONMENTS, FINDINGS, OUTCOMES, RUNS, STATUSES

AHEAD: Final = timedelta(hours=1)  # clocks of two machines differ; more is a clock that is wrong
LABEL_CHARACTERS: Final = 400
_BATCH: Final = 500  # fingerprints in one question: SQLite takes 999 values in old builds


class Recorded(StrEnum):
    """What became of a run that was given."""

    ADDED = "added"
    REPLACED = "replaced"  # it was there, and has come to something else since (it was resumed)
    KNOWN = "known"  # it was there, just so


def record(connection: Connection, posture: Posture, now: datetime) -> Recorded:
    """Record one run within the transaction of `connection`; the same run again changes nothing.

    Raises: HistoryError for a run that begins in the future, or whose id another run has.
    """
    state, digest = run_state(posture), _digest(posture)
    if state.started_at > now + AHEAD:
        raise HistoryError(
            f"Run {state.run_id} begins at {state.started_at:%Y-%m-%d %H:%M} UTC, which is in the future.",
            "A clock is wrong, this machine's or that of the scan: every age and trend would be, too. Import it later.",
        )
    known = connection.execute(select(RUNS).where(RUNS.c.id == state.run_id)).one_or_none()
    if known is not None:
        if known.content_sha256 == digest:
            return Recorded.KNOWN
        if known.started_us != microseconds(state.started_at):
            raise HistoryError(f"The history has another run called {state.run_id}, which began at another time.")
        connection.execute(delete(RUNS).where(RUNS.c.number == known.number))
    _add(connection, posture, state, digest, now)
    return Recorded.ADDED if known is None else Recorded.REPLACED


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC, exactly."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def moment(since_1970: int) -> datetime:
    """The time of so many microseconds."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=since_1970)


def _digest(posture: Posture) -> str:
    """SHA-256 of what is kept of a run."""
    state = run_state(posture)
    kept = (
        [state.run_id, state.started_at.isoformat(), state.finished_at.isoformat(), state.score, state.coverage],
        sorted([f.fingerprint, f.outcome, f.severity, f.decides, f.subject] for f in state.findings.values()),
        sorted([*key, status] for key, status in state.controls.items()),
    )
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def _add(connection: Connection, posture: Posture, state: RunState, digest: str, now: datetime) -> None:
    row = {
        "id": state.run_id,
        "started_us": microseconds(state.started_at),
        "finished_us": microseconds(state.finished_at),
        "mode": state.mode,
        "profile": one_line(state.profile, 150),
        "narrowed": json.dumps(state.narrowed),
        "score": state.score,
        "coverage": state.coverage,
        "config_sha256": posture.run.config_sha256,
        "tool_version": one_line(posture.tool.version, 150),
        "content_sha256": digest,
        "recorded_us": microseconds(now),
    }
    run = connection.execute(insert(RUNS).returning(RUNS.c.number), row).scalar_one()
    numbers = _numbers(connection, tuple(state.findings.values()))
    rows: tuple[tuple[Any, list[dict[str, object]]], ...] = (
        (ENVIRONMENTS, [{"run": run, "place": n, "environment": name} for n, name in enumerate(state.environments)]),
        (STATUSES, [{"run": run, "environment": e, "control": c, "status": s} for (e, c), s in state.controls.items()]),
        (OUTCOMES, [_outcome(run, numbers[one.fingerprint], one) for one in state.findings.values()]),
    )
    for table, values in rows:
        if values:
            connection.execute(insert(table), values)


def _outcome(run: int, number: int, finding: FindingState) -> dict[str, object]:
    return {
        "run": run,
        "finding": number,
        "outcome": str(finding.outcome),
        "severity": str(finding.severity),
        "decides": finding.decides,
    }


def _numbers(connection: Connection, findings: Sequence[FindingState]) -> dict[str, int]:
    """The number of each fingerprint; new ones get theirs."""
    numbers = dict(_known(connection, [finding.fingerprint for finding in findings]))
    new = [finding for finding in findings if finding.fingerprint not in numbers]
    if new:
        connection.execute(insert(FINDINGS), [_texts(finding) for finding in new])
        numbers |= dict(_known(connection, [finding.fingerprint for finding in new]))
    return numbers


def _known(connection: Connection, fingerprints: Sequence[str]) -> Iterator[tuple[str, int]]:
    wanted = select(FINDINGS.c.fingerprint, FINDINGS.c.number)
    for batch in _batches(fingerprints):
        rows = connection.execute(wanted.where(FINDINGS.c.fingerprint.in_(batch)))
        yield from ((row[0], row[1]) for row in rows)


def _batches(fingerprints: Sequence[str]) -> Iterable[Sequence[str]]:
    return (fingerprints[start : start + _BATCH] for start in range(0, len(fingerprints), _BATCH))


def _texts(finding: FindingState) -> dict[str, object]:
    return {
        "fingerprint": finding.fingerprint,
        "environment": finding.environment,
        "check_id": one_line(finding.check, LABEL_CHARACTERS // 2),
        "subject": one_line(finding.subject, LABEL_CHARACTERS),
    }
