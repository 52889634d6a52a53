"""OSCAL assessment results of a run: a result for each environment, an observation for each finding, a finding for each
row of the checklist, a risk for each fail, a resource with its hash for each artefact.

A row is `satisfied` only where it is proven to hold. Everything else is `not-satisfied`, with the reason `fail` where
it fails and `other` where it does not apply, is waived, was not looked at or could not be decided; remarks say which.
There is no assessment plan in a run: `import-ap` leads to the configuration, named by its hash.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from checks.model.finding import Finding
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, NotLookedAt, Posture
from reports.model.score import coverage_of, score_of
from reports.oscal import CATALOG_FILE, JsonObject, markup, metadata, objective, plain, props, uuid_of, written
from reports.oscal_catalog import TITLE
from reports.oscal_observations import observation, observation_uuid, resources, subjects
from reports.oscal_risks import is_risk, party_uuid, risk, risk_uuid
from scanner.model.json_value import JsonValue

_SHOWN_GAPS: Final = 200  # posture.json holds all
_PLAN: Final = "The configuration of the run"
_REASONS: Final = {ControlStatus.PASS: "pass", ControlStatus.FAIL: "fail"}


def render_oscal(posture: Posture) -> bytes:
    """The assessment results; the same posture gives the same bytes."""
    run = posture.run
    names = (*run.environments, *(c.environment for c in posture.controls), *(f.environment for f in posture.findings))
    results: list[JsonValue] = [_result(posture, environment) for environment in dict.fromkeys(names)]
    document: JsonObject = {
        "uuid": uuid_of("results", run.id),
        "metadata": {**metadata(posture, "OCPI security posture", run.id), **_parties(posture)},
        "import-ap": {"href": f"#{_plan_uuid(posture)}"},
        "results": results or [_result(posture, "")],
        "back-matter": {"resources": [_plan(posture), _catalog(posture), *resources(posture)]},
    }
    return written({"assessment-results": document})


def _parties(posture: Posture) -> JsonObject:
    owners = sorted({finding.waiver.owner for finding in posture.findings if finding.waiver})
    if not owners:
        return {}
    parties: list[JsonValue] = [
        {"uuid": party_uuid(owner), "type": "person", "name": plain(owner, 200)} for owner in owners
    ]
    return {
        "roles": [{"id": "risk-acceptor", "title": "Answers for a waiver"}],
        "parties": parties,
        "responsible-parties": [{"role-id": "risk-acceptor", "party-uuids": [party_uuid(owner) for owner in owners]}],
    }


def _result(posture: Posture, environment: str) -> JsonObject:
    run = posture.run
    findings = [finding for finding in posture.findings if finding.environment == environment]
    controls = [control for control in posture.controls if control.environment == environment]
    made: JsonObject = {
        "uuid": uuid_of("result", run.id, environment),
        "title": markup(f"Environment {environment}"),
        "description": markup(f"{run.mode}, profile {run.profile}: {len(findings)} findings, {len(controls)} controls"),
        "start": run.started_at.isoformat(),
        "end": run.finished_at.isoformat(),
        "props": _facts(posture, controls),
        "local-definitions": _definitions(posture, environment, findings),
        "reviewed-controls": _reviewed(controls),
    }
    tool = _tool_uuid(posture, environment, posture.tool.name)
    lists: dict[str, list[JsonValue]] = {
        "observations": [observation(posture, finding, tool) for finding in findings],
        "risks": [risk(f, observation_uuid(posture, f.fingerprint), tool) for f in findings if is_risk(f)],
        "findings": [_finding(posture, control, tool) for control in controls],
    }
    made.update({name: items for name, items in lists.items() if items})
    gaps = [_gap(entry) for entry in posture.not_looked_at if entry.environment == environment]
    return {**made, "remarks": _remarks(gaps)} if gaps else made


def _facts(posture: Posture, controls: Collection[ControlPosture]) -> list[JsonValue]:
    """About the run; score and coverage of what this result is about."""
    run, score, coverage = posture.run, score_of(controls), coverage_of(controls)
    return props(
        run=run.id,
        mode=str(run.mode),
        profile=run.profile,
        narrowed=run.narrowed,
        score_percent="" if score is None else str(score),
        coverage_percent="" if coverage is None else str(coverage),
        configuration_sha256=run.config_sha256,
    )


def _definitions(posture: Posture, environment: str, findings: Iterable[Finding]) -> JsonObject:
    """What was looked at, and with what: each result defines its tools anew, so that they have names of its own."""
    items = subjects(findings)
    tools = {posture.tool.name: posture.tool.version, **dict(posture.run.versions)}
    assets: JsonObject = {
        "components": [_tool(posture, environment, name, version) for name, version in tools.items()],
        "assessment-platforms": [
            {
                "uuid": uuid_of("platform", posture.run.id, environment),
                "uses-components": [{"component-uuid": _tool_uuid(posture, environment, name)} for name in tools],
            }
        ],
    }
    return {**({"inventory-items": items} if items else {}), "assessment-assets": assets}


def _tool(posture: Posture, environment: str, name: str, version: str) -> JsonObject:
    return {
        "uuid": _tool_uuid(posture, environment, name),
        "type": "software",
        "title": markup(name),
        "description": markup(f"{name} {version}"),
        "props": [{"name": "version", "value": plain(version)}],
        "status": {"state": "operational"},
    }


def _reviewed(controls: Iterable[ControlPosture]) -> JsonObject:
    """Rows that nobody judged are excluded by name: what was not looked at is not hidden."""
    judged: list[JsonValue] = []
    silent: list[JsonValue] = []
    for control in controls:
        (silent if control.status is ControlStatus.NOT_TESTED else judged).append({"control-id": control.id})
    selection: JsonObject = {"description": "Rows of the checklist that were judged; the others were not looked at."}
    if judged:
        selection["include-controls"] = judged
    else:  # there is no way to say "none" but all of them, less each
        selection["include-all"] = {}
    if silent:
        selection["exclude-controls"] = silent
    return {"control-selections": [selection]}


def _finding(posture: Posture, control: ControlPosture, tool: str) -> JsonObject:
    known = posture.finding_by_fingerprint
    made: JsonObject = {
        "uuid": uuid_of("finding", posture.run.id, control.environment, control.id),
        "title": markup(control.title),
        "description": markup(f"{control.id} in {control.environment}: {_word(control.status)}"),
        "props": props(
            status=str(control.status),
            severity=str(control.severity),
            missing=control.missing,
            disagreement=control.disagreement,
        ),
        "origins": [{"actors": [{"type": "tool", "actor-uuid": tool}]}],
        "target": _target(control),
    }
    lists: Mapping[str, list[JsonValue]] = {
        "related-observations": [{"observation-uuid": observation_uuid(posture, one)} for one in control.findings],
        "related-risks": [{"risk-uuid": risk_uuid(known[one])} for one in control.findings if is_risk(known[one])],
    }
    return {**made, **{name: items for name, items in lists.items() if items}}


def _target(control: ControlPosture) -> JsonObject:
    said = f"{_word(control.status)}{': ' if control.note else ''}{control.note}"
    target: JsonObject = {
        "type": "objective-id",
        "target-id": objective(control.id),
        "status": {
            "state": "satisfied" if control.status is ControlStatus.PASS else "not-satisfied",
            "reason": _REASONS.get(control.status, "other"),
            "remarks": markup(said, 4_000),
        },
    }
    if control.status is ControlStatus.NOT_APPLICABLE:
        target["implementation-status"] = {"state": "not-applicable"}
    return target


def _gap(entry: NotLookedAt) -> str:
    return f"{entry.witness}, {entry.fact}: {entry.reason}: {entry.detail} ({entry.count})"


def _remarks(gaps: list[str]) -> str:
    lines = [f"- {markup(gap, 400)}" for gap in gaps[:_SHOWN_GAPS]]
    more = [f"- and {len(gaps) - _SHOWN_GAPS} more in posture.json"] if len(gaps) > _SHOWN_GAPS else []
    return "\n".join(("Not looked at:", "", *lines, *more))


def _plan(posture: Posture) -> JsonObject:
    return {
        "uuid": _plan_uuid(posture),
        "title": _PLAN,
        "description": "What was to be looked at, and how far; it lies redacted among the evidence of the run.",
        "props": props(sha256=posture.run.config_sha256),
    }


def _catalog(posture: Posture) -> JsonObject:
    return {
        "uuid": uuid_of("catalog-resource", posture.run.id),
        "title": TITLE,
        "description": "The rows that findings point to, as `ocpi-posture report --format oscal-catalog` writes them.",
        "rlinks": [{"href": CATALOG_FILE}],
    }


def _word(status: ControlStatus) -> str:
    return status.replace("_", " ")


def _plan_uuid(posture: Posture) -> str:
    return uuid_of("plan", posture.run.config_sha256)


def _tool_uuid(posture: Posture, environment: str, name: str) -> str:
    return uuid_of("tool", posture.run.id, environment, name)
