"""Alarms count what the service really writes, and lead somebody to a page that is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.authoriser.certificate_end import certificate_end
from tests.infra.authoriser.requests import gateway_event
from tests.infra.filter_patterns import matches
from tests.infra.recorded_program import PROJECT, Recorded
from tests.infra.service.examples import cdr, session, tariff
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a, nobody
from tests.targets.reference_service import RunningService, running_service

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"


def _pattern(stack: Recorded, name: str) -> str:
    return str(stack.inputs(FILTER, name)["pattern"])


def _counted(stack: Recorded, name: str, service: RunningService) -> int:
    return sum(matches(_pattern(stack, name), event) for event in service.events)


@pytest.fixture
def fresh():
    with running_service() as running:
        yield running


ABUSE: dict[str, Callable[[RunningService], object]] = {
    "cdr-volume": lambda on: cpo_c(on).post(f"{EMSP}/cdrs", cdr()),
    "cdr-refusals": lambda on: cpo_c(on).post(f"{EMSP}/cdrs", cdr(country_code="NL", party_id="XXX")),
    "tariff-changes": lambda on: cpo_c(on).put(f"{EMSP}/tariffs/BE/GRN/T-NEW", tariff()),
    "session-changes": lambda on: cpo_c(on).put(f"{EMSP}/sessions/BE/GRN/{session()['id']}", session()),
    "credentials-changes": lambda on: emsp_a(on).delete("/ocpi/2.2.1/credentials"),
    "unknown-routes": lambda on: emsp_a(on).get(f"{CPO}/no-such-module"),
}


@pytest.mark.parametrize("name", ABUSE)
def test_the_filter_counts_the_line_that_abuse_leaves_and_no_line_of_daily_work(stack: Recorded, name, fresh):
    ABUSE[name](fresh)
    assert _counted(stack, name, fresh) == 1, list(fresh.events)


@pytest.fixture(scope="module")
def daily_work():
    with running_service() as running:
        for path in ("/ocpi/versions", "/ocpi/2.2.1", f"{CPO}/locations", f"{CPO}/tariffs"):
            assert emsp_a(running).get(path).status == 200
        yield running


@pytest.mark.parametrize("name", [*ABUSE, "commands"])
def test_reading_counts_for_no_alarm(stack: Recorded, name, daily_work):
    assert len(daily_work.events) >= 8
    assert _counted(stack, name, daily_work) == 0


def test_commands_are_counted_by_the_event_that_the_service_writes(stack: Recorded):
    source = (PROJECT / "infra" / "service" / "modules" / "commands.py").read_text(encoding="utf-8")
    assert re.search(r'record\(\s*"command"', source)
    assert matches(_pattern(stack, "commands"), {"event": "command"})


def test_refused_records_are_counted_by_the_event_that_tests_of_the_quarantine_look_at(stack: Recorded):
    for outcome, counted, other in (
        ("kept", "records-refused", "quarantine-lost"),
        ("lost", "quarantine-lost", "records-refused"),
    ):
        event = {"event": "quarantine", "outcome": outcome, "module": "cdrs"}
        assert matches(_pattern(stack, counted), event)
        assert not matches(_pattern(stack, other), event)


def test_refusals_at_the_gateway_are_counted_by_status(stack: Recorded):
    for status, name in (("401", "authentication-failures"), ("429", "throttled"), ("503", "server-errors")):
        assert matches(_pattern(stack, name), {"status": status})
        assert not matches(_pattern(stack, name), {"status": "200"})


@pytest.mark.parametrize("error, counted", [
    ("BAD_REQUEST_BODY", True), ("BAD_REQUEST_PARAMETERS", True), ("ACCESS_DENIED", False), ("-", False),
])  # fmt: skip
def test_bodies_that_the_gateway_refuses_are_counted_for_all_and_for_each_partner(stack: Recorded, error, counted):
    line = {"error": error, "partner": "example-emsp", "status": "400"}
    for name in ("bodies-refused", "bodies-refused-by-partner"):
        assert matches(_pattern(stack, name), line) is counted


def test_each_partner_has_an_alarm_on_its_own_share_of_refused_bodies(stack: Recorded):
    (metric,) = [stack.inputs(FILTER, "bodies-refused-by-partner")["metricTransformation"]]
    assert metric["dimensions"] == {"partner": "$.partner"}
    assert "defaultValue" not in metric, "CloudWatch takes none beside dimensions"
    form = json.loads(stack.inputs("aws:apigateway/stage:Stage")["accessLogSettings"]["format"])
    assert (form["error"], form["partner"]) == ("$context.error.responseType", "$context.authorizer.principalId")
    assert not re.search(r"validationErrorString", json.dumps(form)), "it repeats what was in the body"
    alarms = [stack.inputs(ALARM, f"bodies-refused-{name}") for name in ("example-emsp", "example-cpo")]
    assert [one["dimensions"] for one in alarms] == [{"partner": "example-emsp"}, {"partner": "example-cpo"}]
    assert {(one["metricName"], one["threshold"], one["statistic"]) for one in alarms} == {(metric["name"], 20, "Sum")}


def test_the_end_of_a_partners_certificate_is_seen_in_what_the_authoriser_writes(outcomes, stack: Recorded):
    mutual = outcomes["test, mutual TLS"]
    line = certificate_end(gateway_event("token"), "example-emsp", datetime(2032, 8, 1, tzinfo=UTC))
    assert line is not None
    found = mutual.inputs(FILTER, "certificate-days-by-partner")
    assert matches(found["pattern"], line)
    assert found["logGroupName"] == "/ocpi/test/authoriser"
    metric = found["metricTransformation"]
    assert (line[metric["value"].removeprefix("$.")], metric["dimensions"]) == (4, {"partner": "$.partner"})
    alarm = mutual.inputs(ALARM, "certificate-ends-example-emsp")
    assert (alarm["metricName"], alarm["dimensions"]) == (metric["name"], {"partner": "example-emsp"})
    assert (alarm["threshold"], alarm["statistic"], alarm["comparisonOperator"], alarm["treatMissingData"]) == (
        30, "Minimum", "LessThanOrEqualToThreshold", "notBreaching",
    )  # fmt: skip
    assert not [one for one in stack.all(ALARM) if one["name"].startswith("certificate-ends")], "nobody shows one"


def test_a_partner_that_is_silent_for_a_day_rings_in_production_only(stack, production, fresh):
    emsp_a(fresh).get("/ocpi/versions")
    pattern = _pattern(production, "silent-example-emsp").replace("example-emsp", "emsp-a")
    assert sum(matches(pattern, event) for event in fresh.events) == 1
    nobody(fresh).get("/ocpi/versions")
    assert sum(matches(pattern, event) for event in fresh.events) == 1
    found = production.inputs(ALARM, "silent-example-emsp")
    assert (found["period"], found["comparisonOperator"], found["threshold"], found["treatMissingData"]) == (
        86400, "LessThanThreshold", 1, "breaching",
    )  # fmt: skip
    assert not [alarm for alarm in stack.all(ALARM) if alarm["name"].startswith("silent-")]


@pytest.mark.parametrize("kind", ["org", "test", "prod", "audit", "test, mutual TLS"])
def test_every_alarm_has_an_owner_a_first_step_and_a_runbook_with_a_drill(outcomes, kind):
    alarms = outcomes[kind].all(ALARM)
    assert alarms
    for alarm in alarms:
        said = re.fullmatch(r"Owner: (.+?)\. First: (.+)\. Runbook: (docs/runbooks/[a-z-]+\.md)",
                            alarm["inputs"]["alarmDescription"])  # fmt: skip
        assert said, alarm["name"]
        page = (PROJECT / said[3]).read_text(encoding="utf-8")
        assert "**Drill**" in page, said[3]


@pytest.mark.parametrize("kind", ["org", "test", "prod", "audit", "test, mutual TLS"])
def test_a_runbook_names_the_alarms_that_lead_to_it(outcomes, kind):
    for alarm in outcomes[kind].all(ALARM):
        page = PROJECT / alarm["inputs"]["alarmDescription"].rpartition("Runbook: ")[2]
        name = re.sub(r"^(silent|scan-overdue|bodies-refused|certificate-ends)-.*", r"\1-", alarm["name"])
        assert f"`{name}" in page.read_text(encoding="utf-8"), alarm["name"]


def test_what_the_organisation_watches_is_seen_in_records_of_its_trail(organization: Recorded):
    root = {"eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn", "userIdentity": {"type": "Root"}}
    cases: dict[str, dict[str, Any]] = {
        "root-used": root,
        "break-glass-used": {
            "eventName": "AssumeRole",
            "requestParameters": {"roleArn": "arn:aws:iam::210987654321:role/ocpi-prod-break-glass"},
        },
        "detectors-changed": {"eventName": "StopLogging"},
        "guard-rails-changed": {"eventName": "DetachPolicy"},
        "sign-in-without-mfa": {
            "eventName": "ConsoleLogin",
            "userIdentity": {"type": "IAMUser"},
            "responseElements": {"ConsoleLogin": "Success"},
            "additionalEventData": {"MFAUsed": "No"},
        },
    }
    for name, record in cases.items():
        assert matches(_pattern(organization, name), record), name
        assert not matches(_pattern(organization, name), {"eventName": "DescribeTrails", "userIdentity": {}}), name
    by_aws = json.loads(json.dumps(root)) | {"userIdentity": {"type": "Root", "invokedBy": "cloudtrail.amazonaws.com"}}
    assert not matches(_pattern(organization, "root-used"), by_aws)
    arn = "arn:aws:iam::210987654321:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ocpi-prod-break-glass_0a1b2c"
    by_center = {"eventName": "AssumeRoleWithSAML", "requestParameters": {"roleArn": arn}}
    assert matches(_pattern(organization, "break-glass-used"), by_center)
    assert cases.keys() == {alarm["name"] for alarm in organization.all(ALARM)}
