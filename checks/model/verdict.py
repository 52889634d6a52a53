"""Verdict: what a check function says of one subject."""

from enum import StrEnum
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Unavailable
from scanner.model.subject import Subject
from scanner.model.tool_verdict import SourcePosition


class Outcome(StrEnum):
    """What came of one check on one subject."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NOT_TESTED = "not_tested"
    INCONCLUSIVE = "inconclusive"
    WAIVED = "waived"


NEEDS_EVIDENCE = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.WAIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """How many things were examined, of how many there were (None: unknown), and what they are."""

    examined: int
    of: int | None = None
    unit: str = "subject"

    def __str__(self) -> str:
        total = f" of {self.of}" if self.of is not None else ""
        if (self.of or self.examined) == 1:
            return f"{self.examined}{total} {self.unit}"
        plural = "es" if self.unit.endswith(("s", "x", "ch")) else "s"
        return f"{self.examined}{total} {self.unit}{plural}"


ONE: Final = Population(examined=1)
NOTHING: Final = Population(examined=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One outcome on one subject; `field_path` tells apart several on the same subject (JSON pointer, header name).

    `pass` and `fail` carry evidence, and a `pass` examined something. `not_applicable` says what was looked for.
    `position` is the line that declares what was judged. `path`: what a request or a packet passes, in that order, for
    people. `reproduce` is a command that shows the same to a person (secrets as shell variables).
    """

    outcome: Outcome
    subject: Subject
    message: str
    evidence: tuple[EvidenceRef, ...] = ()
    population: Population = ONE
    field_path: str = ""
    identity: str | None = None
    reproduce: str | None = None
    position: SourcePosition | None = None
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome in NEEDS_EVIDENCE and not self.evidence:
            raise ValueError(f"{self.outcome} needs evidence: {self.message}")
        if self.outcome is Outcome.PASS and self.population.examined < 1:
            raise ValueError(f"nothing was examined, so nothing passes: {self.message}")
        if self.outcome is Outcome.WAIVED:
            raise ValueError("a check does not waive; a waiver does")
        if not self.message:
            raise ValueError("a verdict says why")


def blind(subject: Subject, unavailable: Unavailable, identity: str | None = None) -> Verdict:
    """The verdict on what could not be seen: `not_tested` where that was chosen, else `inconclusive`."""
    outcome = Outcome.NOT_TESTED if unavailable.reason.was_chosen else Outcome.INCONCLUSIVE
    message = f"{unavailable.reason}: {unavailable.detail}"
    return Verdict(
        outcome=outcome,
        subject=subject,
        message=message,
        evidence=unavailable.evidence,
        population=NOTHING,
        identity=identity,
    )
