"""ASFF (AWS Security Finding Format, 2018-10-08): findings for Security Hub, as `BatchImportFindings` takes them.

A JSON array; Security Hub takes 100 at a time. Lengths and counts are kept as its user guide ("Required" and "Optional
top-level ASFF attributes") says. A finding keeps its `Id` from run to run, so that a later import updates it. What was
not tested is left out: Security Hub has no word for it but `NOT_AVAILABLE`, which says that it was tried.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.aws_account import AwsAccount
from reports.model.posture import Posture
from reports.text import one_line, storable
from scanner.model.json_value import JsonValue
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject

JsonObject = dict[str, JsonValue]

_TYPE: Final = "Software and Configuration Checks/Industry and Regulatory Standards/OCPI"
_HYGIENE: Final = "Software and Configuration Checks/AWS Security Best Practices"
_TITLE: Final = 256
_DESCRIPTION: Final = 1_024
_TEXT: Final = 512  # of a recommendation, and of an id
_FIELD: Final = 2_048
_REQUIREMENTS: Final = 32
_LABELS: Final = {
    Severity.INFO: "INFORMATIONAL",
    Severity.LOW: "LOW",
    Severity.MEDIUM: "MEDIUM",
    Severity.HIGH: "HIGH",
    Severity.CRITICAL: "CRITICAL",
}
_STATUSES: Final = {
    Outcome.PASS: "PASSED",
    Outcome.FAIL: "FAILED",
    Outcome.WAIVED: "FAILED",
    Outcome.INCONCLUSIVE: "WARNING",
    Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
}


def render_asff(posture: Posture, account: AwsAccount) -> bytes:
    """The findings, in the order of the posture; the same posture and account give the same bytes."""
    shown = asff_findings(posture, posture.findings, account)
    return msgspec.json.format(msgspec.json.encode(storable(shown)), indent=1) + b"\n"


def asff_findings(posture: Posture, findings: Iterable[Finding], account: AwsAccount) -> list[JsonObject]:
    """Some findings of the posture, without what Security Hub has no word for."""
    return [_finding(posture, finding, account) for finding in findings if finding.outcome in _STATUSES]


def _short(text: str, limit: int) -> str:
    """One line of at most `limit` characters, and never empty."""
    line = one_line(text, limit)
    return (line if len(line) <= limit else f"{line[: limit - 1]}…") or "-"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _finding(posture: Posture, finding: Finding, account: AwsAccount) -> JsonObject:
    severity: JsonObject = {"Label": _label(finding), "Original": str(finding.severity)}
    types: list[JsonValue] = [_TYPE if finding.controls else _HYGIENE]
    waived: JsonObject = {"Workflow": {"Status": "SUPPRESSED"}} if finding.outcome is Outcome.WAIVED else {}
    arn = f"arn:{account.partition}:securityhub:{account.region}:{account.account}:product/{account.account}/default"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{posture.tool.name}/{finding.fingerprint}",
        "ProductArn": arn,
        "ProductName": _short(posture.tool.name, 128),
        "GeneratorId": _short(finding.check, _TEXT),
        "AwsAccountId": account.account,
        "Region": account.region,
        "Types": types,
        "CreatedAt": _time(posture.run.finished_at),
        "UpdatedAt": _time(posture.run.finished_at),
        "LastObservedAt": _time(posture.run.finished_at),
        "Severity": severity,
        "FindingProviderFields": {"Severity": severity, "Types": types},
        "Title": _short(finding.title, _TITLE),
        "Description": _short(finding.message, _DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _short(finding.remediation or f"See {finding.source}.", _TEXT)}},
        "Compliance": _compliance(finding),
        "Resources": [_resource(finding, account)],
        "ProductFields": _fields(posture, finding),
        "RecordState": "ACTIVE",
        **waived,
    }


def _label(finding: Finding) -> str:
    """What passes threatens nothing; Security Hub counts by this label."""
    threatens = finding.outcome in {Outcome.FAIL, Outcome.WAIVED, Outcome.INCONCLUSIVE}
    return _LABELS[finding.severity] if threatens else _LABELS[Severity.INFO]


def _compliance(finding: Finding) -> JsonObject:
    made: JsonObject = {"Status": _STATUSES[finding.outcome]}
    if finding.controls:
        made["RelatedRequirements"] = [f"OCPI checklist {row}" for row in finding.controls[:_REQUIREMENTS]]
    return made


def _resource(finding: Finding, account: AwsAccount) -> JsonObject:
    subject = finding.subject
    urn = subject.urn if isinstance(subject, ResourceSubject) else ""
    other = {_short(name, 128): _short(value, _FIELD) for name, value in subject.coordinates().items()}
    return {
        "Type": "Other",
        "Id": _short(urn or f"{subject.environment} {subject.kind} {subject.label()}", _TEXT),
        "Partition": account.partition,
        "Region": account.region,
        "Details": {"Other": dict[str, JsonValue](other)},
    }


def _fields(posture: Posture, finding: Finding) -> JsonObject:
    waiver, position = finding.waiver, finding.position
    said = {
        "run": posture.run.id,
        "outcome": str(finding.outcome),
        "environment": finding.environment,
        "witness": str(finding.witness),
        "source": finding.source,
        "identity": finding.identity or "",
        "field_path": finding.field_path,
        "population": str(finding.population),
        "declared_at": f"{position.file}:{position.line}" if position else "",
        "evidence_sha256": " ".join(ref.sha256 for ref in finding.evidence),
        "waived": f"{waiver.kind} by {waiver.owner} until {waiver.until}: {waiver.reason}" if waiver else "",
    }
    return {f"{posture.tool.name}/{name}": _short(text, _FIELD) for name, text in said.items() if text}
