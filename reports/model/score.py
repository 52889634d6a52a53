"""Score and coverage.

**Score**: of the controls that the profile requires, the share (by weight) that is *proven to hold*, in percent. Only
`pass` counts. `partial`, `inconclusive`, `not_tested`, `waived` and `fail` all count nothing, and stay in the total;
`not_applicable` leaves the total. So whoever does not look can only lose: a finding that turns inconclusive, or that
is not tested by a witness within the profile's scope, never raises the score. Weights: info 1, low 1, medium 2,
high 4, critical 8. Roll-up rows do not count, for the rows that they fold do. Scores of different profiles are not
comparable: the profile is part of the number.

**Coverage**: of *all* rows of the checklist (roll-ups left out), the share that was judged at all, in percent, each
row counting once per environment. It says how much of the whole question the score speaks about.

Both are cut, not rounded, to one decimal, so that 100 means all. None: there was nothing to count.
"""

from collections.abc import Collection, Iterable
from math import floor
from typing import Final

from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture
from scanner.model.severity import Severity

WEIGHTS: Final = {
    Severity.INFO: 1,
    Severity.LOW: 1,
    Severity.MEDIUM: 2,
    Severity.HIGH: 4,
    Severity.CRITICAL: 8,
}
_JUDGED: Final = frozenset(
    {
        ControlStatus.FAIL,
        ControlStatus.WAIVED,
        ControlStatus.NOT_APPLICABLE,
        ControlStatus.PARTIAL,
        ControlStatus.PASS,
    }
)


def _percent(part: int, whole: int) -> float | None:
    return floor(1000 * part / whole) / 10 if whole else None


def _weight(controls: Iterable[ControlPosture]) -> int:
    return sum(WEIGHTS[control.severity] for control in controls)


def score_of(controls: Collection[ControlPosture]) -> float | None:
    """The share of the required controls that is proven to hold; see the module's text."""
    counted = [
        control
        for control in controls
        if control.required and not control.rolled_up and control.status is not ControlStatus.NOT_APPLICABLE
    ]
    return _percent(_weight(c for c in counted if c.status is ControlStatus.PASS), _weight(counted))


def coverage_of(controls: Collection[ControlPosture]) -> float | None:
    """The share of the whole checklist that was judged; see the module's text."""
    rows = [control for control in controls if not control.rolled_up]
    return _percent(sum(control.status in _JUDGED for control in rows), len(rows))
