"""Waiver: an accepted fail."""

from dataclasses import field
from datetime import date
from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class WaiverKind(StrEnum):
    """Why the fail is accepted."""

    ACCEPTED = "accepted"
    COMPENSATED = "compensated"
    FALSE_POSITIVE = "false_positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """All fields are required. `fingerprint` names exactly one finding; `until` is the last day on which it holds.

    `place`: FILE:LINE, where it is written.
    """

    fingerprint: str
    owner: str
    reason: str
    until: date
    kind: WaiverKind
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWaiver:
    """A waiver at the line of a program that declares a resource: of the rules it names, on the resources beside it.

    `places` are pairs of environment and URN: one program declares its resources once for each stack of it.
    """

    rules: tuple[str, ...]
    places: frozenset[tuple[str, str]]
    owner: str
    reason: str
    until: date
    kind: WaiverKind
    place: str
