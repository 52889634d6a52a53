"""OCSF as py-ocsf-models reads it."""

import json

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from checks.model.verdict import Outcome
from reports.ocsf import render_ocsf
from scanner.model.severity import Severity
from scanner.model.tool_verdict import SourcePosition
from tests.reports.hostile import ENDLESS, STRINGS
from tests.reports.sample_posture import BEGAN, ENDED, finding, posture_of, realistic, resource


def events_of(posture):
    lines = render_ocsf(posture).splitlines()
    assert all(ComplianceFinding.model_validate_json(line) for line in lines)
    return [json.loads(line) for line in lines]


def event_of(*given):
    (event,) = events_of(posture_of(*given))
    return event


def test_every_finding_is_an_event_on_a_line_of_its_own():
    posture = realistic(100)
    events = events_of(posture)
    assert [event["finding_info"]["uid"] for event in events] == [one.fingerprint for one in posture.findings]
    assert {event["type_uid"] for event in events} == {200301}


def test_outcomes_are_told_in_its_words_and_only_a_pass_is_a_pass():
    said = {outcome: event_of(finding("c", outcome))["compliance"]["status"] for outcome in Outcome}
    assert said == {
        Outcome.PASS: "Pass",
        Outcome.FAIL: "Fail",
        Outcome.WAIVED: "Fail",
        Outcome.INCONCLUSIVE: "Warning",
        Outcome.NOT_APPLICABLE: "not_applicable",
        Outcome.NOT_TESTED: "not_tested",
    }


def test_a_waived_fail_is_suppressed_with_its_reason():
    event = event_of(finding("c", Outcome.WAIVED))
    assert (event["status_id"], event["status"]) == (3, "Suppressed")
    assert "Ada Lindgren" in event["comment"]


def test_severities_rise_with_ours():
    assert [event_of(finding("c", Outcome.FAIL, severity=one))["severity_id"] for one in Severity] == [1, 2, 3, 4, 5]


def test_it_says_when_what_rows_which_resource_and_what_proof():
    one = finding(
        "c",
        Outcome.FAIL,
        "OCPI-NET-04",
        subject=resource("aws:s3/bucket:Bucket", "b"),
        position=SourcePosition(file="infra/b.py", line=4),
    )
    event = event_of(one)
    assert event["time"] == int(ENDED.timestamp() * 1000) > int(BEGAN.timestamp() * 1000)
    assert event["compliance"]["requirements"] == ["OCPI-NET-04"]
    assert event["resources"][0]["uid"] == "urn:pulumi:test::ocpi::aws:s3/bucket:Bucket::b"
    assert event["unmapped"]["evidence_sha256"] == [one.evidence[0].sha256]
    assert event["unmapped"]["declared_at"] == "infra/b.py:4"


def test_a_rule_outside_of_the_checklist_is_told_under_its_tools_name():
    compliance = event_of(finding("CKV_AWS_18", Outcome.FAIL, tool="checkov"))["compliance"]
    assert (compliance["standards"], compliance["requirements"]) == (["checkov"], [])


def test_hostile_and_endless_text_stays_on_its_line_and_is_cut():
    findings = [finding(f"c{number}", Outcome.FAIL, message=text) for number, text in enumerate((*STRINGS, ENDLESS))]
    assert len(events_of(posture_of(*findings))) == len(findings)
    assert len(render_ocsf(posture_of(*findings))) < 200_000


def test_the_same_posture_gives_the_same_bytes():
    assert render_ocsf(realistic(100)) == render_ocsf(realistic(100))
