"""What each rule of the plan writer is for: without it, Checkov says something else about the same stack."""

import copy
import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from tests.scanner.cloud.checkov_many import Results, judge_plans
from tests.scanner.cloud.weak_stack import weak_stack
from tests.targets.once import once_a_run

Plan = dict[str, Any]


def values(plan: Plan, address: str) -> dict[str, Any]:
    resources = plan["planned_values"]["root_module"]["resources"]
    found: dict[str, Any] = next(one["values"] for one in resources if one["address"] == address)
    return found


def without_references(plan: Plan) -> None:
    for one in plan["configuration"]["root_module"]["resources"]:
        one["expressions"] = {}


def with_floats(plan: Plan) -> None:
    values(plan, "aws_cloudwatch_log_group.access")["retention_in_days"] = 400.0


def with_documents_as_objects(plan: Plan) -> None:
    for address in ("aws_iam_role_policy.admin", "aws_s3_bucket_policy.exports"):
        held = values(plan, address)
        held["policy"] = json.loads(held["policy"])


def with_plurals(plan: Plan) -> None:
    acl = values(plan, "aws_wafv2_web_acl.edge")
    acl["rules"] = acl.pop("rule")


def with_nulls(plan: Plan) -> None:
    values(plan, "aws_lambda_function.service")["kms_key_arn"] = None
    values(plan, "aws_security_group.open")["description"] = None
    values(plan, "aws_s3_bucket.exports").update({"logging": [], "lifecycle_rule": []})


def without_changes(plan: Plan) -> None:
    del plan["resource_changes"]


ADMIN: Final = "aws_iam_role_policy.admin"
ABLATIONS: Final[dict[Callable[[Plan], None], dict[tuple[str, str], tuple[str, str]]]] = {
    without_references: {
        ("CKV2_AWS_29", "aws_api_gateway_stage.bare"): ("FAILED", "PASSED"),
        ("CKV2_AWS_29", "aws_api_gateway_stage.live"): ("FAILED", "PASSED"),
        ("CKV2_AWS_4", "aws_api_gateway_stage.live"): ("PASSED", "FAILED"),
        ("CKV2_AWS_5", "aws_security_group.open"): ("PASSED", "FAILED"),
        ("CKV2_AWS_57", "aws_secretsmanager_secret.partner"): ("PASSED", "FAILED"),
        ("CKV2_AWS_6", "aws_s3_bucket.exports"): ("PASSED", "FAILED"),
        ("CKV2_AWS_77", "aws_api_gateway_stage.live"): ("FAILED", "PASSED"),
    },
    with_floats: {("CKV_AWS_338", "aws_cloudwatch_log_group.access"): ("PASSED", "UNKNOWN")},
    with_documents_as_objects: {
        **{(f"CKV_AWS_{n}", ADMIN): ("FAILED", "PASSED") for n in (62, 63, 286, 287, 288, 289, 290, 355)},
        ("CKV_AWS_70", "aws_s3_bucket_policy.exports"): ("FAILED", "PASSED"),
    },
    with_plurals: {("CKV_AWS_192", "aws_wafv2_web_acl.edge"): ("PASSED", "FAILED")},
    with_nulls: {
        ("CKV2_AWS_61", "aws_s3_bucket.exports"): ("FAILED", "PASSED"),
        ("CKV_AWS_173", "aws_lambda_function.service"): ("FAILED", "PASSED"),
        ("CKV_AWS_18", "aws_s3_bucket.exports"): ("FAILED", "PASSED"),
        ("CKV_AWS_23", "aws_security_group.open"): ("FAILED", "PASSED"),
    },
    without_changes: {},
}


@once_a_run
def answers() -> dict[str, Results]:
    whole = write_plan(weak_stack(), token_map()).document
    plans = {"as written": whole, "lean": write_plan(weak_stack(), token_map(), changes=False).document}
    for change in ABLATIONS:
        plans[change.__name__] = copy.deepcopy(whole)
        change(plans[change.__name__])
    return judge_plans(plans)


def differences(one: Results, other: Results) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    keys = set(one) | set(other)
    return {key: (one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)}


def test_checkov_judges_the_stack_as_it_is_written():
    said = answers()["as written"]
    assert len(said) >= 80
    assert said[("CKV2_AWS_29", "aws_api_gateway_stage.bare")] == "FAILED"
    assert said[("CKV_AWS_24", "aws_security_group.open")] == "FAILED"


@pytest.mark.parametrize("change", ABLATIONS, ids=lambda change: change.__name__)
def test_without_this_rule_checkov_says_something_else(change):
    assert differences(answers()["as written"], answers()[change.__name__]) == ABLATIONS[change]


def test_the_lean_plan_gives_the_same_answers():
    assert differences(answers()["as written"], answers()["lean"]) == {}
