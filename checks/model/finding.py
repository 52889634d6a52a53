"""Finding: one check's outcome on one subject, with a fingerprint that outlives the run."""

import hashlib
import json
from typing import Final

from checks.model.verdict import NEEDS_EVIDENCE, ONE, Outcome, Population
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.subject import Subject
from scanner.model.tool_verdict import SourcePosition
from scanner.model.witness import Witness

_canonical: Final = json.JSONEncoder(separators=(",", ":")).encode


def fingerprint(check: str, subject: Subject, field_path: str = "", identity: str | None = None) -> str:
    """16 hexadecimal digits of SHA-256 over check, subject coordinates (environment included), speaker and field path.

    Depends on nothing else: not on order, time, line number or the text of a message.
    """
    spoken = {} if identity is None else {"identity": identity}
    canonical = _canonical([check, sorted({**subject.coordinates(), **spoken}.items()), field_path])
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedWaiver:
    """The waiver that stands on a finding; `place`: FILE:LINE, where it is written ("": not known)."""

    owner: str
    reason: str
    until: str
    kind: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the report lists. `check` is the id of a check of ours, or a tool's rule id (then `tool` names the tool).

    `by_writing`: see `Check`; `path`: see `Verdict`.
    """

    fingerprint: str
    check: str
    title: str
    controls: tuple[str, ...]
    outcome: Outcome
    severity: Severity
    witness: Witness
    subject: Subject
    message: str
    source: str
    evidence: tuple[EvidenceRef, ...] = ()
    population: Population = ONE
    field_path: str = ""
    identity: str | None = None
    reproduce: str | None = None
    remediation: str = ""
    claim: str | None = None
    tool: str | None = None
    position: SourcePosition | None = None
    waiver: AppliedWaiver | None = None
    by_writing: bool = False
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.outcome in NEEDS_EVIDENCE and not self.evidence:
            raise ValueError(f"{self.outcome} needs evidence: {self.check}")
        if (self.outcome is Outcome.WAIVED) != (self.waiver is not None):
            raise ValueError(f"waived if and only if a waiver stands on it: {self.check}")

    @property
    def environment(self) -> str:
        """The environment of the subject."""
        return self.subject.environment

    def sort_key(self) -> tuple[str, ...]:
        """Environment, check, subject, field path, fingerprint."""
        return (self.environment, self.check, self.subject.label(), self.field_path, self.fingerprint)
