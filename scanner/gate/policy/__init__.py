"""What may leave: effect x endpoint x identity, decided by `decide` and nowhere else.

Pure: the same intent, target and time give the same answer. `None` means: may be sent.
"""

from datetime import datetime

from scanner.gate.policy.credentials import not_to_be_shown
from scanner.gate.policy.effects import not_permitted
from scanner.gate.policy.origins import MISFRAMED, address_in_scope, endpoint_for, origin_of, out_of_scope
from scanner.gate.policy.weight import least_effect, owners_in_path
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import Intent
from scanner.model.target import EnvironmentTarget

__all__ = ["MISFRAMED", "address_in_scope", "decide", "endpoint_for", "least_effect", "origin_of", "owners_in_path"]


def decide(intent: Intent, target: EnvironmentTarget | None, now: datetime) -> Refused | None:
    """May this intent leave for this environment, now?"""
    if target is None:
        return Refused(
            kind=RefusalKind.OUT_OF_SCOPE, detail=f"there is no environment {intent.environment!r} in this run"
        )
    return out_of_scope(intent, target) or not_permitted(intent, target, now) or not_to_be_shown(intent, target)
