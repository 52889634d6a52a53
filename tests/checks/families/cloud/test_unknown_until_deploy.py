"""What decides may be unknown before a deployment, and a stack may be seen in part: neither gives a pass or a fail."""

from typing import Final

import pytest

from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.case_tables import BY_ID
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare

ROLE: Final = "aws:iam/role:Role"
LAMBDA_TRUST: Final = '{"Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
LOG: Final = "aws:cloudwatch/logGroup:LogGroup"
TABLE: Final = "aws:dynamodb/table:Table"
BUCKET: Final = "aws:s3/bucket:Bucket"
FUNCTION: Final = "aws:lambda/function:Function"
STAGE: Final = "aws:apigateway/stage:Stage"
SECRET: Final = "aws:secretsmanager/secret:Secret"
UNKNOWN_LEAVES: Final[list[tuple[str, str, dict[str, CloudValue]]]] = [
    ("iam-trust-named", ROLE, {"assumeRolePolicy": UNKNOWN}),
    ("iam-under-a-boundary", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "permissionsBoundary": UNKNOWN}),
    ("iam-rights-named", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "managedPolicyArns": (UNKNOWN,)}),
    ("iam-rights-named", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "inlinePolicies": ({"policy": UNKNOWN},)}),
    ("iam-rights-named", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "inlinePolicies": ({"policy": "{half"},)}),
    ("iam-rights-named", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "managedPolicyArns": ("arn:aws:iam::1:policy/x",)}),
    ("iam-no-escalation", ROLE, {"assumeRolePolicy": LAMBDA_TRUST, "inlinePolicies": ({"policy": UNKNOWN},)}),
    ("data-own-key", TABLE, {"serverSideEncryption": UNKNOWN}),
    ("data-own-key", "aws:sqs/queue:Queue", {"kmsMasterKeyId": HIDDEN}),
    ("data-expires", TABLE, {"ttl": UNKNOWN}),
    ("data-expires", BUCKET, {"lifecycleRules": UNKNOWN}),
    ("data-recoverable", TABLE, {"pointInTimeRecovery": UNKNOWN}),
    ("data-recoverable", "aws:rds/instance:Instance", {"backupRetentionPeriod": UNKNOWN}),
    ("data-not-deleted-by-accident", TABLE, {"deletionProtectionEnabled": UNKNOWN}),
    ("data-not-deleted-by-accident", BUCKET, {"forceDestroy": UNKNOWN}),
    ("data-backups-expire", "aws:backup/plan:Plan", {"rules": (UNKNOWN,)}),
    ("data-policy-closed", BUCKET, {"policy": UNKNOWN}),
    ("data-policy-closed", BUCKET, {"policy": {"Statement": [{"Principal": {"AWS": UNKNOWN}}]}}),
    ("data-tls-only", BUCKET, {"policy": UNKNOWN}),
    ("data-copies-protected", "aws:dynamodb/tableExport:TableExport", {"s3SseKmsKeyId": UNKNOWN}),
    ("keys-rotated", "aws:kms/key:Key", {"enableKeyRotation": UNKNOWN}),
    ("keys-policy-closed", "aws:kms/key:Key", {"policy": UNKNOWN}),
    ("secrets-own-key", SECRET, {"kmsKeyId": UNKNOWN}),
    ("secrets-policy-closed", SECRET, {"policy": UNKNOWN}),
    ("secrets-recoverable", SECRET, {"recoveryWindowInDays": UNKNOWN}),
    ("secrets-not-in-parameters", "aws:ssm/parameter:Parameter", {"type": UNKNOWN}),
    ("secrets-not-in-user-data", "aws:ec2/instance:Instance", {"userData": UNKNOWN}),
    ("secrets-not-in-containers", "aws:ecs/taskDefinition:TaskDefinition", {"containerDefinitions": UNKNOWN}),
    ("secrets-not-in-containers", STAGE, {"variables": {"token": UNKNOWN}}),
    ("logs-retention-in-window", LOG, {"retentionInDays": UNKNOWN}),
    ("logs-own-key", LOG, {"kmsKeyId": UNKNOWN}),
    ("logs-say-who-and-which", STAGE, {"accessLogSettings": {"format": UNKNOWN}}),
    ("logs-without-token-uids", STAGE, {"accessLogSettings": {"format": UNKNOWN}}),
    (
        "logs-audit-trail",
        "aws:cloudtrail/trail:Trail",
        {"isMultiRegionTrail": UNKNOWN, "enableLogFileValidation": True},
    ),
    ("alarms-live", "aws:cloudwatch/metricAlarm:MetricAlarm", {"alarmActions": (UNKNOWN,)}),
    ("detectors-on", "aws:guardduty/detector:Detector", {"enable": UNKNOWN}),
    ("isolation-bounded-share", FUNCTION, {"reservedConcurrentExecutions": UNKNOWN}),
    ("isolation-own-role", FUNCTION, {"role": UNKNOWN}),
    (
        "retries-only-what-failed",
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        {"functionResponseTypes": UNKNOWN},
    ),
]
RESTS_ON_ABSENCE: Final[list[tuple[str, str, dict[str, CloudValue]]]] = [
    ("iam-rights-named", ROLE, {"assumeRolePolicy": LAMBDA_TRUST}),
    ("iam-no-escalation", ROLE, {"assumeRolePolicy": LAMBDA_TRUST}),
    ("iam-no-user-keys", "aws:iam/user:User", {}),
    ("data-own-key", BUCKET, {}),
    ("data-expires", BUCKET, {}),
    ("data-recoverable", BUCKET, {}),
    ("data-no-public-bucket", BUCKET, {}),
    ("data-policy-closed", BUCKET, {}),
    ("data-tls-only", BUCKET, {}),
    ("keys-policy-closed", "aws:kms/key:Key", {}),
    ("secrets-policy-closed", SECRET, {}),
    ("secrets-written-by-workloads", SECRET, {}),
    ("logs-of-the-network", "aws:ec2/vpc:Vpc", {}),
    ("logs-evidence-locked", BUCKET, {"bucket": "evidence"}),
    ("isolation-own-role", FUNCTION, {"role": "arn:aws:iam::123456789012:role/one"}),
]  # fmt: skip


def outcome(check: str, one: Resource, missing: tuple[str, ...] = ()) -> Outcome:
    declared = DeclaredResources(stack="small/test", source="program", resources=(one,), missing=missing)
    (found,) = findings(BY_ID[f"cloud-{check}"], declared)
    return found.outcome


@pytest.mark.parametrize("check, token, inputs", UNKNOWN_LEAVES)
def test_what_is_unknown_until_deploy_decides_nothing(check, token, inputs):
    assert outcome(check, declare(token, "it", inputs)) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("check, token, inputs", RESTS_ON_ABSENCE)
def test_in_a_stack_seen_in_part_nothing_rests_on_what_is_not_declared(check, token, inputs):
    one = declare(token, "it", inputs)
    assert outcome(check, one) in {Outcome.PASS, Outcome.FAIL}
    assert outcome(check, one, ("it stopped half-way",)) is Outcome.INCONCLUSIVE


def test_an_abuse_that_no_alarm_counts_is_undecided_in_a_stack_seen_in_part():
    declared = DeclaredResources(
        stack="small/test", source="program", resources=(declare(STAGE, "it"),), missing=("it stopped half-way",)
    )
    found = findings(BY_ID["cloud-alarms-for-abuse"], declared)
    assert {finding.outcome for finding in found} == {Outcome.INCONCLUSIVE}
