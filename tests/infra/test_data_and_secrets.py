from __future__ import annotations

import json

import pytest

from tests.infra.recorded_program import Recorded

TABLE = "aws:dynamodb/table:Table"
PARTNERS = ("example-cpo", "example-emsp")


@pytest.mark.parametrize("name", ["access", "objects"])
def test_tables_have_own_key_recovery_protection_and_expiry(stack: Recorded, name):
    table = stack.inputs(TABLE, name)
    assert table["serverSideEncryption"]["enabled"] is True
    assert "data" in table["serverSideEncryption"]["kmsKeyArn"]
    assert table["pointInTimeRecovery"] == {"enabled": True}
    assert table["deletionProtectionEnabled"] is True
    assert table["ttl"] == {"attributeName": "expires_at", "enabled": True}


def test_refused_records_lie_apart_and_the_service_writes_them_without_reading(stack: Recorded):
    table = stack.inputs(TABLE, "quarantine")
    assert "quarantine" in table["serverSideEncryption"]["kmsKeyArn"]
    assert table["ttl"] == {"attributeName": "expires_at", "enabled": True}
    assert (table["pointInTimeRecovery"], table["deletionProtectionEnabled"]) == ({"enabled": True}, True)
    statements = json.loads(stack.inputs("aws:iam/rolePolicy:RolePolicy", "service")["policy"])["Statement"]
    (may,) = [
        one
        for one in statements
        if any("quarantine" in str(on) and "table" in str(on).lower() for on in one["Resource"])
    ]
    assert may["Action"] == ["dynamodb:UpdateItem"]
    assert may["Condition"] == {"StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}


@pytest.mark.parametrize("partner", PARTNERS)
def test_each_partner_has_a_rotated_secret_under_the_secrets_key(stack: Recorded, partner):
    secret = stack.inputs("aws:secretsmanager/secret:Secret", partner)
    assert secret["name"] == f"ocpi/test/partners/{partner}"
    assert "secrets" in secret["kmsKeyId"]
    rotation = stack.one("aws:secretsmanager/secretRotation:SecretRotation", partner)
    assert rotation["inputs"]["rotationRules"] == {"automaticallyAfterDays": 60}
    assert "rotation" in rotation["inputs"]["rotationLambdaArn"]
    assert any("Permission::" in urn for urn in rotation["dependencies"])  # or the first rotation would be refused


@pytest.mark.parametrize("partner", PARTNERS)
def test_each_partner_has_a_contract_and_a_rate(stack: Recorded, partner):
    item = json.loads(stack.inputs("aws:dynamodb/tableItem:TableItem", partner)["item"])
    assert (item["pk"]["S"], item["sk"]["S"]) == ("partners", partner)
    assert json.loads(item["contract"]["S"])["id"] == partner
    assert item["usage_key"]["S"] == f"{partner}:value"
    plan = stack.inputs("aws:apigateway/usagePlan:UsagePlan", partner)
    assert plan["throttleSettings"] == {"rateLimit": 20, "burstLimit": 40}
    assert stack.inputs("aws:apigateway/usagePlanKey:UsagePlanKey", partner)["keyType"] == "API_KEY"


def test_keys_rotate_and_belong_to_the_account(stack: Recorded):
    keys = {k["name"]: k["inputs"] for k in stack.all("aws:kms/key:Key")}
    assert keys.keys() == {"alerts", "audit", "data", "log-references", "logs", "quarantine", "secrets"}
    for name, key in keys.items():
        assert key.get("enableKeyRotation", False) is (name != "log-references")  # HMAC keys cannot
        for statement in json.loads(key["policy"])["Statement"]:
            principal = statement["Principal"]
            assert principal == {"AWS": "arn:aws:iam::123456789012:root"} or (
                "Service" in principal and "Condition" in statement
            )


def test_the_service_may_not_write_contracts_nor_the_authoriser_anything(stack: Recorded):
    policies = {
        p["name"]: json.loads(p["inputs"]["policy"])["Statement"] for p in stack.all("aws:iam/rolePolicy:RolePolicy")
    }
    access = [s for s in policies["service"] if s["Sid"] == "Registrations"]
    assert access[0]["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["token#*", "registration#*"]
    written = [a for s in policies["authoriser"] for a in s["Action"] if a.startswith("dynamodb:")]
    assert set(written) == {"dynamodb:GetItem", "dynamodb:BatchGetItem"}


def test_log_groups_are_encrypted_and_kept(stack: Recorded):
    groups = stack.all("aws:cloudwatch/logGroup:LogGroup")
    assert {g["name"] for g in groups} == {
        "access", "authoriser", "execution", "firewall", "rotation", "service", "trail", "vpc-flow",
    }  # fmt: skip
    for group in groups:
        assert "logs" in group["inputs"]["kmsKeyId"]
        assert group["inputs"]["retentionInDays"] == 400


def test_alarms_reach_somebody(stack: Recorded):
    assert "alerts" in stack.inputs("aws:sns/topic:Topic")["kmsMasterKeyId"]
    subscription = stack.inputs("aws:sns/topicSubscription:TopicSubscription")
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ocpi-operations@example.com")
    alarms = {a["name"]: a["inputs"] for a in stack.all("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert alarms.keys() == {
        "answer-lost", "authentication-failures", "authoriser-errors", "blocked-requests", "bodies-refused",
        *(f"bodies-refused-{name}" for name in ("example-cpo", "example-emsp", "posture-scanner")), "break-glass-used",
        "cdr-refusals", "cdr-volume", "commands", "credentials-changes", "dead-letters", "quarantine-lost",
        "records-refused", "rotation-errors", "server-errors", "service-errors", "session-changes",
        "tariff-changes", "throttled", "unknown-routes",
    }  # fmt: skip
    assert all(alarm["alarmActions"] for alarm in alarms.values())
    metrics = {
        f["inputs"]["metricTransformation"]["name"] for f in stack.all("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    }
    assert {a["metricName"] for a in alarms.values() if a["namespace"] == "ocpi-posture"} == metrics


def test_the_trail_covers_every_region_and_cannot_be_deleted(stack: Recorded):
    trail = stack.inputs("aws:cloudtrail/trail:Trail")
    assert (trail["isMultiRegionTrail"], trail["enableLogFileValidation"]) == (True, True)
    assert "audit" in trail["kmsKeyId"]
    lock = stack.inputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "trail")
    assert lock["rule"]["defaultRetention"] == {"mode": "GOVERNANCE", "days": 400}
    document = json.loads(stack.inputs("aws:s3/bucketPolicy:BucketPolicy", "trail")["policy"])
    writes, refuses = document["Statement"][1], document["Statement"][2]
    source = writes["Condition"]["StringEquals"]["aws:SourceArn"]
    assert source == f"arn:aws:cloudtrail:eu-central-1:123456789012:trail/{trail['name']}"
    assert refuses["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_functions_stand_under_a_boundary_that_changes_no_rights(stack: Recorded):
    roles = {r["name"]: r["inputs"].get("permissionsBoundary") for r in stack.all("aws:iam/role:Role")}
    assert all("boundary" in roles[name] for name in ("authoriser", "rotation", "service"))
    document = json.loads(stack.inputs("aws:iam/policy:Policy", "boundary")["policy"])
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert not [action for action in actions if action.startswith(("iam:", "sts:")) or "*" in action]
    used = {p["name"]: json.loads(p["inputs"]["policy"])["Statement"] for p in stack.all(
        "aws:iam/rolePolicy:RolePolicy") if p["name"] in ("authoriser", "rotation", "service")}  # fmt: skip
    assert len(used) == 3
    assert {action for statements in used.values() for one in statements for action in one["Action"]} <= actions
