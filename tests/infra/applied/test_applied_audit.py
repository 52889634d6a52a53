"""The audit account's example, applied to moto: locked evidence, scans and their schedules, the watch on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from moto import mock_aws

from tests.infra.applied.apply import Applied, apply
from tests.infra.applied.documented import untold
from tests.infra.applied.looked_at import MOTO, functions_of
from tests.infra.applied.read_back import read_back
from tests.infra.recorded_program import PYTHON, example

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def applied() -> Iterator[Applied]:
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    with mock_aws(config=MOTO):
        yield apply(example("audit"))


@pytest.fixture(scope="module")
def there(applied: Applied) -> Any:
    parts = ("buckets", "keys", "roles", "network", "functions", "schedules", "tasks", "buses", "topics", "queues")
    return read_back(applied.account, *parts)


def test_every_input_is_as_the_sdk_and_the_services_models_want_it(applied: Applied):
    assert (applied.account.complaints, applied.sdk_complaints, applied.overlooked) == ([], [], [])
    assert len(applied.made) > 90
    assert untold(applied.account.calls) == []


def test_evidence_is_locked_and_encrypted_with_its_own_key(there: Any):
    (bucket,) = there["buckets"]
    assert bucket["lock"]["Rule"]["DefaultRetention"]["Mode"] == "COMPLIANCE"
    assert bucket["lock"]["Rule"]["DefaultRetention"]["Days"] >= 365
    assert bucket["lifecycle"][0]["Expiration"]["Days"] > bucket["lock"]["Rule"]["DefaultRetention"]["Days"]
    key = bucket["encryption"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert key == there["keys"]["alias/ocpi-audit-evidence"]["Arn"]
    assert set(bucket["public_access"].values()) == {True}
    assert there["keys"]["alias/ocpi-audit-signing"]["KeyUsage"] == "SIGN_VERIFY"


def test_each_environment_is_scanned_every_week_by_a_task_of_its_own(there: Any):
    tasks = {task["taskDefinitionArn"]: task for task in there["tasks"]}
    groups = {group["GroupId"] for group in there["network"]["groups"]}
    begun = {schedule["Name"]: schedule for schedule in there["schedules"]}
    assert begun.keys() == {"ocpi-audit-test-weekly", "ocpi-audit-prod-weekly", "ocpi-audit-prod-go-live"}
    for name, schedule in begun.items():
        task = schedule["Target"]["EcsParameters"]
        assert tasks[task["TaskDefinitionArn"]]["family"] == f"ocpi-audit-scan-{name.split('-')[2]}"
        place = task["NetworkConfiguration"]["awsvpcConfiguration"]
        assert (place["AssignPublicIp"], set(place["SecurityGroups"]) <= groups) == ("DISABLED", True)
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] in {queue["QueueArn"] for queue in there["queues"]}


def test_the_scanner_runs_an_image_by_digest_that_cannot_write_to_itself(there: Any):
    assert len(there["tasks"]) == 2
    for task in there["tasks"]:
        (container,) = task["containerDefinitions"]
        assert "@sha256:" in container["image"]
        assert (container["readonlyRootFilesystem"], container["privileged"]) == (True, False)
        assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
        assert not container["user"].startswith("0")


def test_a_deployment_begins_a_scan_and_only_the_scanned_accounts_may_tell_of_one(there: Any):
    (bus,) = [bus for bus in there["buses"] if bus["Name"] != "default"]
    tellers = {statement["Principal"]["AWS"] for statement in bus["Policy"]["Statement"]}
    assert tellers == {"arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:root"}
    assert {json.loads(rule["EventPattern"])["account"][0] for rule in bus["rules"]} == {"123456789012", "210987654321"}
    tasks = {task["taskDefinitionArn"] for task in there["tasks"]}
    assert {target["EcsParameters"]["TaskDefinitionArn"] for target in bus["targets"]} == tasks


def test_the_scanners_roles_are_bounded_and_look_into_the_scanned_accounts_only(there: Any):
    roles = {role["RoleName"]: role for role in there["roles"]}
    for environment, account in (("test", "123456789012"), ("prod", "210987654321")):
        role = roles[f"ocpi-audit-scan-{environment}"]
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        statements = [statement for document in role["inline"] for statement in document["Statement"]]
        (assumed,) = [one["Resource"] for one in statements if "sts:AssumeRole" in one["Action"]]
        assert [arn.split(":")[4] for arn in assumed] == [account]
        assert not [one for one in statements if "*" in one["Resource"]]


def test_the_deployed_watch_tells_the_age_of_what_lies_in_the_bucket(applied: Applied, there: Any, capsys):
    (function,), (bucket,) = there["functions"], there["buckets"]
    s3 = applied.account.client("s3")
    s3.delete_bucket_policy(Bucket=bucket["name"])  # moto obeys its denials without their conditions: all of them
    s3.put_object(Bucket=bucket["name"], Key="test/pack.zip", Body=b"pack")
    with closing(functions_of(applied)) as functions:
        assert functions.invoke(function["FunctionName"], {}) is None
    told = {line["environment"]: line["hours"] for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert told["test"] < 1
    assert told["prod"] > 1000
