"""Findings grouped by what was asked: one entry per check (or tool rule), environment and witness."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_LISTED: Final = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WAIVED, Outcome.PASS)
_NEAREST_FIRST: Final = (
    Witness.PROTOCOL,
    Witness.TLS,
    Witness.CLOUD_LIVE,
    Witness.CLOUD_DECLARED,
    Witness.RECORDS,
    Witness.LOGS,
    Witness.ATTESTATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One question with every subject on which it had the same outcome; `severity` is the worst among them.

    `tool` names the tool whose rule `check` is; `findings` are sorted and never empty.
    """

    check: str
    title: str
    tool: str | None
    outcome: Outcome
    severity: Severity
    environment: str
    witness: Witness
    controls: tuple[str, ...]
    source: str
    remediation: str
    findings: tuple[Finding, ...]

    @property
    def anchor(self) -> str:
        """The id of the entry within a document."""
        return f"q-{self.findings[0].fingerprint}"

    @property
    def exceptions(self) -> tuple[tuple[tuple[str, str, str], int], ...]:
        """Kind, owner and end of its waivers, and for how many subjects each stands."""
        waivers = (finding.waiver for finding in self.findings if finding.waiver)
        return tuple(Counter((waiver.kind, waiver.owner, waiver.until) for waiver in waivers).items())


def _problem(findings: list[Finding]) -> Problem:
    first = findings[0]
    return Problem(
        check=first.check,
        title=first.title,
        tool=first.tool,
        outcome=first.outcome,
        severity=max((finding.severity for finding in findings), key=lambda severity: severity.rank),
        environment=first.environment,
        witness=first.witness,
        controls=tuple(sorted({control for finding in findings for control in finding.controls})),
        source=first.source,
        remediation=first.remediation,
        findings=tuple(findings),
    )


def _grouped(findings: Iterable[Finding]) -> tuple[Problem, ...]:
    groups: dict[tuple[str, str, str, Witness], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=Finding.sort_key):
        groups[finding.environment, finding.tool or "", finding.check, finding.witness].append(finding)
    return tuple(sorted((_problem(group) for group in groups.values()), key=_worst_first))


def _worst_first(problem: Problem) -> tuple[int, int, int, str, str, str]:
    """Severity; then what was seen at the running system before what is only declared; then how many subjects."""
    nearness = _NEAREST_FIRST.index(problem.witness)
    place = (problem.environment, problem.tool or "", problem.check)
    return (-problem.severity.rank, nearness, -len(problem.findings), *place)


def problems(posture: Posture, outcome: Outcome) -> tuple[Problem, ...]:
    """What had this outcome and belongs to the checklist: worst severity first."""
    return _grouped(f for f in posture.findings if f.outcome is outcome and f.controls)


def listed(posture: Posture) -> Mapping[Outcome, tuple[Problem, ...]]:
    """The entries that a report lists with their findings, by outcome."""
    return {outcome: problems(posture, outcome) for outcome in _LISTED}


def hygiene(posture: Posture, *outcomes: Outcome) -> tuple[Problem, ...]:
    """Tool verdicts that belong to no row of the checklist, of these outcomes: worst severity first."""
    return tuple(
        entry
        for outcome in outcomes
        for entry in _grouped(f for f in posture.findings if f.outcome is outcome and not f.controls and f.tool)
    )


def about_the_run(posture: Posture) -> tuple[Problem, ...]:
    """Findings of ours that belong to no row and do not pass: waivers that are not in order."""
    unsettled = (Outcome.FAIL, Outcome.INCONCLUSIVE)
    return tuple(
        entry
        for outcome in unsettled
        for entry in _grouped(f for f in posture.findings if f.outcome is outcome and not f.controls and not f.tool)
    )
