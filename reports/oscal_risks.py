"""Risks of OSCAL assessment results: one for each fail of the checklist, with what to do, and with its waiver.

A risk keeps its UUID from run to run, as the finding keeps its fingerprint.
"""

from collections.abc import Iterator
from typing import Final

from checks.model.finding import AppliedWaiver, Finding
from checks.model.verdict import Outcome
from checks.model.waiver import WaiverKind
from reports.oscal import NAMESPACE, JsonObject, markup, plain, props, uuid_of
from reports.view.place import place
from scanner.model.json_value import JsonValue

_RISKY: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})
# OSCAL's types of a response; a false positive asks for none.
_RESPONSES: Final = {
    WaiverKind.ACCEPTED: "accept",
    WaiverKind.COMPENSATED: "mitigate",
    WaiverKind.FALSE_POSITIVE: "none",
}


def is_risk(finding: Finding) -> bool:
    """True for what fails on the checklist, waived or not; general hygiene decides nothing and is no risk."""
    return finding.outcome in _RISKY and bool(finding.controls)


def risk_uuid(finding: Finding) -> str:
    """The risk's UUID."""
    return uuid_of("risk", finding.fingerprint)


def party_uuid(owner: str) -> str:
    """The UUID of whoever answers for a waiver."""
    return uuid_of("party", owner)


def risk(finding: Finding, observation: str, tool: str) -> JsonObject:
    """One risk; `observation` and `tool` are the UUIDs of what showed it and of what looked."""
    made: JsonObject = {
        "uuid": risk_uuid(finding),
        "title": markup(finding.title),
        "description": markup(f"{place(finding)}: {finding.message}"),
        "statement": markup(f"{finding.title} ({finding.source})"),
        "props": props(fingerprint=finding.fingerprint, check=finding.check),
        "status": "deviation-approved" if finding.waiver else "open",
        "characterizations": [_characterization(finding, tool)],
        "related-observations": [{"observation-uuid": observation}],
    }
    responses = list(_responses(finding))
    if responses:
        made["remediations"] = responses
    if finding.waiver and (deadline := _deadline(finding.waiver)):
        made["deadline"] = deadline
    return made


def _characterization(finding: Finding, tool: str) -> JsonObject:
    return {
        "origin": {"actors": [{"type": "tool", "actor-uuid": tool}]},
        "facets": [{"name": "severity", "system": NAMESPACE, "value": str(finding.severity)}],
    }


def _responses(finding: Finding) -> Iterator[JsonValue]:
    if finding.remediation:
        yield {
            "uuid": uuid_of("recommendation", finding.fingerprint),
            "lifecycle": "recommendation",
            "title": "What to do",
            "description": markup(finding.remediation, 4_000),
        }
    if finding.waiver:
        yield _deviation(finding, finding.waiver)


def _deviation(finding: Finding, waiver: AppliedWaiver) -> JsonObject:
    kind = _RESPONSES.get(WaiverKind(waiver.kind), "accept")
    return {
        "uuid": uuid_of("waiver", finding.fingerprint, waiver.owner, waiver.until),
        "lifecycle": "completed",
        "title": markup(f"Waived by {waiver.owner} until {waiver.until}"),
        "description": markup(waiver.reason),
        "props": [
            {"name": "type", "value": kind},
            *props(waiver_kind=waiver.kind, waived_until=waiver.until, written_at=waiver.place),
        ],
        "origins": [{"actors": [{"type": "party", "actor-uuid": party_uuid(waiver.owner)}]}],
    }


def _deadline(waiver: AppliedWaiver) -> str | None:
    """The end of the waiver's last day; None where the record holds no date."""
    day = plain(waiver.until, 10)
    return f"{day}T23:59:59+00:00" if len(day) == len("2026-12-31") and day.replace("-", "").isdigit() else None
