"""Deployments on record, and how the scans of an environment lie around them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, inspect, select, update

from scanner.errors import HistoryError
from scanner.history.recording import AHEAD, microseconds, moment
from scanner.history.tables import DEPLOYMENTS, ENVIRONMENTS, RUNS
from scanner.history.whole_scans import whole_scans
from scanner.model.facts.cadence import (
    WINDOW_DAYS,
    CadenceOnRecord,
    DeploymentKind,
    DeploymentOnRecord,
    ScanOnRecord,
)
from scanner.model.late_dataclass import dataclass
from scanner.model.target import ScanCadence


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One change of an environment; `revision` is what was deployed, by the name its owner gives it."""

    environment: str
    at: datetime
    revision: str
    kind: DeploymentKind = DeploymentKind.CHANGE
    recorded: bool = True


def record_deployment(connection: Connection, deployment: Deployment, now: datetime) -> bool:
    """Record it once; False if it was there already. What was a change becomes a go-live, never the other way round.

    Raises: HistoryError for one in the future, which nobody has made yet.
    """
    if deployment.at > now + AHEAD:
        raise HistoryError(f"A deployment at {deployment.at:%Y-%m-%d %H:%M} UTC lies in the future.")
    row = {
        "environment": deployment.environment,
        "at_us": microseconds(deployment.at),
        "revision": deployment.revision,
        "kind": str(deployment.kind),
    }
    same = [DEPLOYMENTS.c[name] == row[name] for name in ("environment", "at_us", "revision")]
    known = connection.execute(select(DEPLOYMENTS.c.number, DEPLOYMENTS.c.kind).where(*same)).first()
    if known is not None:
        if known.kind == row["kind"] or deployment.kind is not DeploymentKind.GO_LIVE:
            return False
        connection.execute(update(DEPLOYMENTS).where(DEPLOYMENTS.c.number == known.number).values(kind=row["kind"]))
        return True
    connection.execute(insert(DEPLOYMENTS), {**row, "recorded_us": microseconds(now)})
    return True


def cadence_on_record(connection: Connection, environment: str, agreed: ScanCadence, now: datetime) -> CadenceOnRecord:
    """What the history has of one environment at `now`."""
    scans = whole_scans(connection, environment)
    deployments = _deployments(connection, environment)
    if agreed.live_since is not None:
        said = Deployment(
            environment=environment,
            at=agreed.live_since,
            revision="as configured",
            kind=DeploymentKind.GO_LIVE,
            recorded=False,
        )
        deployments = sorted([*deployments, said], key=lambda one: one.at)
    since = now - timedelta(days=WINDOW_DAYS)
    first = max(bisect_left([scan.began for scan in scans], since) - 1, 0)
    return CadenceOnRecord(
        begins=_begins(connection, environment),
        scans=tuple(scans[first:]),
        deployments=tuple(_beside(one, scans) for one in _telling(deployments, since)),
        every_days=agreed.every_days,
        after_change_hours=agreed.after_change_hours,
    )


def _telling(deployments: Sequence[Deployment], since: datetime) -> list[Deployment]:
    live = [one for one in deployments if one.kind is DeploymentKind.GO_LIVE]
    changes = [one for one in deployments if one.kind is DeploymentKind.CHANGE]
    kept = {*(one for one in deployments if one.at >= since), *live[-1:], *changes[-1:]}
    return sorted(kept, key=lambda one: (one.at, one.revision))


def _beside(one: Deployment, scans: Sequence[ScanOnRecord]) -> DeploymentOnRecord:
    began = [scan.began for scan in scans]
    before, after = bisect_left(began, one.at), bisect_right(began, one.at)
    return DeploymentOnRecord(
        at=one.at,
        revision=one.revision,
        kind=one.kind,
        scanned_before=scans[before - 1] if before else None,
        scanned_after=scans[after] if after < len(scans) else None,
        recorded=one.recorded,
    )


def _deployments(connection: Connection, environment: str) -> list[Deployment]:
    if not inspect(connection).has_table(DEPLOYMENTS.name):  # a history of an older version that is only read
        return []
    wanted = select(DEPLOYMENTS).where(DEPLOYMENTS.c.environment == environment).order_by(DEPLOYMENTS.c.at_us)
    return [
        Deployment(environment=environment, at=moment(row.at_us), revision=row.revision, kind=DeploymentKind(row.kind))
        for row in connection.execute(wanted)
    ]


def _begins(connection: Connection, environment: str) -> datetime | None:
    """Of runs of any kind: from then on somebody kept a history."""
    wanted = (
        select(func.min(RUNS.c.started_us))
        .join(ENVIRONMENTS, ENVIRONMENTS.c.run == RUNS.c.number)
        .where(ENVIRONMENTS.c.environment == environment)
    )
    first = connection.execute(wanted).scalar_one()
    return None if first is None else moment(first)
