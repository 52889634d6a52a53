"""OCSF 1.5.0 (Open Cybersecurity Schema Framework): a Compliance Finding (class 2003) for each finding, one a line.

What `status_id` of the compliance object says: pass, fail, or warning where no answer was reached; what does not apply
or was not tested is `Other`, named in `status`. A waived fail stays a fail, and its event is suppressed.
"""

from datetime import datetime
from typing import Final

import msgspec

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from reports.text import one_line, storable, visible
from scanner.model.json_value import JsonValue
from scanner.model.severity import Severity
from scanner.model.subject import ResourceSubject

JsonObject = dict[str, JsonValue]

OCSF_VERSION: Final = "1.5.0"
STANDARD: Final = "OCPI security checklist"
_SEVERITIES: Final = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_COMPLIANCE: Final = {
    Outcome.PASS: (1, "Pass"),
    Outcome.INCONCLUSIVE: (2, "Warning"),
    Outcome.FAIL: (3, "Fail"),
    Outcome.WAIVED: (3, "Fail"),
    Outcome.NOT_APPLICABLE: (99, "not_applicable"),
    Outcome.NOT_TESTED: (99, "not_tested"),
}


def render_ocsf(posture: Posture) -> bytes:
    """The events, a JSON object a line; the same posture gives the same bytes."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(storable(_event(posture, finding))) + b"\n" for finding in posture.findings)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _event(posture: Posture, finding: Finding) -> JsonObject:
    severity_id, severity = _SEVERITIES[finding.severity]
    waived = finding.outcome is Outcome.WAIVED
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": _milliseconds(posture.run.finished_at),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 3 if waived else 1,
        "status": "Suppressed" if waived else "New",
        "message": visible(finding.message),
        "metadata": _metadata(posture, finding),
        "finding_info": _info(posture, finding),
        "compliance": _compliance(finding),
        "resources": [_resource(finding)],
        **({"comment": _comment(finding)} if waived else {}),
        **({"remediation": _remediation(finding)} if finding.remediation else {}),
        "unmapped": _unmapped(finding),
    }


def _metadata(posture: Posture, finding: Finding) -> JsonObject:
    product: JsonObject = {
        "name": posture.tool.name,
        "vendor_name": posture.tool.name,
        "version": posture.tool.version,
    }
    return {
        "version": OCSF_VERSION,
        "product": product,
        "event_code": finding.check,
        "uid": f"{posture.run.id}/{finding.fingerprint}",
        "correlation_uid": posture.run.id,
    }


def _info(posture: Posture, finding: Finding) -> JsonObject:
    return {
        "uid": finding.fingerprint,
        "title": one_line(finding.title),
        "desc": visible(finding.message),
        "created_time": _milliseconds(posture.run.finished_at),
        "types": [str(finding.witness)],
        "data_sources": [finding.tool or posture.tool.name],
        "analytic": {"uid": finding.check, "name": one_line(finding.title), "type_id": 1, "type": "Rule"},
    }


def _compliance(finding: Finding) -> JsonObject:
    """Rows of our checklist are the requirements; a verdict that belongs to none is told by its tool's own rules."""
    status_id, status = _COMPLIANCE[finding.outcome]
    standard = STANDARD if finding.controls else finding.tool or finding.check
    return {
        "standards": [standard],
        "requirements": list(finding.controls),
        "control": finding.check,
        "desc": one_line(f"{finding.title} ({finding.source})"),
        "status_id": status_id,
        "status": status,
    }


def _resource(finding: Finding) -> JsonObject:
    subject = finding.subject
    return {
        "uid": subject.urn if isinstance(subject, ResourceSubject) else one_line(f"{subject.kind} {subject.label()}"),
        "name": one_line(subject.label()),
        "type": subject.kind,
        "namespace": subject.environment,
        "data": dict(subject.coordinates()),
    }


def _comment(finding: Finding) -> str:
    waiver = finding.waiver
    return visible(f"{waiver.kind} by {waiver.owner} until {waiver.until}: {waiver.reason}") if waiver else ""


def _remediation(finding: Finding) -> JsonObject:
    return {"desc": visible(finding.remediation), "references": [one_line(finding.source)]}


def _unmapped(finding: Finding) -> JsonObject:
    """What OCSF has no word for."""
    position = finding.position
    return {
        "outcome": str(finding.outcome),
        "environment": finding.environment,
        "witness": str(finding.witness),
        "population": str(finding.population),
        "evidence_sha256": [ref.sha256 for ref in finding.evidence],
        **({"identity": finding.identity} if finding.identity else {}),
        **({"field_path": finding.field_path} if finding.field_path else {}),
        **({"declared_at": f"{position.file}:{position.line}"} if position else {}),
    }
