"""A load of the stress lab, as the run's folder holds it."""

from checks.model.finding import Finding
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.stress import HeldConnections, LoadSeen
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLoad:
    """One load with the findings that rest on it. `seen` None: its evidence cannot be shown, and `why` says so."""

    ref: EvidenceRef
    environment: str
    endpoint: str
    seen: LoadSeen | HeldConnections | None
    why: str
    findings: tuple[Finding, ...]
