"""What of a run is compared with other runs: the outcome of each finding, the status of each control. No texts."""

from collections.abc import Mapping
from datetime import datetime

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingState:
    """One finding of one run. `subject` is its label; `decides`: it belongs to a row, so it can fail a run."""

    fingerprint: str
    check: str
    environment: str
    subject: str
    severity: Severity
    outcome: Outcome
    decides: bool

    def counts_from(self, severity: Severity) -> bool:
        """True for what decides, at or above that severity."""
        return self.decides and self.severity.rank >= severity.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """One run, as history keeps it: findings by fingerprint, statuses by environment and row. Times are UTC."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    mode: str
    profile: str
    environments: tuple[str, ...]
    narrowed: tuple[str, ...]
    score: float | None
    coverage: float | None
    findings: Mapping[str, FindingState]
    controls: Mapping[tuple[str, str], ControlStatus]


def run_state(posture: Posture) -> RunState:
    """What is compared of a posture."""
    run = posture.run
    return RunState(
        run_id=run.id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        mode=str(run.mode),
        profile=run.profile,
        environments=run.environments,
        narrowed=run.narrowed,
        score=posture.summary.score,
        coverage=posture.summary.coverage,
        findings={finding.fingerprint: _state(finding) for finding in posture.findings},
        controls={(control.environment, control.id): control.status for control in posture.controls},
    )


def _state(finding: Finding) -> FindingState:
    return FindingState(
        fingerprint=finding.fingerprint,
        check=finding.check,
        environment=finding.environment,
        subject=finding.subject.label(),
        severity=finding.severity,
        outcome=finding.outcome,
        decides=bool(finding.controls),
    )
