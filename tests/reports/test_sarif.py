"""SARIF as its consumers read it."""

import json

from sarif_pydantic import Sarif

from checks.model.verdict import Outcome
from reports.sarif import render_sarif
from scanner.model.severity import Severity
from scanner.model.tool_verdict import SourcePosition
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic, resource


def run_of(posture):
    content = render_sarif(posture)
    Sarif.model_validate_json(content)
    (run,) = json.loads(content)["runs"]
    return run


def result_of(*given):
    (result,) = run_of(posture_of(*given))["results"]
    return result


def test_every_finding_is_a_result_of_a_rule():
    posture = realistic()
    run = run_of(posture)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(posture.findings)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert len(set(rules)) == len(rules)


def test_a_fail_points_at_the_line_that_declares_the_resource():
    position = SourcePosition(file="stacks/ocpi stack.py", line=42)
    where = result_of(finding("c", Outcome.FAIL, subject=resource("aws:s3/bucket:Bucket", "b"), position=position))
    (location,) = where["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "stacks/ocpi%20stack.py", "uriBaseId": "PROJECT"},
        "region": {"startLine": 42},
    }
    assert (where["kind"], where["level"]) == ("fail", "error")


def test_a_finding_without_a_line_points_at_the_record_and_names_its_subject():
    (location,) = result_of(finding("c", Outcome.FAIL))["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "posture.json"
    assert "ocpi.example" in location["logicalLocations"][0]["fullyQualifiedName"]


def test_only_a_fail_has_a_level():
    levels = {one["kind"]: one["level"] for one in run_of(realistic())["results"] if one["kind"] != "fail"}
    assert set(levels.values()) == {"none"}
    assert {"pass", "open"} <= set(levels)


def test_a_waived_fail_stays_and_is_suppressed_with_its_reason():
    waived = result_of(finding("c", Outcome.WAIVED))
    (suppression,) = waived["suppressions"]
    assert waived["kind"] == "fail"
    assert "Ada Lindgren" in suppression["justification"]
    assert "2026-05-31" in suppression["justification"]


def test_severities_are_told_as_code_scanning_sorts_them():
    runs = [run_of(posture_of(finding("c", Outcome.FAIL, severity=one))) for one in Severity]
    rules = [run["tool"]["driver"]["rules"][0] for run in runs]
    numbers = [float(rule["properties"]["security-severity"]) for rule in rules]
    assert numbers == sorted(numbers)


def test_the_fingerprint_is_the_findings_own():
    declared = finding("c", Outcome.FAIL, position=SourcePosition(file="stack.py", line=1))
    assert result_of(declared)["partialFingerprints"] == {"ocpiPosture/v1": declared.fingerprint}


def test_without_a_line_the_fingerprint_is_also_the_one_that_code_scanning_reads():
    one = finding("c", Outcome.FAIL)
    own = {"ocpiPosture/v1": one.fingerprint, "primaryLocationLineHash": f"{one.fingerprint}:1"}
    assert result_of(one)["partialFingerprints"] == own


def test_hostile_text_is_told_and_breaks_nothing():
    findings = [finding(f"c{number}", Outcome.FAIL, message=text) for number, text in enumerate(STRINGS)]
    assert len(run_of(posture_of(*findings))["results"]) == len(STRINGS)


def test_the_same_posture_gives_the_same_bytes():
    assert render_sarif(realistic(100)) == render_sarif(realistic(100))


def test_a_rule_leads_to_the_catalogue_where_one_is_published():
    rules = run_of(posture_of(finding("c", Outcome.FAIL), catalogue="https://x.example/c"))["tool"]["driver"]["rules"]
    assert [rule["helpUri"] for rule in rules] == ["https://x.example/c#c"]
    assert "helpUri" not in run_of(posture_of(finding("c", Outcome.FAIL)))["tool"]["driver"]["rules"][0]
