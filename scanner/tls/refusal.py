"""The gate's refusal, as the reason that stands in the report."""

from scanner.model.exchange import RefusalKind, Refused
from scanner.model.observation import Reason


def reason_of(refused: Refused) -> Reason:
    """Used-up budgets and a stopped run are failures to look; everything else is a choice of the configuration."""
    match refused.kind:
        case RefusalKind.BUDGET:
            return Reason.BUDGET_EXHAUSTED
        case RefusalKind.STOPPED:
            return Reason.STOPPED
        case _:
            return Reason.NOT_PERMITTED
