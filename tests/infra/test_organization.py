"""The organisation as a reviewer would want it: accounts apart, guard rails on all of them, one trail of everything."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.infra.recorded_program import Recorded

ACCOUNT = "aws:organizations/account:Account"
POLICY = "aws:organizations/policy:Policy"


def test_each_account_is_of_its_own_unit_and_is_never_closed_by_the_program(organization: Recorded):
    accounts = {one["name"]: one for one in organization.all(ACCOUNT)}
    assert accounts.keys() == {"test", "prod", "audit", "log-archive"}
    units = {name: one["inputs"]["parentId"] for name, one in accounts.items()}
    assert units == {
        "test": "workloads-id",
        "prod": "workloads-id",
        "audit": "security-id",
        "log-archive": "security-id",
    }
    assert len({one["inputs"]["email"] for one in accounts.values()}) == len(accounts)
    for one in accounts.values():
        assert one["protect"]
        assert one["inputs"]["closeOnDeletion"] is False
        assert one["inputs"]["iamUserAccessToBilling"] == "DENY"


def test_nobody_has_the_password_of_an_accounts_root_user(organization: Recorded):
    features = organization.inputs("aws:iam/organizationsFeatures:OrganizationsFeatures")["enabledFeatures"]
    assert set(features) == {"RootCredentialsManagement", "RootSessions"}


def test_every_guard_rail_stands_over_every_account(organization: Recorded):
    attached = {
        (one["inputs"]["policyId"], one["inputs"]["targetId"])
        for one in organization.all("aws:organizations/policyAttachment:PolicyAttachment")
    }
    rails = {f"{one['name']}-id" for one in organization.all(POLICY)}
    assert attached == {(rail, unit) for rail in rails for unit in ("workloads-id", "security-id")}
    assert len(rails) <= 4 + 1  # AWS allows five on a unit, and its own FullAWSAccess is on the units by inheritance


@pytest.fixture(scope="module")
def statements(organization: Recorded) -> list[dict[str, Any]]:
    return [one for policy in organization.all(POLICY) for one in json.loads(policy["inputs"]["content"])["Statement"]]


def test_no_guard_rail_is_longer_than_aws_takes(organization: Recorded):
    assert all(len(one["inputs"]["content"]) <= 5120 for one in organization.all(POLICY))


FORBIDDEN = (
    *("organizations:LeaveOrganization", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"),
    *("guardduty:DeleteDetector", "guardduty:UpdateDetector", "config:StopConfigurationRecorder"),
    *("config:DeleteConfigurationRecorder", "securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer"),
    *("s3:PutAccountPublicAccessBlock", "ec2:DeleteFlowLogs", "kms:ScheduleKeyDeletion"),
)


@pytest.mark.parametrize("action", FORBIDDEN)
def test_what_must_not_happen_is_refused_but_for_two_roles(statements, action):
    by_name = [one for one in statements if action in one.get("Action", ())]
    assert len(by_name) == 1
    condition = by_name[0].get("Condition", {})
    assert by_name[0]["Effect"] == "Deny"
    exempt = condition.get("ArnNotLike", {}).get("aws:PrincipalArn", [])
    assert {name.rpartition("/")[2] for name in exempt} <= {"OrganizationAccountAccessRole", "ocpi-*-break-glass"}
    assert condition.keys() <= {"ArnNotLike"}


@pytest.mark.parametrize("sid, key, value", [
    ("Disks", "ec2:Encrypted", "false"), ("FileSystems", "elasticfilesystem:Encrypted", "false"),
    ("Databases", "rds:StorageEncrypted", "false"),
])  # fmt: skip
def test_storage_is_made_encrypted_or_not_at_all(statements, sid, key, value):
    (found,) = [one for one in statements if one["Sid"] == sid]
    assert found["Condition"] == {"Bool": {key: value}}


def test_a_root_user_can_do_nothing(statements):
    (found,) = [one for one in statements if one["Sid"] == "RootUser"]
    assert found["Action"] == ["*"]
    assert found["Condition"] == {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}


def test_other_regions_are_shut_for_what_the_stacks_use(statements):
    (found,) = [one for one in statements if one["Sid"] == "OtherRegions"]
    assert found["Condition"]["StringNotEquals"] == {"aws:RequestedRegion": ["eu-central-1"]}
    for action in ("dynamodb:CreateTable", "lambda:CreateFunction", "ec2:RunInstances", "s3:CreateBucket"):
        assert not any(fnmatchcase(action, pattern) for pattern in found["NotAction"]), action
    for action in ("iam:CreateRole", "sts:AssumeRole", "organizations:DescribeOrganization"):
        assert any(fnmatchcase(action, pattern) for pattern in found["NotAction"]), action


def test_the_trail_covers_everything_and_lies_where_nobody_works(organization: Recorded):
    trail = organization.inputs("aws:cloudtrail/trail:Trail")
    for switch in (
        "isOrganizationTrail",
        "isMultiRegionTrail",
        "includeGlobalServiceEvents",
        "enableLogFileValidation",
    ):
        assert trail[switch] is True, switch
    bucket = organization.one("aws:s3/bucket:Bucket")
    assert bucket["protect"]
    assert "::log-archive::" in bucket["provider"]
    key = organization.one("aws:kms/key:Key", "trail")
    assert "::log-archive::" in key["provider"]
    document = json.loads(organization.inputs("aws:s3/bucketPolicy:BucketPolicy")["policy"])
    assert all("Condition" in one for one in document["Statement"] if one["Effect"] == "Allow")


def test_each_account_begins_safe_through_its_own_provider(organization: Recorded):
    found = {one["name"]: one["provider"] for one in organization.all(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock")}  # fmt: skip
    assert found.keys() == {"management", "test", "prod", "audit", "log-archive"}
    for name, provider in found.items():
        assert f"::{'account' if name == 'management' else name}::" in provider
    providers = {one["name"]: one["inputs"] for one in organization.all("pulumi:providers:aws")}
    for name in ("test", "prod", "audit", "log-archive"):
        assert json.loads(providers[name]["allowedAccountIds"]) == [f"{name}-id"]
        (role,) = json.loads(providers[name]["assumeRoles"])
        assert role["roleArn"] == f"arn:aws:iam::{name}-id:role/OrganizationAccountAccessRole"


def test_the_audit_account_looks_after_the_detectors(organization: Recorded):
    by_principal = organization.all("aws:organizations/delegatedAdministrator:DelegatedAdministrator")
    assert {(one["inputs"]["servicePrincipal"], one["inputs"]["accountId"]) for one in by_principal} == {
        ("access-analyzer.amazonaws.com", "audit-id"), ("config.amazonaws.com", "audit-id"),
    }  # fmt: skip
    for kind in ("guardduty", "securityhub"):
        admin = organization.inputs(f"aws:{kind}/organizationAdminAccount:OrganizationAdminAccount")
        assert admin["adminAccountId"] == "audit-id"
