"""Runs of the past for the tests of the history: one check, a finding an index, a day between runs."""

from datetime import UTC, datetime, timedelta

from checks.checklist.loader import checklist
from checks.model.control import Checklist
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from scanner.history.database import Database
from scanner.history.recording import Recorded, record
from scanner.model.severity import Severity
from scanner.model.subject import ServerSubject
from tests.reports.sample_posture import finding, posture_of

CHECK = "tls-no-plaintext-listener"
ROW = "OCPI-TLS-01"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def _few_rows() -> Checklist:
    whole = checklist()
    rows = tuple(row for row in whole.controls if row.id in {ROW, "OCPI-TLS-02"})
    return Checklist(controls=rows, layers=whole.layers)


ROWS = _few_rows()


def run_on(
    number: float, *outcomes: Outcome | None, environment: str = "demo", severity: Severity = Severity.HIGH, **run
) -> Posture:
    """The run of day `number`: finding i has outcome i."""
    subject = ServerSubject(environment=environment, host="ocpi.example", port=443)
    found = [
        finding(CHECK, outcome, ROW, field_path=str(index), subject=subject, severity=severity)
        for index, outcome in enumerate(outcomes)
        if outcome is not None
    ]
    fields = {"id": f"run-{number:g}-{environment}", "environments": (environment,), **run}
    return posture_of(*found, rows=ROWS, started_at=day(number), finished_at=day(number), **fields)


def recorded(database: Database, *postures: Posture) -> list[Recorded]:
    became = []
    for posture in postures:
        with database.writing() as connection:
            became.append(record(connection, posture, NOW))
    return became
