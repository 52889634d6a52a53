"""How people and the scanner get in: roles with a second factor, for hours, and none of them with lasting keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from botocore.session import Session

from tests.infra.filter_patterns import matches
from tests.infra.reading_rights import FILE, NEVER, generated
from tests.infra.recorded_program import Recorded, example

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
PEOPLE = ("admin", "auditor", "break-glass", "operator")
PREFIXES = {"cloudwatch": "cloudwatch", "access-analyzer": "accessanalyzer", "apigateway": "apigateway"}
# Rights of S3 that are named otherwise than the operation they allow.
S3_NAMES = {
    "s3:GetBucketObjectLockConfiguration": "GetObjectLockConfiguration",
    "s3:GetBucketPublicAccessBlock": "GetPublicAccessBlock",
    "s3:GetEncryptionConfiguration": "GetBucketEncryption",
    "s3:GetLifecycleConfiguration": "GetBucketLifecycleConfiguration",
    "s3:ListAllMyBuckets": "ListBuckets",
}


USERS = {
    "admin": ["tess.admin"],
    "auditor": ["tony.auditor"],
    "break-glass": ["tess.admin", "tara.operator"],
    "operator": ["tara.operator", "tim.operator"],
}


@pytest.fixture(scope="module")
def unpeopled(outcomes) -> Recorded:
    """The test environment where people come by IAM Identity Center, with other detectors."""
    found = outcomes["without people"]
    assert isinstance(found, Recorded), found
    return found


@pytest.mark.parametrize("name", PEOPLE)
def test_a_role_of_people_names_them_and_wants_a_second_factor_of_now(stack: Recorded, production: Recorded, name):
    for recorded, users in ((stack, USERS), (production, example("prod")["people"])):
        _is_taken_by_name(recorded.inputs(ROLE, name), users[name])


def _is_taken_by_name(role: Mapping[str, Any], users: list[str]) -> None:
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": [f"arn:aws:iam::345678901234:user/{user}" for user in users]}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert int(statement["Condition"]["NumericLessThan"]["aws:MultiFactorAuthAge"]) <= 3600
    assert statement["Condition"]["StringEquals"] == {"aws:PrincipalAccount": "345678901234"}
    assert "people-boundary" in role["permissionsBoundary"]


def test_break_glass_lasts_an_hour_and_every_time_an_alarm_says_so(stack: Recorded):
    hours = {name: stack.inputs(ROLE, name)["maxSessionDuration"] // 3600 for name in PEOPLE}
    assert hours == {"admin": 4, "auditor": 8, "break-glass": 1, "operator": 8}
    seen = stack.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "break-glass-used")
    assert seen["logGroupName"] == stack.inputs("aws:cloudwatch/logGroup:LogGroup", "trail")["name"]
    taken = {"eventName": "AssumeRole", "requestParameters": {"roleArn": f"arn:aws:iam::1:role/{_named(stack)}"}}
    other = {"eventName": "AssumeRole", "requestParameters": {"roleArn": "arn:aws:iam::1:role/ocpi-test-operator"}}
    assert (matches(seen["pattern"], taken), matches(seen["pattern"], other)) == (True, False)
    assert stack.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", "break-glass-used")["alarmActions"]


def _named(stack: Recorded) -> str:
    return str(stack.inputs(ROLE, "break-glass")["name"])


def test_there_are_no_users_and_nobody_may_make_one(stack: Recorded, production: Recorded, unpeopled: Recorded):
    for recorded in (stack, production):
        assert not [one for one in recorded.registrations if one["type"].startswith(("aws:iam/user", "aws:iam/access"))]
        assert {"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile"} <= _refused(recorded)
    assert not {one["name"] for one in unpeopled.all(ROLE)} & set(PEOPLE)


def _refused(recorded: Recorded) -> set[str]:
    """What the boundary refuses on everything."""
    boundary = json.loads(recorded.inputs(POLICY, "people-boundary")["policy"])
    refusing = [one for one in boundary["Statement"] if one["Effect"] == "Deny" and one["Resource"] == ["*"]]
    return {action for one in refusing for action in one["Action"]}


def _given(recorded: Recorded, name: str) -> set[str]:
    statements = json.loads(recorded.inputs(POLICY, name)["policy"])["Statement"]
    return {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}


@pytest.mark.parametrize("name", PEOPLE)
def test_no_role_reads_tokens_or_objects_and_the_boundary_says_so_again(stack: Recorded, name):
    reading = {"secretsmanager:GetSecretValue", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "kms:Decrypt"}
    assert reading <= _refused(stack)
    assert not _given(stack, name) & {*reading, "lambda:UpdateFunctionCode", "secretsmanager:PutSecretValue"}


def test_an_opened_quarantine_lets_operators_read_what_was_refused_and_nothing_else(outcomes):
    opened = outcomes["test, quarantine opened"]
    assert isinstance(opened, Recorded), opened
    reading = {"dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt"}
    statements = {one["Sid"]: one for one in json.loads(opened.inputs(POLICY, "operator")["policy"])["Statement"]}
    assert statements["RefusedRecords"]["Resource"] == ["arn:aws:dynamodb:eu-central-1:123456789012:table/quarantine-*"]
    assert "quarantine" in statements["RefusedRecordsKey"]["Resource"][0]
    assert reading <= _given(opened, "operator")
    assert not [name for name in PEOPLE if name != "operator" and reading & _given(opened, name)]
    boundary = json.loads(opened.inputs(POLICY, "people-boundary")["policy"])["Statement"]
    elsewhere = {one["Sid"]: one for one in boundary if "NotResource" in one}
    assert {sid: set(one["Action"]) for sid, one in elsewhere.items()} == {
        "NoOtherRecords": {"dynamodb:GetItem", "dynamodb:Query"}, "NoOtherKey": {"kms:Decrypt"},
    }  # fmt: skip
    assert elsewhere["NoOtherRecords"]["NotResource"] == statements["RefusedRecords"]["Resource"]


@cache
def _operations(service: str) -> frozenset[str]:
    """The operations of a service: to read its description takes a tenth of a second and more."""
    return frozenset(Session().get_service_model(service).operation_names)


@pytest.mark.parametrize("name", [*PEOPLE, "people-boundary"])
def test_every_right_is_an_operation_by_its_whole_name(stack: Recorded, name):
    for action in _given(stack, name):
        prefix, _, operation = action.partition(":")
        if prefix == "apigateway":
            assert operation in {"DELETE", "GET", "PATCH", "PUT"}
            continue
        known = _operations(PREFIXES.get(prefix, prefix))
        assert S3_NAMES.get(action, operation) in known or (prefix == "s3" and operation.startswith("Get")), action


def test_the_boundary_gives_what_the_roles_have_and_nothing_else(stack: Recorded):
    assert _given(stack, "people-boundary") == set().union(*(_given(stack, name) for name in PEOPLE))


def test_break_glass_mends_the_rights_of_others_and_never_its_own(stack: Recorded):
    boundary = json.loads(stack.inputs(POLICY, "people-boundary")["policy"])
    (fence,) = [one for one in boundary["Statement"] if one["Effect"] == "Deny" and one["Resource"] != ["*"]]
    own = {f"arn:aws:iam::123456789012:role/{stack.inputs(ROLE, name)['name']}" for name in PEOPLE}
    assert own < set(fence["Resource"])
    assert {"ocpi-test-people-boundary", "ocpi-test-boundary"} == {
        one.rpartition("/")[2] for one in set(fence["Resource"]) - own
    }
    changing = {action for action in _given(stack, "break-glass") if action.startswith("iam:") and "Get" not in action}
    assert {one for one in changing if not any(fnmatchcase(one, each) for each in fence["Action"])} == set()


def test_no_policy_is_longer_than_aws_takes(stack: Recorded, production: Recorded, audit: Recorded):
    for recorded in (stack, production, audit):
        for policy in recorded.all(POLICY):
            assert len("".join(policy["inputs"]["policy"].split())) <= 6144, policy["name"]


def test_the_scanner_takes_its_role_by_name_and_with_the_agreed_id(production: Recorded, audit: Recorded):
    role = production.inputs(ROLE, "posture")
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    scanner = audit.inputs(ROLE, "scan-prod")["name"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::456789012345:role/{scanner}"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "ocpi-prod-posture"}}


def test_what_it_may_read_is_the_committed_file(stack: Recorded, production: Recorded):
    types = {one["type"] for one in (*stack.registrations, *production.registrations)}
    made = generated(one for one in types if one.startswith("aws:"))
    assert FILE.read_text(encoding="utf-8") == made, "write it again: python -m tests.infra.reading_rights"
    assert json.loads(production.inputs(POLICY, "posture")["policy"]) == json.loads(made)


def test_every_right_is_an_operation_that_only_reads():
    document = json.loads(FILE.read_text(encoding="utf-8"))
    allowed, denied = document["Statement"]
    for action in allowed["Action"]:
        prefix, _, operation = action.partition(":")
        if prefix == "apigateway":
            assert operation == "GET"
            continue
        assert operation.startswith(("Get", "List", "Describe")), action
        known = _operations(PREFIXES.get(prefix, prefix)) | (_operations("s3control") if prefix == "s3" else set())
        name = "GetPublicAccessBlock" if action == "s3:GetAccountPublicAccessBlock" else S3_NAMES.get(action, operation)
        assert name in known, action
    assert set(denied["Action"]) == set(NEVER)
    assert not set(allowed["Action"]) & {one for one in NEVER if "*" not in one}


def test_a_right_that_nobody_has_described_stops_the_generator():
    with pytest.raises(LookupError, match="aws:rds"):
        generated(["aws:rds/instance:Instance"])


def test_the_detectors_are_all_there_and_complete(stack: Recorded):
    assert stack.inputs("aws:cfg/recorder:Recorder")["recordingGroup"] == {
        "allSupported": True, "includeGlobalResourceTypes": True,
    }  # fmt: skip
    assert stack.inputs("aws:cfg/recorderStatus:RecorderStatus")["isEnabled"] is True
    assert stack.inputs("aws:accessanalyzer/analyzer:Analyzer")["type"] == "ACCOUNT"
    subscribed = stack.all("aws:securityhub/standardsSubscription:StandardsSubscription")
    assert len(subscribed) == 2


def _services(recorded: Recorded) -> set[str]:
    return {one["type"].split(":")[1].partition("/")[0] for one in recorded.registrations if ":" in one["type"]}


def test_detectors_are_those_that_the_config_names(stack: Recorded, unpeopled: Recorded):
    kinds = {"guardduty", "cfg", "securityhub", "accessanalyzer"}
    assert _services(stack) & kinds == kinds - {"guardduty"}
    assert _services(unpeopled) & kinds == {"guardduty"}
    assert unpeopled.inputs("aws:guardduty/detector:Detector")["enable"] is True


def test_guardduty_is_on_in_every_account_by_the_audit_account(audit: Recorded):
    assert audit.inputs("aws:guardduty/detector:Detector")["enable"] is True
    everywhere = audit.inputs("aws:guardduty/organizationConfiguration:OrganizationConfiguration")
    assert everywhere["autoEnableOrganizationMembers"] == "ALL"
    assert audit.inputs("aws:accessanalyzer/analyzer:Analyzer")["type"] == "ORGANIZATION"


def test_other_settings_give_another_mark_of_the_deployment(stack, production, unpeopled):
    marks = [one.inputs("aws:ssm/parameter:Parameter", "deployment")["value"] for one in (stack, production, unpeopled)]
    assert len({json.dumps(mark) for mark in marks}) == 3
