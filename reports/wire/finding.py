"""One finding, with all that it leads to."""

from pydantic import BaseModel, ConfigDict

from checks.model.verdict import Outcome
from checks.model.waiver import WaiverKind
from reports.wire.base import Count, Fingerprint, Sha256, Wire
from scanner.model.severity import Severity
from scanner.model.witness import Witness


class SubjectDocument(BaseModel):
    """What was looked at: its kind, its environment and the coordinates of that kind."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)
    __pydantic_extra__: dict[str, str | int | None]

    kind: str
    environment: str
    label: str


class PopulationDocument(Wire):
    """How many things were examined, of how many (null: unknown)."""

    examined: Count
    of: Count | None
    unit: str


class EvidenceDocument(Wire):
    """A stored artefact; `path` is relative to the run's folder."""

    id: str
    sha256: Sha256
    path: str
    title: str


class PositionDocument(Wire):
    """A line of the program that declared the subject; 0 where only the file is known."""

    file: str
    line: Count


class WaiverDocument(Wire):
    """The waiver that stands on a finding."""

    owner: str
    reason: str
    until: str
    kind: WaiverKind
    place: str = ""
    """FILE:LINE, where it is written; empty where that is not known."""


class FindingDocument(Wire):
    """One outcome on one subject."""

    fingerprint: Fingerprint
    check: str
    title: str
    controls: tuple[str, ...]
    outcome: Outcome
    severity: Severity
    environment: str
    witness: Witness
    subject: SubjectDocument
    message: str
    population: PopulationDocument
    evidence: tuple[EvidenceDocument, ...]
    reproduce: str | None
    remediation: str
    source: str
    waiver: WaiverDocument | None
    field_path: str
    identity: str | None
    claim: str | None
    tool: str | None
    """The tool whose rule `check` is; null: a check of our own."""
    position: PositionDocument | None
    path: tuple[str, ...] = ()
    """What a request or a packet passes, in that order; empty where the finding is about no way."""
