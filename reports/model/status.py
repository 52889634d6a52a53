"""Status of a control, from the outcomes of its findings: the first rule that applies (see `ControlStatus`)."""

from collections.abc import Collection
from typing import Final

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus

JUDGED: Final = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.WAIVED, Outcome.NOT_APPLICABLE})


def status_of(outcomes: Collection[Outcome], *, incomplete: bool) -> ControlStatus:
    """The status of a control whose findings have these outcomes.

    `incomplete`: something that the profile requires was not judged. Where all that was judged does not apply, but
    something is incomplete, nobody can say that the control does not apply: that is `not_tested`.
    """
    for outcome, status in (
        (Outcome.FAIL, ControlStatus.FAIL),
        (Outcome.INCONCLUSIVE, ControlStatus.INCONCLUSIVE),
        (Outcome.WAIVED, ControlStatus.WAIVED),
    ):
        if outcome in outcomes:
            return status
    if Outcome.PASS in outcomes:
        return ControlStatus.PARTIAL if incomplete else ControlStatus.PASS
    if Outcome.NOT_APPLICABLE in outcomes and Outcome.NOT_TESTED not in outcomes and not incomplete:
        return ControlStatus.NOT_APPLICABLE
    return ControlStatus.NOT_TESTED
