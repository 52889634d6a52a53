"""Scans of an environment that count: those that left nothing out, and saw something."""

import json
from functools import cache
from typing import Final

from sqlalchemy import Connection, and_, exists, select

from checks.checklist.loader import checklist
from reports.model.control_status import ControlStatus
from scanner.history.recording import moment
from scanner.history.tables import ENVIRONMENTS, RUNS, STATUSES
from scanner.model.facts.cadence import ScanOnRecord
from scanner.model.witness import Witness

_SAW: Final = (ControlStatus.PASS, ControlStatus.PARTIAL, ControlStatus.FAIL, ControlStatus.WAIVED)
_LOOKING: Final = frozenset({Witness.TLS, Witness.PROTOCOL, Witness.CLOUD_DECLARED, Witness.CLOUD_LIVE})


def whole_scans(connection: Connection, environment: str) -> list[ScanOnRecord]:
    """In the order of time.

    A scan saw something where it settled a row that is looked at in the environment itself. One that reached nothing
    leaves all of those open, whatever records and statements say, and whatever can be told of a token unsent.
    """
    saw = exists().where(
        and_(
            STATUSES.c.run == RUNS.c.number,
            STATUSES.c.environment == environment,
            STATUSES.c.status.in_([str(status) for status in _SAW]),
            STATUSES.c.control.in_(_looked_at()),
        )
    )
    wanted = (
        select(RUNS.c.id, RUNS.c.started_us)
        .join(ENVIRONMENTS, ENVIRONMENTS.c.run == RUNS.c.number)
        .where(ENVIRONMENTS.c.environment == environment, RUNS.c.narrowed == json.dumps(()), saw)
        .order_by(RUNS.c.started_us, RUNS.c.id)
    )
    return [ScanOnRecord(run=row[0], began=moment(row[1])) for row in connection.execute(wanted)]


@cache
def _looked_at() -> tuple[str, ...]:
    """Rows that a probe of the environment can answer, and no statement."""
    rows = ((row.id, set(row.witnesses)) for row in checklist().controls)
    return tuple(row for row, witnesses in rows if _LOOKING & witnesses and Witness.ATTESTATION not in witnesses)
