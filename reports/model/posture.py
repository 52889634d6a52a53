"""Posture: every control of a run, with the findings behind it. Reports are functions of this and of nothing else."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote

from checks.model.control import Layer
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.access import AccessEntry
from reports.model.control_status import ControlStatus
from reports.model.trend import Trend
from scanner.model.effect import Mode
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.severity import Severity
from scanner.model.witness import Witness


class Audience(StrEnum):
    """Who a posture is told to, by its name on the command line."""

    INTERNAL = "internal"
    PARTNER = "partner"  # an edition without what is internal; see `reports.model.partner`


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolInfo:
    """The program that made the run."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """The facts of a run. Times are UTC; `config_sha256` is hexadecimal; `versions` maps tool to version, by name.
    `narrowed`: the options that left checks or witnesses out, as they were given; empty where nothing was left out.
    `digests`: SHA-256 (hexadecimal) of what this program, its catalogue and the tools were made of, by name; a tool
    that runs elsewhere has none. `redacted`: how many values were masked before anything was stored, by kind.
    `catalogue`: the URL of a page with an anchor for each check and row, which is its id in lower case; empty: none.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    mode: Mode
    config_sha256: str
    profile: str
    environments: tuple[str, ...]
    requests_sent: int
    left_behind: tuple[Leftover, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    narrowed: tuple[str, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    redacted: tuple[tuple[str, int], ...] = ()
    catalogue: str = ""

    def described(self, check: str) -> str:
        """Where a check is described; empty where no catalogue is named."""
        return f"{self.catalogue}#{quote(check.lower())}" if self.catalogue else ""

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None or self.finished_at.tzinfo is None:
            raise ValueError("the times of a run carry their zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPosture:
    """One control in one environment.

    `witnesses`: every witness that can speak about the control, with what it said all in all (`not_tested` where it was
    silent, `partial` where something that is asked of it was not tried). `required`: what the profile asks for,
    witnesses and checks by name; `missing`: what of it was not judged. `note` says why the control is not judged, or
    only partly. `rolled_up`: the rows that it folds, if it does. `disagreement`: the claims on which witnesses
    contradict each other. `findings`: fingerprints. `frameworks`: by the short name of each, the ids that it speaks
    to, as far as they stand in their publisher's own list.
    """

    id: str
    layer: str
    title: str
    severity: Severity
    verify: str
    environment: str
    status: ControlStatus
    witnesses: tuple[tuple[Witness, ControlStatus], ...]
    required: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    rolled_up: tuple[str, ...] = ()
    disagreement: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    frameworks: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStatement:
    """What one witness says about a claim; `findings` are fingerprints."""

    witness: Witness
    outcome: Outcome
    message: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two witnesses contradict each other about one claim in one environment."""

    claim: str
    environment: str
    controls: tuple[str, ...]
    statements: tuple[WitnessStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLookedAt:
    """What was not seen, and why: `subjects` names up to a few of the `count` subjects that share reason and detail."""

    environment: str
    witness: Witness
    fact: str
    reason: Reason
    detail: str
    count: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Totals. `score` and `coverage` are percentages as `reports.model.score` defines them; None: nothing to count."""

    controls: Mapping[ControlStatus, int]
    findings: Mapping[Outcome, int]
    score: float | None
    coverage: float | None


@dataclass(frozen=True, kw_only=True)
class Posture:
    """Everything that a report shows, sorted."""

    tool: ToolInfo
    run: RunInfo
    summary: Summary
    layers: tuple[Layer, ...]
    controls: tuple[ControlPosture, ...]
    findings: tuple[Finding, ...]
    disagreements: tuple[Disagreement, ...] = ()
    not_looked_at: tuple[NotLookedAt, ...] = ()
    access: tuple[AccessEntry, ...] = ()
    audience: Audience = Audience.INTERNAL
    trend: Trend | None = None  # None: no history was kept, or it could not be asked

    @cached_property
    def finding_by_fingerprint(self) -> Mapping[str, Finding]:
        """Findings by fingerprint."""
        return {finding.fingerprint: finding for finding in self.findings}
