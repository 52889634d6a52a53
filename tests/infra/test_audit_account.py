"""The audit account as a reviewer would want it: evidence that stays, a scanner that only looks, silence that rings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.recorded_program import Recorded

ROLE = "aws:iam/role:Role"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCHEDULE = "aws:scheduler/schedule:Schedule"


def _statements(recorded: Recorded, name: str) -> list[dict[str, Any]]:
    document = json.loads(recorded.inputs("aws:iam/rolePolicy:RolePolicy", name)["policy"])
    return list(document["Statement"])


def test_evidence_is_locked_under_a_key_of_its_own(audit: Recorded):
    lock = audit.inputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 1100}
    assert audit.one("aws:s3/bucket:Bucket")["protect"]
    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    (rule,) = audit.inputs(kind)["rules"]
    assert "evidence" in rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]
    document = json.loads(audit.inputs("aws:s3/bucketPolicy:BucketPolicy")["policy"])
    assert {one["Effect"] for one in document["Statement"]} == {"Deny"}


@pytest.mark.parametrize("environment", ["test", "prod"])
def test_a_scan_may_look_at_its_own_environment_and_keep_its_own_evidence(audit: Recorded, environment):
    by_sid = {one["Sid"]: one for one in _statements(audit, f"scan-{environment}")}
    other = {"test": "prod", "prod": "test"}[environment]
    assert f"ocpi-{environment}-posture" in by_sid["LookAtTheAccount"]["Resource"][0]
    assert by_sid["Evidence"]["Resource"][0].endswith(f"/{environment}/*")
    assert f"secret:ocpi/{environment}/partners/posture-scanner-??????" in by_sid["OwnToken"]["Resource"][0]
    text = json.dumps(by_sid)
    assert f"/{other}/" not in text
    assert f"-{other}-" not in text
    assert "*" not in {action for one in by_sid.values() for action in one["Action"]}
    assert not [one for one in by_sid.values() if one["Resource"] == ["*"]]
    assert not any("Delete" in action for one in by_sid.values() for action in one["Action"])


def test_the_container_runs_without_rights_on_its_host(audit: Recorded):
    for task in audit.all("aws:ecs/taskDefinition:TaskDefinition"):
        (container,) = json.loads(task["inputs"]["containerDefinitions"])
        assert "@sha256:" in container["image"]
        assert container["readonlyRootFilesystem"] is True
        assert container["user"] == "10001:10001"
        assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
        assert task["inputs"]["taskRoleArn"] != task["inputs"]["executionRoleArn"]


def test_scans_begin_every_week_at_the_go_live_and_after_deployments(audit: Recorded):
    schedules = {one["name"]: one["inputs"] for one in audit.all(SCHEDULE)}
    assert {name: one["scheduleExpression"] for name, one in schedules.items()} == {
        "prod-go-live": "at(2027-02-01T08:00:00)",
        "prod-weekly": "cron(0 5 ? * MON *)",
        "test-weekly": "cron(0 5 ? * MON *)",
    }
    for one in schedules.values():
        network = one["target"]["ecsParameters"]["networkConfiguration"]
        assert network["assignPublicIp"] is False
        assert one["target"]["deadLetterConfig"]
    rules = {
        one["name"]: json.loads(one["inputs"]["eventPattern"])
        for one in audit.all("aws:cloudwatch/eventRule:EventRule") if "eventPattern" in one["inputs"]
    }  # fmt: skip
    assert rules["deployed-prod"]["account"] == ["210987654321"]
    assert rules["deployed-prod"]["detail"] == {"name": ["/ocpi/prod/deployment"]}


def test_the_bus_takes_events_of_the_scanned_accounts_only(audit: Recorded):
    document = json.loads(audit.inputs("aws:cloudwatch/eventBusPolicy:EventBusPolicy")["policy"])
    senders = {one["Principal"]["AWS"] for one in document["Statement"]}
    assert senders == {"arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:root"}
    assert all(one["Condition"] == {"StringEquals": {"events:source": "aws.ssm"}} for one in document["Statement"])


def test_a_deployment_says_so_to_the_bus_that_listens(audit: Recorded, production: Recorded):
    target = production.inputs("aws:cloudwatch/eventTarget:EventTarget", "deployment")
    bus = audit.inputs("aws:cloudwatch/eventBus:EventBus")["name"]
    assert target["arn"] == f"arn:aws:events:eu-central-1:456789012345:event-bus/{bus}"
    pattern = json.loads(production.inputs("aws:cloudwatch/eventRule:EventRule", "deployment")["eventPattern"])
    assert pattern["detail"]["name"] == [production.inputs("aws:ssm/parameter:Parameter", "deployment")["name"]]


def test_silence_of_the_scanner_is_an_alarm(audit: Recorded):
    for environment in ("test", "prod"):
        alarm = audit.inputs(ALARM, f"scan-overdue-{environment}")
        assert (alarm["treatMissingData"], alarm["threshold"]) == ("breaching", 192)
        found = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", f"scan-overdue-{environment}")
        assert found["metricTransformation"]["value"] == "$.hours"
        assert found["metricTransformation"]["name"] == alarm["metricName"]
        assert found["pattern"] == f'{{ $.event = "evidence_age" && $.environment = "{environment}" }}'


def test_a_certificate_of_the_scanner_that_ends_soon_is_an_alarm_until_a_scan_says_otherwise(audit: Recorded):
    group = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "scan-failed")["logGroupName"]
    for environment in ("test", "prod"):
        alarm = audit.inputs(ALARM, f"certificate-ends-{environment}")
        assert (alarm["treatMissingData"], alarm["threshold"], alarm["statistic"]) == ("ignore", 30, "Minimum")
        assert alarm["comparisonOperator"] == "LessThanOrEqualToThreshold"
        found = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", f"certificate-ends-{environment}")
        assert (found["logGroupName"], found["metricTransformation"]["name"]) == (group, alarm["metricName"])


def test_the_scanner_comes_from_one_address_and_nobody_gets_in(audit: Recorded):
    assert audit.one("aws:ec2/eip:Eip")["protect"]
    assert not audit.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    rules = {one["name"]: one["inputs"] for one in audit.all("aws:route53/resolverFirewallRule:ResolverFirewallRule")}
    assert rules["allowed"]["priority"] < rules["everything"]["priority"]
    assert (rules["allowed"]["action"], rules["everything"]["action"]) == ("ALLOW", "BLOCK")
    kind = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
    names = {one["name"]: one["inputs"]["domains"] for one in audit.all(kind)}
    assert names["everything"] == ["*."]
    assert {"ocpi.example.com.", "ocpi.test.example.com."} < set(names["allowed"])
    assert "*." not in names["allowed"]


def test_roles_of_the_scanner_stand_under_a_boundary(audit: Recorded):
    bounded = {one["name"] for one in audit.all(ROLE) if one["inputs"].get("permissionsBoundary")}
    assert {"scan-prod", "scan-prod-start", "scan-test", "scan-test-start", "scan-watch"} <= bounded


def test_before_the_first_image_nothing_is_scanned_and_somebody_hears_of_it(outcomes):
    before = outcomes["audit without image"]
    assert isinstance(before, Recorded)
    assert not before.all(SCHEDULE)
    assert before.one(ALARM, "scan-overdue-prod")
