"""The rows, what witnesses say of them together, and what nobody saw."""

from pydantic import Field

from checks.model.verdict import Outcome
from reports.model.access import AccessState
from reports.model.control_status import ControlStatus
from reports.wire.base import Count, Fingerprint, Wire
from scanner.model.observation import Reason
from scanner.model.severity import Severity
from scanner.model.witness import Witness


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
    witnesses: dict[Witness, ControlStatus]
    """Every witness that can speak about the control, and what it said all in all."""
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
    frameworks: dict[str, tuple[str, ...]] = Field(default={})
    """What it speaks to in standards and laws: ids by the framework's short name, each in its publisher's own list."""


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
