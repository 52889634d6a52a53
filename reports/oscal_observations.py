"""What OSCAL assessment results rest on: observations, what they are about, and the artefacts behind them."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from checks.model.finding import Finding
from reports.model.posture import Posture
from reports.oscal import JsonObject, markup, props, uuid_of
from reports.oscal_catalog import methods
from reports.oscal_risks import is_risk
from reports.view.proof import artefacts
from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.model.subject import Subject


def observation(posture: Posture, finding: Finding, tool: str) -> JsonObject:
    """One finding as it was seen; `tool` is the UUID of what looked."""
    made: JsonObject = {
        "uuid": observation_uuid(posture, finding.fingerprint),
        "title": markup(finding.title),
        "description": markup(finding.message),
        "props": props(
            outcome=str(finding.outcome),
            severity=str(finding.severity),
            check=finding.check,
            fingerprint=finding.fingerprint,
            witness=str(finding.witness),
            population=str(finding.population),
            identity=finding.identity or "",
            field_path=finding.field_path,
            source=finding.source,
            tool=finding.tool or "",
            declared_at=f"{finding.position.file}:{finding.position.line}" if finding.position else "",
        ),
        "methods": list(methods([finding.witness])),
        "types": ["finding" if is_risk(finding) else "control-objective"],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": tool}]}],
        "subjects": [{"subject-uuid": _subject_uuid(finding.subject), "type": "inventory-item"}],
        "collected": posture.run.finished_at.isoformat(),
    }
    proof: list[JsonValue] = [_relevant(ref) for ref in finding.evidence]
    return {**made, "relevant-evidence": proof} if proof else made


def _relevant(ref: EvidenceRef) -> JsonObject:
    return {
        "href": f"#{_evidence_uuid(ref)}",
        "description": markup(ref.title or ref.id),
        "props": props(sha256=ref.sha256),
    }


def subjects(findings: Iterable[Finding]) -> list[JsonValue]:
    """Everything that was looked at, each once."""
    known = sorted({finding.subject for finding in findings}, key=lambda s: (s.kind, s.label(), str(s)))
    return [_item(subject) for subject in known]


def _item(subject: Subject) -> JsonObject:
    return {
        "uuid": _subject_uuid(subject),
        "description": markup(subject.label()),
        "props": props(**{f"subject_{name}": value for name, value in subject.coordinates().items()}),
    }


def resources(posture: Posture) -> Iterator[JsonValue]:
    """Each artefact once; without a path (a partner's edition) there is nothing to follow, and the hash remains."""
    for each in artefacts(posture):
        ref = each.ref
        resource: JsonObject = {
            "uuid": _evidence_uuid(ref),
            "title": markup(ref.title or ref.id),
            "props": props(sha256=ref.sha256),
        }
        if ref.path:
            link: JsonObject = {"href": quote(ref.path), "hashes": [{"algorithm": "SHA-256", "value": ref.sha256}]}
            resource["rlinks"] = [link]
        yield resource


def observation_uuid(posture: Posture, fingerprint: str) -> str:
    """The UUID of the observation that a finding is."""
    return uuid_of("observation", posture.run.id, fingerprint)


def _subject_uuid(subject: Subject) -> str:
    return uuid_of("subject", *(f"{name}={value}" for name, value in subject.coordinates().items()))


def _evidence_uuid(ref: EvidenceRef) -> str:
    return uuid_of("evidence", ref.sha256, ref.path, ref.title)
