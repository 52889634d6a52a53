"""The exit code of a scan, from its posture."""

from collections.abc import Collection, Iterable
from enum import IntEnum

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import ControlPosture, Posture
from reports.model.status import JUDGED
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity


class ExitCode(IntEnum):
    """What a posture can say to a shell (2 and 4 belong to usage and to our own bugs)."""

    CLEAN = 0
    FAIL = 1
    NOT_JUDGED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What of the profile's requirements this run was asked for; None: all of them.

    `controls` are ids of rows, `names` witnesses and checks as `ControlPosture.required` lists them.
    """

    controls: frozenset[str] | None = None
    names: frozenset[str] | None = None

    def asks(self, control: ControlPosture) -> frozenset[str]:
        """The required names of the control that were asked for."""
        if self.controls is not None and control.id not in self.controls:
            return frozenset()
        required = frozenset(control.required)
        return required if self.names is None else required & self.names


def _broken(findings: Iterable[Finding], fail_on: Severity) -> bool:
    return any(f.outcome is Outcome.FAIL and f.controls and f.severity.rank >= fail_on.rank for f in findings)


def _open(control: ControlPosture, posture: Posture, asked: frozenset[str]) -> bool:
    if asked & set(control.missing):
        return True
    findings = (posture.finding_by_fingerprint[fingerprint] for fingerprint in control.findings)
    return any(f.outcome is Outcome.INCONCLUSIVE and {str(f.witness), f.check} & asked for f in findings)


def exit_code(
    posture: Posture, fail_on: Severity, required: Demand | None = None, known: Collection[str] = frozenset()
) -> ExitCode:
    """1: an unwaived fail at or above `fail_on`; 3: none, but something required is inconclusive or not judged; else 0.

    `known`: fingerprints of fails that a baseline accepts; they stay visible, and do not decide.

    A tool verdict that belongs to no row of the checklist is general hygiene and never decides. A run that judged
    nothing at all is 3, whatever was required.
    """
    if _broken((f for f in posture.findings if f.fingerprint not in known), fail_on):
        return ExitCode.FAIL
    demand = required or Demand()
    rows = (control for control in posture.controls if not control.rolled_up)
    if any(_open(control, posture, demand.asks(control)) for control in rows):
        return ExitCode.NOT_JUDGED
    if not any(finding.outcome in JUDGED and finding.controls for finding in posture.findings):
        return ExitCode.NOT_JUDGED
    return ExitCode.CLEAN


def open_requirements(posture: Posture, required: Demand | None = None) -> tuple[ControlPosture, ...]:
    """The controls that make `exit_code` 3."""
    demand = required or Demand()
    return tuple(
        control
        for control in posture.controls
        if not control.rolled_up and _open(control, posture, demand.asks(control))
    )
