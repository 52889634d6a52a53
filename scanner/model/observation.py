"""Observation: the facts that were seen, with the evidence behind them, or why there are none."""

from enum import StrEnum
from typing import Any, Generic, TypeVar

from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.subject import Subject
from scanner.model.witness import Witness

F = TypeVar("F")


class Reason(StrEnum):
    """Why nothing was seen."""

    UNREACHABLE = "unreachable"  # DNS, TCP or TLS never came up
    ACCESS_DENIED = "access denied"  # refused to us; the detail names the missing permission
    UNPARSABLE = "unparsable"  # answered, but not in the expected shape
    NOT_EVALUATED = "not evaluated"  # the tool ran and said nothing about it
    UNKNOWN_UNTIL_DEPLOY = "unknown until deploy"
    TIMED_OUT = "timed out"
    BUDGET_EXHAUSTED = "budget exhausted"
    STOPPED = "stopped"  # Ctrl-C, or a target that was going down
    MISSING_DEPENDENCY = "missing dependency"  # an optional extra or tool is not installed
    CONTROL_FAILED = "positive control failed"  # the listener, path or rule was not seen to work
    PROBE_BUG = "our own bug"  # an exception that we did not expect; the traceback is in the evidence
    NOT_PERMITTED = "not permitted"  # the gate refused: mode, effect, scope or identity
    NOT_CONFIGURED = "not configured"  # the run was given nothing to look at
    NOT_SELECTED = "not selected"  # left out by --witness or --select
    ONE_IDENTITY_ONLY = "one identity only"  # cannot be shown without a second identity

    @property
    def was_chosen(self) -> bool:
        """True where nobody tried, by choice of the user; false where looking failed."""
        return self in _CHOSEN


_CHOSEN = frozenset({Reason.NOT_PERMITTED, Reason.NOT_CONFIGURED, Reason.NOT_SELECTED, Reason.ONE_IDENTITY_ONLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Generic[F]):
    """A fact, and the stored evidence that it was read from (never none)."""

    fact: F
    evidence: tuple[EvidenceRef, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a fact needs evidence: {type(self.fact).__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """Nothing was seen, and why. `detail` is one clear sentence for the report."""

    reason: Reason
    detail: str
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKey(Generic[F]):
    """What makes a fact one: its type, the subject, who was spoken as, and who saw it."""

    fact: type[F]
    subject: Subject
    witness: Witness
    identity: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """A total order that depends on nothing but the content."""
        coordinates = (f"{name}={value}" for name, value in self.subject.coordinates().items())
        return (self.fact.__name__, self.witness, self.identity or "", *coordinates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Generic[F]):
    """One key and what came of it."""

    key: FactKey[F]
    result: Seen[F] | Unavailable


AnyObservation = Observation[Any]
