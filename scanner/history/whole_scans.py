"""Scans of an environment that count: those that left nothing out, and saw something."""

import json
from typing import Final

from sqlalchemy import Connection, and_, exists, not_, or_, select

from checks.model.verdict import Outcome
from scanner.history.recording import moment
from scanner.history.tables import ENVIRONMENTS, FINDINGS, OUTCOMES, RUNS
from scanner.model.facts.cadence import ScanOnRecord

_JUDGED: Final = (Outcome.PASS, Outcome.FAIL, Outcome.WAIVED)
_NOBODY_LOOKED: Final = ("cadence-", "attestation-")  # families that judge records and statements, not the environment


def whole_scans(connection: Connection, environment: str) -> list[ScanOnRecord]:
    """In the order of time. A scan that came to no verdict on the environment itself looked at nothing."""
    own = or_(*(FINDINGS.c.check_id.startswith(family, autoescape=True) for family in _NOBODY_LOOKED))
    saw = exists().where(
        and_(
            OUTCOMES.c.run == RUNS.c.number,
            OUTCOMES.c.outcome.in_([str(one) for one in _JUDGED]),
            FINDINGS.c.number == OUTCOMES.c.finding,
            FINDINGS.c.environment == environment,
            not_(own),
        )
    )
    wanted = (
        select(RUNS.c.id, RUNS.c.started_us)
        .join(ENVIRONMENTS, ENVIRONMENTS.c.run == RUNS.c.number)
        .where(ENVIRONMENTS.c.environment == environment, RUNS.c.narrowed == json.dumps(()), saw)
        .order_by(RUNS.c.started_us, RUNS.c.id)
    )
    return [ScanOnRecord(run=row[0], began=moment(row[1])) for row in connection.execute(wanted)]
