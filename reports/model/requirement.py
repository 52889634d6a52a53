"""What of a control's requirement was not judged, and what else of the profile's scope stayed open."""

from collections.abc import Iterable

from checks.model.control import Checklist, Requirement, writes
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.status import JUDGED
from scanner.model.witness import Witness


def scope_of(checklist: Checklist, profile: str) -> frozenset[Witness]:
    """The witnesses that the profile requires anywhere: outside them it asks for nothing."""
    return frozenset(w for control in checklist.controls for w in control.required_by(profile).witnesses)


def missing_names(requirement: Requirement, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Required witnesses and checks that judged nothing; an inconclusive finding is no judgement."""
    judged = [finding for finding in findings if finding.outcome in JUDGED]
    witnesses = {finding.witness for finding in judged}
    checks = {finding.check for finding in judged}
    return Requirement(witnesses=requirement.witnesses - witnesses, checks=requirement.checks - checks).names


def left_open(findings: Iterable[Finding], scope: frozenset[Witness], profile: str) -> tuple[Finding, ...]:
    """Findings of the profile's witnesses that were not tested; what takes writing, only where the profile writes."""
    return tuple(
        f
        for f in findings
        if f.outcome is Outcome.NOT_TESTED and f.witness in scope and (writes(profile) or not f.by_writing)
    )
