"""Why a run that was told to leave something out ends with 3: what it was asked for, is required, and is open."""

from collections.abc import Iterator
from typing import Final

from checks.model.verdict import Outcome
from reports.model.exit_code import Demand, open_requirements
from reports.model.posture import ControlPosture, Posture
from reports.text import one_line

_MOST: Final = 5  # rows that are named; the report has them all
_LONGEST: Final = 200  # characters of a reason
_OPEN: Final = frozenset({Outcome.INCONCLUSIVE, Outcome.NOT_TESTED})


def still_open(posture: Posture, demand: Demand) -> str | None:
    """A line for each row, with the first reason; None for a whole run, whose answer says it, and where nothing is."""
    rows = open_requirements(posture, demand) if posture.run.narrowed else ()
    if not rows:
        return None
    more = [f"  and {len(rows) - _MOST} more"] if len(rows) > _MOST else []
    named = (f"  {row.id}: {_why(row, posture, demand)}" for row in rows[:_MOST])
    return "\n".join(("Required of what was asked for, and not judged:", *named, *more))


def _why(row: ControlPosture, posture: Posture, demand: Demand) -> str:
    return next(_reasons(row, posture, demand), f"nothing was seen by {', '.join(sorted(demand.asks(row)))}")


def _reasons(row: ControlPosture, posture: Posture, demand: Demand) -> Iterator[str]:
    asked = demand.asks(row)
    for finding in (posture.finding_by_fingerprint[fingerprint] for fingerprint in row.findings):
        if finding.outcome in _OPEN and {str(finding.witness), finding.check} & asked:
            yield one_line(finding.message, _LONGEST)
