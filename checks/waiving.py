"""Waivers on findings: an accepted fail is `waived`, and a waiver that is not in order is itself reported."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from checks.model.finding import AppliedWaiver, Finding, fingerprint
from checks.model.verdict import Outcome, Population
from checks.model.waiver import CodeWaiver, Waiver
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.subject import EnvironmentSubject, ResourceSubject
from scanner.model.witness import Witness

AnyWaiver = Waiver | CodeWaiver

CHECK: Final = "waivers-in-order"
_TITLE: Final = "Every waiver is whole, in force and needed"
_SOURCE: Final = "a waiver has an owner, a reason, a kind and a last day"
_MOST: Final = 10  # findings that one comment may stand for


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedWaiver:
    """A waiver that waives nothing: where it stands, and what is wrong with it."""

    place: str
    what: str


def waived(findings: Iterable[Finding], waivers: Iterable[AnyWaiver], day: date) -> tuple[Finding, ...]:
    """The findings, with each fail `waived` that a waiver in force on `day` names; in the order given.

    One of the configuration, which names the finding itself, comes before one in the code.
    """
    everything = tuple(findings)
    own, in_code = _apart(waivers)
    in_force = {waiver.fingerprint: waiver for waiver in own if day <= waiver.until}
    by_code = {
        finding.fingerprint: waiver
        for waiver in in_code
        if _why_not(waiver, everything, day) is None
        for finding in _named(waiver, everything)
    }
    return tuple(_waived(one, in_force.get(one.fingerprint) or by_code.get(one.fingerprint)) for one in everything)


def _waived(finding: Finding, waiver: AnyWaiver | None) -> Finding:
    if waiver is None or finding.outcome is not Outcome.FAIL:
        return finding
    applied = AppliedWaiver(
        owner=waiver.owner,
        reason=waiver.reason,
        until=waiver.until.isoformat(),
        kind=waiver.kind,
        place=waiver.place,
    )
    return replace(finding, outcome=Outcome.WAIVED, waiver=applied)


def _named(waiver: CodeWaiver, findings: Iterable[Finding]) -> list[Finding]:
    """The findings of its rules on its resources, whatever their outcome."""
    return [
        one
        for one in findings
        if one.check in waiver.rules
        and isinstance(one.subject, ResourceSubject)
        and (one.environment, one.subject.urn) in waiver.places
    ]


def _why_not(waiver: CodeWaiver, findings: Sequence[Finding], day: date) -> str | None:
    """Why a waiver in the code waives nothing, whatever else there is."""
    if waiver.until < day:
        return f"the waiver of {waiver.owner} lapsed on {waiver.until}; it waives nothing"
    failing = sum(one.outcome is Outcome.FAIL for one in _named(waiver, findings))
    if failing > _MOST:
        return f"too broad: it stands for {failing} findings, and may for {_MOST}; it waives nothing"
    return None


def waiver_findings(
    findings: Sequence[Finding],
    waivers: Sequence[AnyWaiver],
    malformed: Sequence[MalformedWaiver],
    day: date,
    environment: str,
    evidence: tuple[EvidenceRef, ...],
    *,
    is_whole: bool = True,
) -> tuple[Finding, ...]:
    """One fail for each waiver that is malformed, lapsed or unused; one pass if there are waivers and all are in order.

    They belong to no control, so they never decide an exit code. `environment` is where a waiver is reported whose
    finding does not exist; `evidence` is the configuration; `is_whole`: no check and no environment was left out.
    `findings` are those before waiving.
    """
    by_fingerprint = {finding.fingerprint: finding for finding in findings}
    complaints = [(bad.place, bad.what, environment) for bad in malformed]
    own, in_code = _apart(waivers)
    for waiver in own:
        finding = by_fingerprint.get(waiver.fingerprint)
        if why := _complaint(waiver, finding, day, is_whole=is_whole):
            complaints.append((waiver.fingerprint, why, finding.environment if finding else environment))
    for written in in_code:
        if why := _code_complaint(written, findings, day, is_whole=is_whole):
            where = min(environment for environment, _ in written.places)
            complaints.append((written.place, why, where))
    if complaints:
        complaints = list(dict.fromkeys(complaints))
        return tuple(_finding(Outcome.FAIL, place, why, where, evidence) for place, why, where in complaints)
    if not waivers:
        return ()
    message = f"{len(waivers)} in force, each on a finding that fails"
    return (_finding(Outcome.PASS, "", message, environment, evidence, examined=len(waivers)),)


def _apart(waivers: Iterable[AnyWaiver]) -> tuple[list[Waiver], list[CodeWaiver]]:
    everything = tuple(waivers)
    own = [one for one in everything if isinstance(one, Waiver)]
    return own, [one for one in everything if isinstance(one, CodeWaiver)]


def _code_complaint(waiver: CodeWaiver, findings: Sequence[Finding], day: date, *, is_whole: bool) -> str | None:
    """Each rule that it names has to fail on one of its resources."""
    if why := _why_not(waiver, findings, day):
        return why
    failing = {one.check for one in _named(waiver, findings) if one.outcome is Outcome.FAIL}
    idle = [rule for rule in waiver.rules if rule not in failing]
    if not idle or not is_whole:
        return None
    return f"unused: {', '.join(idle)} does not fail there (waived by {waiver.owner})"


def _complaint(waiver: Waiver, finding: Finding | None, day: date, *, is_whole: bool) -> str | None:
    if waiver.until < day:
        return f"the waiver of {waiver.owner} lapsed on {waiver.until}; it waives nothing"
    if finding is None and not is_whole:
        return None  # its check may have been left out of this run
    if finding is None:
        return f"unused: this run has no finding {waiver.fingerprint} (waived by {waiver.owner})"
    if finding.outcome is not Outcome.FAIL:
        return f"unused: {finding.check} on {finding.subject.label()} is {finding.outcome} (waived by {waiver.owner})"
    return None


def _finding(
    outcome: Outcome, place: str, message: str, environment: str, evidence: tuple[EvidenceRef, ...], examined: int = 1
) -> Finding:
    subject = EnvironmentSubject(environment=environment)
    return Finding(
        fingerprint=fingerprint(CHECK, subject, place),
        check=CHECK,
        title=_TITLE,
        controls=(),
        outcome=outcome,
        severity=Severity.LOW,
        witness=Witness.ATTESTATION,
        subject=subject,
        message=message,
        source=_SOURCE,
        evidence=evidence,
        population=Population(examined=examined, unit="waiver"),
        field_path=place,
        remediation="Renew the waiver, complete it, or take it out." if outcome is Outcome.FAIL else "",
    )
