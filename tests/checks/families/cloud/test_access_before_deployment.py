"""Who reads what, told from documents that were written before anything had an ARN."""

from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from checks.model.finding import Finding
from scanner.cloud.loaders.cloudformation.loader import load_template
from scanner.model.cloud_input import TemplateInput
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from tests.checks.families.cloud.case_tables import BY_ID, F, I, P
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare
from tests.scanner.cloud.loaders.terraform_plan.plans import configured, constant, load, plan, planned, references

_SECRETS = "cloud-access-credentials-by-ocpi-alone"
_TRUST = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
)
_ROOT = "'arn:aws:iam::${AWS::AccountId}:root'"


def said(resources: tuple[Resource, ...]) -> Finding:
    stack = DeclaredResources(stack="small/test", source="pulumi preview", resources=resources)
    (finding,) = findings(BY_ID[_SECRETS], stack)
    return finding


def workload(name: str, *policies: str) -> str:
    """Of a template: a function, and its role with policies."""
    held = "".join(f"\n        - PolicyName: p{at}\n{indent(one, ' ' * 10)}" for at, one in enumerate(policies))
    return f"""
  {name}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {_TRUST}
      Policies: {held or "[]"}
  {name}:
    Type: AWS::Lambda::Function
    Properties: {{FunctionName: {name}, Role: !GetAtt {name}Role.Arn, Code: {{ZipFile: "h"}}}}
"""


def allow(action: str, resource: str) -> str:
    statement = f'{{Effect: Allow, Action: "{action}", Resource: {resource}}}'
    return f"PolicyDocument: {{Version: '2012-10-17', Statement: [{statement}]}}"


def key(principal: str) -> str:
    statement = f"{{Effect: Allow, Principal: {{AWS: {principal}}}, Action: 'kms:*', Resource: '*'}}"
    return f"""
  Key:
    Type: AWS::KMS::Key
    Properties: {{KeyPolicy: {{Version: '2012-10-17', Statement: [{statement}]}}}}
"""


SECRET = "  Tokens:\n    Type: AWS::SecretsManager::Secret\n    Properties: {KmsKeyId: !GetAtt Key.Arn}\n"
READ = allow("secretsmanager:GetSecretValue", "!Ref Tokens")
DECRYPT = allow("kms:Decrypt", "!GetAtt Key.Arn")


@pytest.mark.parametrize(
    "resources, outcome",
    [
        pytest.param(workload("Ocpi", READ, DECRYPT) + key(f"!Sub {_ROOT}"), P, id="the service alone"),
        pytest.param(workload("Shop", READ, DECRYPT) + workload("Ocpi") + key(f"!Sub {_ROOT}"), F, id="a shop"),
        pytest.param(workload("Shop", READ) + workload("Ocpi") + key(f"!Sub {_ROOT}"), P, id="a shop without the key"),
        pytest.param(
            workload("Shop", READ) + workload("Ocpi") + key("!GetAtt ShopRole.Arn"), F, id="a shop named by the key"
        ),
        pytest.param(
            workload("Shop", READ) + workload("Ocpi") + key("!GetAtt OcpiRole.Arn"), P, id="another named by the key"
        ),
        pytest.param(
            workload("Shop", allow("secretsmanager:*", "!Ref Unsaid"), DECRYPT)
            + workload("Ocpi")
            + key(f"!Sub {_ROOT}"),
            I,
            id="a shop whose policy names a parameter",
        ),
    ],
)
@pytest.mark.parametrize("account", ["123456789012", None])
def test_a_template_is_judged_by_what_its_references_name(resources, outcome, account, tmp_path: Path):
    file = tmp_path / "template.yaml"
    file.write_text("Parameters:\n  Unsaid: {Type: String}\nResources:\n" + SECRET + resources, encoding="utf-8")
    declared = load_template(TemplateInput(name="small", file=file, parameters={}, region="eu-west-1", account=account))
    assert not declared.missing
    assert (found := said(declared.resources)).outcome is outcome, found.message


