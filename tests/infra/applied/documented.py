"""What the documentation says that moto cannot show."""

from __future__ import annotations

from collections.abc import Iterable

from tests.infra.applied.account import Call
from tests.infra.recorded_program import PROJECT


def untold(calls: Iterable[Call], *lost: str) -> list[str]:
    """Reasons for calls that were held against the model only, and other losses, that no reader is told of."""
    told = (PROJECT / "docs" / "proof-without-aws.md").read_text(encoding="utf-8")
    reasons = {call.unsent for call in calls if call.unsent}
    return sorted(reason for reason in {*reasons, *lost} if reason not in told)
