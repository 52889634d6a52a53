"""posture.json: the record of a run. The same posture gives the same bytes."""

from datetime import UTC, datetime

import msgspec

from checks.model.finding import Finding
from reports.model.posture import ControlPosture, Posture, RunInfo, Summary
from reports.schema_version import SCHEMA_VERSION
from reports.text import storable
from reports.trend_document import trend_object
from scanner.model.ascii_json import in_ascii
from scanner.model.codec import subject_to_json
from scanner.model.json_value import JsonValue
from scanner.model.subject import Subject

JsonObject = dict[str, JsonValue]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _run(run: RunInfo) -> JsonObject:
    return {
        "id": run.id,
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "mode": run.mode,
        "config_sha256": run.config_sha256,
        "profile": run.profile,
        "environments": run.environments,
        "requests_sent": run.requests_sent,
        "left_behind": _plain(run.left_behind),
        "versions": dict(sorted(run.versions)),
        "narrowed": run.narrowed,
        "digests": dict(sorted(run.digests)),
        "redacted": dict(sorted(run.redacted)),
        "catalogue": run.catalogue,
    }


def _summary(summary: Summary) -> JsonObject:
    return {
        "controls": {str(status): count for status, count in summary.controls.items()},
        "findings": {str(outcome): count for outcome, count in summary.findings.items()},
        "score": summary.score,
        "coverage": summary.coverage,
    }


def _control(control: ControlPosture) -> JsonObject:
    return {
        "id": control.id,
        "layer": control.layer,
        "title": control.title,
        "severity": control.severity,
        "status": control.status,
        "environment": control.environment,
        "witnesses": dict(control.witnesses),
        "required": control.required,
        "missing": control.missing,
        "disagreement": control.disagreement,
        "findings": control.findings,
        "note": control.note,
        "rolled_up": control.rolled_up,
        "verify": control.verify,
        "frameworks": dict(control.frameworks),
    }


def _subject(subject: Subject) -> JsonObject:
    return {**subject_to_json(subject), "label": subject.label()}


def _plain(value: object) -> JsonValue:
    """A dataclass, or several, by the names of their fields: `asdict` copies each value, for each of thousands."""
    plain: JsonValue = msgspec.to_builtins(value)
    return plain


def finding_object(finding: Finding) -> JsonObject:
    """One finding as it stands in posture.json."""
    return {
        "fingerprint": finding.fingerprint,
        "check": finding.check,
        "title": finding.title,
        "controls": finding.controls,
        "outcome": finding.outcome,
        "severity": finding.severity,
        "environment": finding.environment,
        "witness": finding.witness,
        "subject": _subject(finding.subject),
        "message": finding.message,
        "population": _plain(finding.population),
        "evidence": _plain(finding.evidence),
        "reproduce": finding.reproduce,
        "remediation": finding.remediation,
        "source": finding.source,
        "waiver": _plain(finding.waiver),
        "field_path": finding.field_path,
        "identity": finding.identity,
        "claim": finding.claim,
        "tool": finding.tool,
        "position": _plain(finding.position),
        "path": finding.path,
    }


def whole_object(posture: Posture) -> JsonObject:
    """The posture as a JSON object, each string as it is."""
    return {
        "schema_version": SCHEMA_VERSION,
        "audience": posture.audience,
        "tool": _plain(posture.tool),
        "run": _run(posture.run),
        "summary": _summary(posture.summary),
        "controls": [_control(control) for control in posture.controls],
        "findings": [finding_object(finding) for finding in posture.findings],
        "disagreements": _plain(posture.disagreements),
        "not_looked_at": _plain(posture.not_looked_at),
        "access": _plain(posture.access),
        "trend": trend_object(posture.trend) if posture.trend else None,
        "layers": _plain(posture.layers),
    }


def document(posture: Posture) -> JsonObject:
    """The posture as a JSON object; strings that are too long or not UTF-8 are made storable."""
    return {key: storable(value) for key, value in whole_object(posture).items()}


def render_json(posture: Posture) -> bytes:
    """posture.json: UTF-8 that is all ASCII, indented, ending in a newline."""
    return msgspec.json.format(in_ascii(msgspec.json.encode(document(posture))), indent=1) + b"\n"