def _shop(statement: dict[str, object], unknown: dict[str, object], written: dict[str, object]) -> dict[str, Any]:
    """Of a plan: a secret, two workloads, and a policy of one that a data source puts together later."""
    name = "aws_iam_policy_document.shop"
    deferred = {
        "address": f"data.{name}",
        "mode": "data",
        "type": "aws_iam_policy_document",
        "name": "shop",
        "change": {"actions": ["read"], "after": {"statement": [statement]}, "after_unknown": {"statement": [unknown]}},
    }
    document = plan(
        [
            planned("aws_secretsmanager_secret.tokens", {"name": "tokens"}, unknown={"arn": True, "id": True}),
            *(
                planned(f"aws_iam_role.{one}", {"name": one, "assume_role_policy": _TRUST}, unknown={"arn": True})
                for one in ("shop", "ocpi")
            ),
            *(
                planned(f"aws_lambda_function.{one}", {"function_name": one}, unknown={"role": True})
                for one in ("shop", "ocpi")
            ),
            planned("aws_iam_role_policy.shop", {"name": "shop"}, unknown={"policy": True, "role": True}),
        ],
        [
            configured("aws_secretsmanager_secret.tokens", {"name": constant("tokens")}),
            *(
                configured(f"aws_iam_role.{one}", {"name": constant(one), "assume_role_policy": {}})
                for one in ("shop", "ocpi")
            ),
            *(
                configured(
                    f"aws_lambda_function.{one}",
                    {"function_name": constant(one), "role": references(f"aws_iam_role.{one}.arn")},
                )
                for one in ("shop", "ocpi")
            ),
            configured(f"data.{name}", {"statement": [written]}, mode="data"),
            configured(
                "aws_iam_role_policy.shop",
                {"role": references("aws_iam_role.shop.id"), "policy": references(f"data.{name}.json", f"data.{name}")},
            ),
        ],
    )
    document["resource_changes"].append(deferred)
    return document


_READS = {"effect": "Allow", "actions": ["secretsmanager:GetSecretValue"], "resources": [None]}
_FROM = {"actions": constant(["secretsmanager:GetSecretValue"])}


@pytest.mark.parametrize(
    "statement, unknown, written, outcome",
    [
        pytest.param(
            _READS,
            {"resources": [True]},
            {**_FROM, "resources": references("aws_secretsmanager_secret.tokens.arn")},
            F,
            id="the secret",
        ),
        pytest.param(
            _READS,
            {"resources": [True]},
            {**_FROM, "resources": references("aws_iam_role.shop.arn")},
            P,
            id="something else",
        ),
        pytest.param(
            _READS, {"resources": [True]}, {**_FROM, "resources": references("local.what")}, I, id="a local value"
        ),
        pytest.param(
            {**_READS, "effect": "Deny"},
            {"resources": [True]},
            {**_FROM, "resources": references("aws_secretsmanager_secret.tokens.arn")},
            P,
            id="it is denied",
        ),
    ],
)
def test_a_plan_is_judged_by_what_its_deferred_policies_say(statement, unknown, written, outcome, tmp_path: Path):
    declared = load(tmp_path, _shop(statement, unknown, written))
    assert said(declared.resources).outcome is outcome, said(declared.resources).message


def test_a_first_preview_is_judged_by_the_policies_that_it_knows():
    secret = declare("aws:secretsmanager/secret:Secret", "tokens", {"name": "tokens"})
    role = declare("aws:iam/role:Role", "shop", {"name": "shop", "assumeRolePolicy": _TRUST})
    function = declare("aws:lambda/function:Function", "shop", {"name": "shop"}, refers={"role": (role,)})
    ocpi = declare("aws:lambda/function:Function", "ocpi", {"name": "ocpi"})
    everything = '{"Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}'
    policy = declare("aws:iam/rolePolicy:RolePolicy", "all", {"policy": everything}, refers={"role": (role,)})
    resources = (function, ocpi, policy, role, secret)
    assert said(resources).outcome is F
    other = replace(policy, inputs={"policy": everything.replace('"*"', '"arn:aws:secretsmanager:*:*:secret:shop-*"')})
    assert said((function, ocpi, other, role, secret)).outcome is P


@pytest.mark.parametrize("inputs, outcome", [({"name": UNKNOWN}, I), ({"namePrefix": "tokens-"}, P), ({}, P)])
def test_a_secret_whose_name_waits_for_another_resource_is_not_judged(inputs, outcome):
    assert said((declare("aws:secretsmanager/secret:Secret", "tokens", inputs),)).outcome is outcome


@pytest.mark.parametrize(
    "principal, outcome",
    [
        ("arn:aws:iam::123456789012:root", I),  # whose account that is, nothing says
        ("arn:aws:iam::own:root", F),
        ("arn:aws:iam::123456789012:role/shop", F),
        ("arn:aws:iam::123456789012:role/other", P),
    ],
)
def test_a_key_that_names_an_account_may_name_this_one(principal, outcome):
    document = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "kms:*", "Resource": "*"}]}'
    key = declare("aws:kms/key:Key", "key", {"policy": document % principal})
    secret = declare("aws:secretsmanager/secret:Secret", "tokens", {"name": "tokens"}, refers={"kmsKeyId": (key,)})
    role = declare("aws:iam/role:Role", "shop", {"name": "shop", "assumeRolePolicy": _TRUST})
    function = declare("aws:lambda/function:Function", "shop", {"name": "shop"}, refers={"role": (role,)})
    ocpi = declare("aws:lambda/function:Function", "ocpi", {"name": "ocpi"})
    everything = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    policy = declare("aws:iam/rolePolicy:RolePolicy", "all", {"policy": everything}, refers={"role": (role,)})
    assert said((function, ocpi, policy, key, role, secret)).outcome is outcome
