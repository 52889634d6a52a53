"""How people get in: four roles, taken with a second factor, for a short time. There is no IAM user and no access key.

    admin         changes the stack                   4 hours
    operator      looks, restarts, revokes partners   8 hours
    auditor       reads settings and logs' settings   8 hours
    break-glass   everything, and an alarm            1 hour

Roles are taken from the account in which people sign in (`peopleAccountId`), by those whose session carries the tag
`ocpi-role` with the role's name. With IAM Identity Center, permission sets of the same four names replace them:
docs/deploy.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import PROJECT, physical_name
from infra.posture_role import READING_RIGHTS

_HOUR_S: Final = 3600
_MFA_AGE_S: Final = 3600  # how long ago the second factor may have been shown
HOURS: Final[Mapping[str, int]] = {"admin": 4, "operator": 8, "auditor": 8, "break-glass": 1}
# What nobody does as admin: make people, make keys that last, or take the boundary off.
_NEVER_ADMIN: Final = (
    *("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser", "iam:DeleteRolePermissionsBoundary"),
    *("iam:UpdateLoginProfile", "iam:CreateServiceSpecificCredential", "organizations:*", "account:*"),
)
_DATA: Final = (
    *("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"),
    *("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "kms:Decrypt"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleArgs:
    """`people_account` is where they sign in."""

    environment: str
    account_id: str
    region: str
    people_account: str


class People(pulumi.ComponentResource):
    """Roles by name, each under a boundary."""

    def __init__(self, name: str, args: PeopleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:People", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.boundary = self._policy("people-boundary", "The most that people may ever do", self._most())
        self.roles = {
            "admin": self._role("admin", [self._policy("admin", "Changes the stack", self._admin())]),
            "operator": self._role("operator", [self._policy("operator", "Runs the stack", self._operator())]),
            "auditor": self._role("auditor", [self._reading()]),
            "break-glass": self._role("break-glass", [self._policy("break-glass", "Everything", self._everything())]),
        }
        self.register_outputs({"roles": {role: made.arn for role, made in self.roles.items()}})

    def _role(self, name: str, rights: Sequence[aws.iam.Policy]) -> aws.iam.Role:
        role = aws.iam.Role(
            name,
            name=physical_name(self._args.environment, name),
            description=f"People: {name}",
            assume_role_policy=self._taken_by_people(name),
            permissions_boundary=self.boundary.arn,
            max_session_duration=HOURS[name] * _HOUR_S,
            opts=self._own,
        )
        for policy in rights:
            aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy.arn, opts=self._own)
        return role

    def _taken_by_people(self, role: str) -> pulumi.Output[str]:
        """A second factor, shown within the hour, and the role's name in the session's tag."""
        return policies.document(
            {
                "Sid": "AssumedByPeople",
                "Effect": "Allow",
                "Principal": {"AWS": policies.account_root(self._args.people_account)},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
                "Condition": {
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": str(_MFA_AGE_S)},
                    "StringEquals": {
                        "aws:PrincipalTag/ocpi-role": role,
                        "aws:PrincipalAccount": self._args.people_account,
                    },
                },
            }
        )

    def _policy(self, name: str, description: str, statements: Sequence[policies.Statement]) -> aws.iam.Policy:
        return aws.iam.Policy(
            name,
            name=physical_name(self._args.environment, name),
            description=description,
            policy=policies.document(*statements),
            opts=self._own,
        )

    def _reading(self) -> aws.iam.Policy:
        """What the scanner may read, a person may read as well."""
        return aws.iam.Policy(
            "auditor",
            name=physical_name(self._args.environment, "auditor"),
            description="Settings of this account, no data",
            policy=READING_RIGHTS.read_text(encoding="utf-8"),
            opts=self._own,
        )

    @property
    def _here(self) -> Mapping[str, Any]:
        return {"StringEquals": {"aws:RequestedRegion": [self._args.region, "us-east-1"]}}

    def _everything(self) -> list[policies.Statement]:
        return [policies.allow("Everything", ["*"], ["*"], condition=self._here)]

    def _most(self) -> list[policies.Statement]:
        """In this account's region, and never keys that last."""
        return [*self._everything(), policies.deny("NoLastingKeys", _NEVER_ADMIN, ["*"])]

    def _admin(self) -> list[policies.Statement]:
        """All that the program declares; the data in it is not among that."""
        return [*self._everything(), policies.deny("NoData", _DATA, ["*"])]

    def _operator(self) -> list[policies.Statement]:
        """What the runbooks ask for."""
        place = f"{self._args.region}:{self._args.account_id}"
        name = self._args.environment
        logs = f"arn:aws:logs:{place}:log-group:/{PROJECT}/{name}/*"
        return [
            policies.allow("ReadLogs", ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"], [logs]),
            policies.allow("QueryResults", ["logs:GetQueryResults", "logs:StopQuery"], ["*"], condition=self._here),
            policies.allow(
                "Alarms", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"], condition=self._here
            ),
            policies.allow(
                "Revoke",
                ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
                [f"arn:aws:dynamodb:{place}:table/*access*"],
            ),
            policies.allow(
                "Rotate",
                ["secretsmanager:CancelRotateSecret", "secretsmanager:DescribeSecret", "secretsmanager:RotateSecret"],
                [f"arn:aws:secretsmanager:{place}:secret:{PROJECT}/{name}/partners/*"],
            ),
            policies.allow(
                "Gateway",
                ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH"],
                [
                    f"arn:aws:apigateway:{self._args.region}::/apikeys/*",
                    f"arn:aws:apigateway:{self._args.region}::/restapis/*/stages/*/cache/*",
                ],
            ),
        ]
