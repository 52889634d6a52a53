"""From one version of the tables to the next.

Steps are only ever added; each runs once, in one transaction with its number.
"""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy import func as sql

from scanner.errors import HistoryError
from scanner.history.tables import (
    ALERTS,
    DEPLOYMENTS,
    ENVIRONMENTS,
    FINDINGS,
    METADATA,
    OUTCOMES,
    RUNS,
    STATUSES,
    VERSIONS,
)

Step = Callable[[Connection], None]


def _runs(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[RUNS, ENVIRONMENTS, STATUSES, FINDINGS, OUTCOMES])


def _alerts(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[ALERTS])


def _deployments(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[DEPLOYMENTS])


def _whole_outcomes(connection: Connection) -> None:
    """An index that answers by itself, for the one that had to look each outcome up; new tables have it already."""
    connection.execute(text("DROP INDEX IF EXISTS outcomes_by_finding"))
    for index in OUTCOMES.indexes:
        index.create(connection, checkfirst=True)


STEPS: Final[tuple[Step, ...]] = (_runs, _alerts, _deployments, _whole_outcomes)  # step i leads to version i + 1


def version_of(connection: Connection) -> int:
    """The version of the tables that are there; 0: none."""
    if not inspect(connection).has_table(VERSIONS.name):
        return 0
    return int(connection.execute(select(sql.coalesce(sql.max(VERSIONS.c.version), 0))).scalar_one())


def refuse_newer(version: int) -> None:
    """Raises: HistoryError if the tables were made by a newer program."""
    if version > len(STEPS):
        raise HistoryError(
            f"The history has version {version}; this ocpi-posture knows versions up to {len(STEPS)}.",
            "Use the newer ocpi-posture that wrote it; the runs' own folders stay readable.",
        )


def migrate(connection: Connection) -> None:
    """Bring the tables to the present version, within the transaction of `connection`.

    Raises: HistoryError if they are newer.
    """
    VERSIONS.create(connection, checkfirst=True)
    version = version_of(connection)
    refuse_newer(version)
    for number, step in enumerate(STEPS[version:], start=version + 1):
        step(connection)
        connection.execute(insert(VERSIONS).values(version=number, applied_us=time.time_ns() // 1000))
