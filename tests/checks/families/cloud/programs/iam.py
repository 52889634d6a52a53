"""Roles as people write them: narrow, too wide, open to others, and with ways to more."""

import json

import pulumi
import pulumi_aws as aws

_OWN = "123456789012"
_FOREIGN = "210987654321"
_LAMBDA = {"Service": "lambda.amazonaws.com"}
_PEOPLE = {"AWS": f"arn:aws:iam::{_OWN}:root"}
_GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
_TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/objects"


def narrow() -> None:
    _may([_allow(["dynamodb:GetItem", "dynamodb:Query"], [_TABLE, f"{_TABLE}/index/*"])])


def lists_names_on_everything() -> None:
    _may([_allow(["dynamodb:ListTables", "secretsmanager:GetRandomPassword", "xray:PutTraceSegments"], ["*"])])


def every_action_of_a_service() -> None:
    _may([_allow(["dynamodb:*"], [_TABLE])])


def every_resource_of_a_service() -> None:
    _may([_allow(["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:*"])])


def everything() -> None:
    _may([_allow(["*"], ["*"])])


def everything_but() -> None:
    _may([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}])


def everything_less_what_is_denied() -> None:
    deny: dict[str, object] = {"Effect": "Deny", "Action": ["dynamodb:*"], "Resource": ["*"]}
    _may([_allow(["dynamodb:*"], ["*"]), deny])


def wide_under_a_narrow_boundary() -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [_allow(["dynamodb:GetItem"], [_TABLE])]})
    boundary = aws.iam.Policy("boundary", policy=document)
    _may([_allow(["dynamodb:*"], ["*"])], boundary=boundary.arn)


def administrator_policy_of_aws() -> None:
    role = _role("role", _LAMBDA)
    aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")


def other_policy_of_aws() -> None:
    role = _role("role", _LAMBDA)
    aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonRekognitionServiceRole")


def attached_policy_of_the_stack() -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [_allow(["s3:*"], ["*"])]})
    policy = aws.iam.Policy("policy", policy=document)
    aws.iam.RolePolicyAttachment("a", role=_role("role", _LAMBDA).name, policy_arn=policy.arn)


def inline_policy() -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [_allow(["sqs:*"], ["*"])]})
    aws.iam.Role("role", assume_role_policy=_trust(_LAMBDA), inline_policies=[{"name": "own", "policy": document}])


def passes_any_role() -> None:
    _may([_allow(["iam:PassRole", "ec2:RunInstances"], ["*"])])


def passes_one_role() -> None:
    _may([_allow(["iam:PassRole"], ["arn:aws:iam::123456789012:role/task"])])


def writes_its_own_policy() -> None:
    _may([_allow(["iam:PutRolePolicy"], ["arn:aws:iam::123456789012:role/service"])])


def opens_the_key() -> None:
    _may([_allow(["kms:PutKeyPolicy"], ["arn:aws:kms:eu-central-1:123456789012:key/data"])])


def administrator_that_people_take() -> None:
    role = _role("role", _PEOPLE, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    aws.iam.RolePolicyAttachment("a", role=role.name, policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")


def taken_by_everybody() -> None:
    _role("role", {"AWS": "*"})


def taken_by_another_account() -> None:
    _role("role", {"AWS": f"arn:aws:iam::{_FOREIGN}:root"})


def taken_by_another_account_with_external_id() -> None:
    _role("role", {"AWS": f"arn:aws:iam::{_FOREIGN}:root"}, {"StringEquals": {"sts:ExternalId": "agreed"}})


def taken_by_any_repository() -> None:
    _role(
        "role",
        {"Federated": _GITHUB},
        {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
    )


def taken_by_one_repository() -> None:
    sub = {"token.actions.githubusercontent.com:sub": "repo:example/ocpi:ref:refs/heads/main"}
    _role("role", {"Federated": _GITHUB}, {"StringEquals": sub})


def taken_by_people() -> None:
    _role("role", _PEOPLE)


def taken_by_people_with_a_loophole() -> None:
    _role("role", _PEOPLE, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})


def taken_by_people_with_mfa() -> None:
    _role("role", _PEOPLE, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})


def user() -> None:
    aws.iam.User("user", name="reader")


def user_with_key() -> None:
    aws.iam.AccessKey("key", user=aws.iam.User("user", name="reader").name)


def user_with_password() -> None:
    aws.iam.UserLoginProfile("login", user=aws.iam.User("user", name="reader").name)


def key_of_a_user_that_is_not_declared() -> None:
    aws.iam.AccessKey("key", user="somebody")


def workload_under_a_boundary() -> None:
    _may([_allow(["dynamodb:GetItem"], [_TABLE])], boundary="arn:aws:iam::123456789012:policy/boundary")


def _allow(actions: list[str], resources: list[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _trust(principal: dict[str, str], condition: dict[str, object] | None = None) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition or {}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _role(
    name: str,
    principal: dict[str, str],
    condition: dict[str, object] | None = None,
    boundary: pulumi.Input[str] | None = None,
) -> aws.iam.Role:
    return aws.iam.Role(name, name=name, assume_role_policy=_trust(principal, condition), permissions_boundary=boundary)


def _may(statements: list[dict[str, object]], boundary: pulumi.Input[str] | None = None) -> None:
    role = _role("role", _LAMBDA, boundary=boundary)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.iam.RolePolicy("may", role=role.name, policy=document)


globals()[pulumi.Config("case").require("name")]()
