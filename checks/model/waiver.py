"""Waiver: an accepted fail."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WaiverKind(StrEnum):
    """Why the fail is accepted."""

    ACCEPTED = "accepted"
    COMPENSATED = "compensated"
    FALSE_POSITIVE = "false_positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """All fields are required. `fingerprint` names exactly one finding; `until` is the last day on which it holds."""

    fingerprint: str
    owner: str
    reason: str
    until: date
    kind: WaiverKind
