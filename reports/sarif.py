"""SARIF 2.1.0 (OASIS): what was found, for code scanning of a repository; one run, a rule for each check.

A finding on a declared resource points at the line that declares it. One on a live endpoint has no line anywhere: it
points at the run's record. Each message names its subject, because many viewers show no logical locations.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture, RunInfo
from reports.text import one_line, storable, visible
from reports.view.place import in_environment, place
from scanner.model.json_value import JsonValue
from scanner.model.severity import Severity

JsonObject = dict[str, JsonValue]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RECORD: Final = "posture.json"
_FINGERPRINT: Final = "ocpiPosture/v1"
_GITHUB: Final = "primaryLocationLineHash"
_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub reads a CVSS-like number: over 9 critical, from 7 high, from 4 medium, below it low.
_SECURITY_SEVERITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.INFO: "0.5",
}
_KINDS: Final = {
    Outcome.FAIL: "fail",
    Outcome.WAIVED: "fail",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "notApplicable",
    Outcome.INCONCLUSIVE: "open",
    Outcome.NOT_TESTED: "open",
}


def render_sarif(posture: Posture) -> bytes:
    """The log; the same posture gives the same bytes."""
    rules = _rules(posture)
    numbers = {rule: number for number, rule in enumerate(rules)}
    run: JsonObject = {
        "tool": {"driver": _driver(posture, list(rules.values()))},
        "automationDetails": {"id": f"{posture.tool.name}/{posture.run.id}"},
        "invocations": [_invocation(posture)],
        "originalUriBaseIds": {"PROJECT": {"description": {"text": "the folder of the Pulumi project"}}},
        "columnKind": "unicodeCodePoints",
        "properties": {"audience": str(posture.audience)},
        "results": [_result(finding, posture, numbers) for finding in posture.findings],
    }
    return _bytes({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _bytes(log: JsonObject) -> bytes:
    return msgspec.json.format(msgspec.json.encode(storable(log)), indent=1) + b"\n"


def _driver(posture: Posture, rules: list[JsonValue]) -> JsonObject:
    return {"name": posture.tool.name, "version": posture.tool.version, "rules": rules}


def _invocation(posture: Posture) -> JsonObject:
    return {
        "executionSuccessful": True,
        "startTimeUtc": posture.run.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endTimeUtc": posture.run.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _rules(posture: Posture) -> Mapping[str, JsonValue]:
    """By check, in the order of their first finding."""
    rules: dict[str, JsonValue] = {}
    for finding in posture.findings:
        if finding.check not in rules:
            rules[finding.check] = {**_rule(finding), **_described(posture.run, finding.check)}
    return rules


def _described(run: RunInfo, check: str) -> JsonObject:
    return {"helpUri": run.described(check)} if run.catalogue else {}


def _rule(finding: Finding) -> JsonObject:
    help_text = finding.remediation or f"See {finding.source}."
    return {
        "id": finding.check,
        "shortDescription": {"text": one_line(finding.title)},
        "fullDescription": {"text": one_line(f"{finding.title} ({finding.source})")},
        "help": {"text": visible(help_text), "markdown": _help(finding, help_text)},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "security-severity": _SECURITY_SEVERITY[finding.severity],
            "tags": ["security", *finding.controls],
            "problem.severity": _LEVELS[finding.severity].replace("note", "recommendation"),
        },
    }


def _help(finding: Finding, text: str) -> str:
    rows = f"\n\nChecklist: {', '.join(finding.controls)}" if finding.controls else ""
    return f"**What to do.** {visible(text)}\n\nSource: {one_line(finding.source)}{rows}"


def _result(finding: Finding, posture: Posture, numbers: Mapping[str, int]) -> JsonObject:
    kind = _KINDS[finding.outcome]
    where = f"{place(finding)}{in_environment(posture, finding.environment)}"
    return {
        "ruleId": finding.check,
        "ruleIndex": numbers[finding.check],
        "kind": kind,
        "level": _LEVELS[finding.severity] if kind == "fail" else "none",
        "message": {"text": f"{where}: {visible(finding.message)}"},
        "locations": [_location(finding)],
        "partialFingerprints": _fingerprints(finding),
        **_suppressions(finding),
        "properties": {
            "outcome": str(finding.outcome),
            "severity": str(finding.severity),
            "environment": finding.environment,
            "witness": str(finding.witness),
            "identity": finding.identity or "",
            "evidence": [f"sha256:{ref.sha256}" for ref in finding.evidence],
        },
    }


def _fingerprints(finding: Finding) -> JsonObject:
    """GitHub works its own out from the line of a file; where there is none, ours tells several subjects apart."""
    own: JsonObject = {_FINGERPRINT: finding.fingerprint}
    return own if finding.position else {**own, _GITHUB: f"{finding.fingerprint}:1"}


def _location(finding: Finding) -> JsonObject:
    subject: JsonObject = {"fullyQualifiedName": one_line(finding.subject.label()), "kind": "resource"}
    return {"physicalLocation": _physical(finding), "logicalLocations": [subject]}


def _physical(finding: Finding) -> JsonObject:
    if finding.position is None:
        return {"artifactLocation": {"uri": _RECORD}, "region": {"startLine": 1}}
    where: JsonObject = {"uri": quote(finding.position.file)}
    if not finding.position.file.startswith("/"):
        where["uriBaseId"] = "PROJECT"
    return {"artifactLocation": where, "region": {"startLine": max(finding.position.line, 1)}}


def _suppressions(finding: Finding) -> JsonObject:
    if finding.waiver is None:
        return {}
    said = f"{finding.waiver.kind} by {finding.waiver.owner} until {finding.waiver.until}: {finding.waiver.reason}"
    return {"suppressions": [{"kind": "external", "status": "accepted", "justification": visible(said)}]}
