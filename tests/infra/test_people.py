"""How people and the scanner get in: roles with a second factor, for hours, and none of them with lasting keys."""

from __future__ import annotations

import json

import pytest
from botocore.session import Session

from tests.infra.reading_rights import FILE, NEVER, generated
from tests.infra.recorded_program import Recorded

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


@pytest.fixture(scope="module")
def peopled(outcomes) -> Recorded:
    """The test environment with roles for people of another account."""
    found = outcomes["with people"]
    assert isinstance(found, Recorded), found
    return found


@pytest.mark.parametrize("name", PEOPLE)
def test_a_role_of_people_wants_a_second_factor_of_now_and_a_tag(peopled: Recorded, name):
    role = peopled.inputs(ROLE, name)
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::345678901234:root"}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert int(statement["Condition"]["NumericLessThan"]["aws:MultiFactorAuthAge"]) <= 3600
    assert statement["Condition"]["StringEquals"]["aws:PrincipalTag/ocpi-role"] == name
    assert "people-boundary" in role["permissionsBoundary"]


def test_break_glass_lasts_an_hour(peopled: Recorded):
    hours = {name: peopled.inputs(ROLE, name)["maxSessionDuration"] // 3600 for name in PEOPLE}
    assert hours == {"admin": 4, "auditor": 8, "break-glass": 1, "operator": 8}


def test_there_are_no_users_and_nobody_may_make_one(peopled: Recorded, production: Recorded):
    for recorded in (peopled, production):
        assert not [one for one in recorded.registrations if one["type"].startswith(("aws:iam/user", "aws:iam/access"))]
    boundary = json.loads(peopled.inputs(POLICY, "people-boundary")["policy"])
    (never,) = [one for one in boundary["Statement"] if one["Effect"] == "Deny"]
    assert {"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile"} <= set(never["Action"])
    assert "admin" not in {one["name"] for one in production.all(ROLE)}


@pytest.mark.parametrize("name", ["admin", "operator", "auditor"])
def test_nobody_reads_tokens_in_daily_work(peopled: Recorded, name):
    statements = json.loads(peopled.inputs(POLICY, name)["policy"])["Statement"]
    allowed = {action for one in statements if one["Effect"] == "Allow" for action in one["Action"]}
    denied = {action for one in statements if one["Effect"] == "Deny" for action in one["Action"]}
    assert "secretsmanager:GetSecretValue" in denied or not allowed & {"*", "secretsmanager:GetSecretValue"}


def test_no_policy_is_longer_than_aws_takes(peopled: Recorded, production: Recorded, audit: Recorded):
    for recorded in (peopled, production, audit):
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
    models = {}
    for action in allowed["Action"]:
        prefix, _, operation = action.partition(":")
        if prefix == "apigateway":
            assert operation == "GET"
            continue
        assert operation.startswith(("Get", "List", "Describe")), action
        service = PREFIXES.get(prefix, prefix)
        if service not in models:
            models[service] = set(Session().get_service_model(service).operation_names)
        known = models[service] | (
            set(Session().get_service_model("s3control").operation_names) if prefix == "s3" else set()
        )
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


def test_detectors_are_those_that_the_config_names(stack: Recorded, peopled: Recorded):
    kinds = {"guardduty", "cfg", "securityhub", "accessanalyzer"}
    assert _services(stack) & kinds == kinds - {"guardduty"}
    assert _services(peopled) & kinds == {"guardduty"}
    assert peopled.inputs("aws:guardduty/detector:Detector")["enable"] is True


def test_guardduty_is_on_in_every_account_by_the_audit_account(audit: Recorded):
    assert audit.inputs("aws:guardduty/detector:Detector")["enable"] is True
    everywhere = audit.inputs("aws:guardduty/organizationConfiguration:OrganizationConfiguration")
    assert everywhere["autoEnableOrganizationMembers"] == "ALL"
    assert audit.inputs("aws:accessanalyzer/analyzer:Analyzer")["type"] == "ORGANIZATION"


def test_other_settings_give_another_mark_of_the_deployment(stack, production, peopled):
    marks = [one.inputs("aws:ssm/parameter:Parameter", "deployment")["value"] for one in (stack, production, peopled)]
    assert len({json.dumps(mark) for mark in marks}) == 3
