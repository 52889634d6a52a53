"""posture.json as types: what the reader accepts and what the published schema is generated from.

Version 1. A field that is added has a default, so that files of older programs stay readable; one that is renamed or
dropped makes a new version. Readers refuse what they do not know.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from checks.model.verdict import Outcome
from checks.model.waiver import WaiverKind
from reports.model.access import AccessState
from reports.model.control_status import ControlStatus
from reports.model.posture import Audience
from scanner.model.effect import Mode
from scanner.model.observation import Reason
from scanner.model.severity import Severity
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness

SCHEMA_ID: Final = "urn:ocpi-posture:schema:posture:1"

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]


class Wire(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ToolDocument(Wire):
    """The program that made the run."""

    name: str
    version: str


class LeftoverDocument(Wire):
    """What a run left at the target; `undo_*` null: it cannot be taken back."""

    what: str
    environment: str
    identity: str | None
    module: str | None = None
    owner: str | None
    encoding: TokenEncoding
    undo_method: str | None
    undo_url: str | None
    undo_body: str | None


class RunDocument(Wire):
    """The facts of the run."""

    id: str
    started_at: datetime
    finished_at: datetime
    mode: Mode
    config_sha256: Sha256
    profile: str
    environments: tuple[str, ...]
    requests_sent: Count
    left_behind: tuple[LeftoverDocument, ...]
    versions: dict[str, str]
    """Tool to version."""
    narrowed: tuple[str, ...] = ()
    """The options that left checks or witnesses out of this run; empty: none."""
    digests: dict[str, Sha256] = {}
    """SHA-256 of what the program, its catalogue and its tools were made of, by name."""
    redacted: dict[str, Count] = {}
    """How many values were masked before anything was stored, by kind."""
    catalogue: Annotated[str, Field(pattern=r"^(https?://[^\s#\"'<>]+)?$")] = ""
    """The URL of a page with an anchor for each check and row, its id in lower case; empty: none."""


class SummaryDocument(Wire):
    """Totals; percentages are null where there was nothing to count."""

    controls: dict[ControlStatus, Count]
    findings: dict[Outcome, Count]
    score: Percent | None
    coverage: Percent | None


class LayerDocument(Wire):
    """A group of controls."""

    id: str
    title: str


class ControlDocument(Wire):
    """One control in one environment."""

    id: str
    layer: str
    title: str
    severity: Severity
    status: ControlStatus
    environment: str
    witnesses: dict[Witness, Outcome]
    """Every witness that can speak about the control, and what it said."""
    required: tuple[str, ...]
    """Witnesses and checks that the profile asks for."""
    missing: tuple[str, ...]
    """What of `required` was not judged."""
    disagreement: tuple[str, ...]
    """Claims on which witnesses contradict each other."""
    findings: tuple[Fingerprint, ...]
    note: str
    """Why the control is not judged, or only partly."""
    rolled_up: tuple[str, ...]
    """Rows that this one folds."""
    verify: str
    frameworks: dict[str, tuple[str, ...]] = {}
    """What it speaks to in standards and laws: ids by the framework's short name, each in its publisher's own list."""


class SubjectDocument(BaseModel):
    """What was looked at: its kind, its environment and the coordinates of that kind."""

    model_config = ConfigDict(frozen=True, extra="allow")
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


class StatementDocument(Wire):
    """What one witness says about a claim."""

    witness: Witness
    outcome: Outcome
    message: str
    findings: tuple[Fingerprint, ...]


class DisagreementDocument(Wire):
    """Witnesses that contradict each other."""

    claim: str
    environment: str
    controls: tuple[str, ...]
    statements: tuple[StatementDocument, ...]


class NotLookedAtDocument(Wire):
    """What was not seen, and why."""

    environment: str
    witness: Witness
    fact: str
    reason: Reason
    detail: str
    count: Count
    subjects: tuple[str, ...]


class AccessDocument(Wire):
    """One method of one interface for one identity, against its contract."""

    environment: str
    endpoint: str
    version: str
    module: str
    side: str
    method: str
    identity: str
    state: AccessState
    said: str
    """The answer, or why there is none."""


class TrendRunDocument(Wire):
    """One run of the trend."""

    id: str
    started_at: datetime
    profile: str
    score: Percent | None
    coverage: Percent | None
    fails: Count


class ControlTrendDocument(Wire):
    """One row in one environment: a status a run of the trend, null where the run did not look there."""

    environment: str
    control: str
    statuses: tuple[ControlStatus | None, ...]


class OpenSinceDocument(Wire):
    """A fail of this run, and the beginning of the run that saw it first."""

    fingerprint: Fingerprint
    since: datetime


class SincePreviousDocument(Wire):
    """What changed since an earlier run, as fingerprints."""

    run: str
    new: tuple[Fingerprint, ...]
    fixed: tuple[Fingerprint, ...]
    still_there: tuple[Fingerprint, ...]
    no_longer_looked_at: tuple[Fingerprint, ...]


class TrendDocument(Wire):
    """The last runs up to this one, oldest first, as the history knew them when this one was judged."""

    runs: Annotated[tuple[TrendRunDocument, ...], Field(min_length=1)]
    controls: tuple[ControlTrendDocument, ...]
    open_since: tuple[OpenSinceDocument, ...]
    previous: SincePreviousDocument | None


class PostureDocument(Wire):
    """The posture of one run of ocpi-posture."""

    schema_version: Literal["1"]
    audience: Audience = Audience.INTERNAL
    """Whom it is told to; an edition for partners leaves out what is internal."""
    tool: ToolDocument
    run: RunDocument
    summary: SummaryDocument
    controls: tuple[ControlDocument, ...]
    findings: tuple[FindingDocument, ...]
    disagreements: tuple[DisagreementDocument, ...]
    not_looked_at: tuple[NotLookedAtDocument, ...]
    access: tuple[AccessDocument, ...] = ()
    trend: TrendDocument | None = None
    """Null: no history was kept, or it could not be asked."""
    layers: tuple[LayerDocument, ...]
