"""Scenario: ordered steps that set up, act, read back and compensate; deterministic by seed."""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum

from scanner.model.exchange import HttpOutcome
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass


class StepKind(StrEnum):
    """What a step is for; compensation runs whatever happened before it."""

    SET_UP = "set up"
    ACT = "act"
    READ_BACK = "read back"
    COMPENSATE = "compensate"


History = Mapping[str, HttpOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `intent` builds the request from what the earlier steps (by name) were answered.

    `goes_on` decides on the outcome whether the next step is worth taking: a predicate, not a verdict.
    """

    name: str
    kind: StepKind
    intent: Callable[[History], HttpIntent]
    goes_on: Callable[[HttpOutcome], bool] = field(default=lambda _outcome: True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named sequence; `seed` makes every generated value reproducible."""

    id: str
    seed: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps]
        if len(set(names)) != len(names):
            raise ValueError(f"scenario {self.id} has two steps of one name")
        kinds = [step.kind for step in self.steps]
        first_undo = kinds.index(StepKind.COMPENSATE) if StepKind.COMPENSATE in kinds else len(kinds)
        if any(kind is not StepKind.COMPENSATE for kind in kinds[first_undo:]):
            raise ValueError(f"scenario {self.id} does something after it began to compensate")
