"""What a reviewer would assert about the whole stack."""

from __future__ import annotations

import json

from tests.infra.recorded_program import Recorded


def test_every_resource_belongs_to_a_component_and_uses_the_declared_account(stack: Recorded):
    provider = stack.inputs("pulumi:providers:aws")
    assert json.loads(provider["allowedAccountIds"]) == ["123456789012"]
    assert provider["region"] == "eu-central-1"
    for resource in stack.registrations:
        if resource["type"].startswith("aws:"):
            assert "ocpi-posture:infra:" in resource["parent"], resource["name"]
            assert "::account::" in resource["provider"], resource["name"]


def test_default_tags_name_environment_and_origin(stack: Recorded):
    tags = json.loads(stack.inputs("pulumi:providers:aws")["defaultTags"])["tags"]
    assert tags == {"project": "ocpi-posture", "environment": "test", "managed-by": "pulumi"}


def test_production_data_is_protected_and_test_data_can_be_torn_down(stack: Recorded, production: Recorded):
    table = "aws:dynamodb/table:Table"
    assert all(t["protect"] for t in production.all(table))
    assert not any(t["protect"] for t in stack.all(table))


def test_no_name_is_longer_than_aws_allows(production: Recorded):
    for resource in production.registrations:
        name = resource["inputs"].get("name")
        assert not isinstance(name, str) or len(name) <= 64 or "logGroup" in resource["type"]


def test_no_statement_allows_every_action(stack: Recorded):
    for policy in stack.all("aws:iam/rolePolicy:RolePolicy"):
        for statement in json.loads(policy["inputs"]["policy"])["Statement"]:
            assert all("*" not in action for action in statement["Action"]), policy["name"]
            assert "*" not in statement["Resource"], policy["name"]


def test_roles_are_assumed_by_one_service_each(stack: Recorded):
    expected = {
        "authoriser": "lambda", "deployment": "events", "flow-log": "vpc-flow-logs", "gateway-logs": "apigateway",
        "rotation": "lambda",
        "recorder": "config", "service": "lambda", "trail": "cloudtrail",
    }  # fmt: skip
    found = {}
    for role in stack.all("aws:iam/role:Role"):
        if role["name"] in {"posture", "admin", "operator", "auditor", "break-glass"}:
            continue  # the scanner's and people's, of other accounts: test_people
        (statement,) = json.loads(role["inputs"]["assumeRolePolicy"])["Statement"]
        found[role["name"]] = statement["Principal"]["Service"].removesuffix(".amazonaws.com")
    assert found == expected


def test_no_secret_value_is_in_the_program(stack: Recorded):
    for version in stack.all("aws:secretsmanager/secretVersion:SecretVersion"):
        first = version["inputs"]["secretString"]["value"]  # wrapped: the engine would encrypt it
        assert json.loads(first).keys() == {"partner_id", "token_encoding"}
        assert version["ignored"] == ["secretString"]  # the rotation function's versions are not undone
