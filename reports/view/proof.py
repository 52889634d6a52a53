"""The evidence of a run, each artefact once, numbered in the order in which a reader meets it."""

from collections import Counter

from reports.model.posture import Posture
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """One stored artefact, its number in the document, and how many findings rest on it."""

    number: int
    ref: EvidenceRef
    findings: int


def artefacts(posture: Posture) -> tuple[Artefact, ...]:
    """Every artefact that a finding points to, sorted by title, then by hash."""
    uses = Counter(ref for finding in posture.findings for ref in set(finding.evidence))
    ordered = sorted(uses, key=lambda ref: (ref.title or ref.id, ref.sha256, ref.id, ref.path))
    return tuple(Artefact(number=number, ref=ref, findings=uses[ref]) for number, ref in enumerate(ordered, 1))
