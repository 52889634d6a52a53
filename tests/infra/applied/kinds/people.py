"""Roles and policies."""

from __future__ import annotations

from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared


def policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    arn = aws.call(
        "iam",
        "CreatePolicy",
        declared.some("description", "path"),
        PolicyName=declared.physical_name,
        PolicyDocument=declared.take("policy"),
        Tags=declared.tag_list(),
    )["Policy"]["Arn"]
    return arn, {"arn": arn}


def role(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    duration = declared.take("maxSessionDuration")
    made = aws.call(
        "iam",
        "CreateRole",
        declared.some("description", "path", "permissionsBoundary"),
        RoleName=declared.physical_name,
        AssumeRolePolicyDocument=declared.take("assumeRolePolicy"),
        MaxSessionDuration=duration and int(duration),
        Tags=declared.tag_list(),
    )["Role"]
    return made["RoleName"], {"arn": made["Arn"], "name": made["RoleName"]}


def role_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    role, name = declared.take("role"), declared.physical_name
    aws.call("iam", "PutRolePolicy", RoleName=role, PolicyName=name, PolicyDocument=declared.take("policy"))
    return f"{role}:{name}", {"name": name}


def role_policy_attachment(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("iam", "AttachRolePolicy", declared.some("policyArn"), RoleName=declared.take("role"))
    return f"{declared.inputs['role']}-{declared.name}", {}


KINDS = {
    "aws:iam/policy:Policy": policy,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": role_policy_attachment,
}
