"""What people may do, action by action. Nobody reads tokens, objects or messages, and nobody changes code by hand.
Where the config opens the quarantine, operators read what the service refused (infra/quarantine.py).

    auditor       settings: the same file that binds the scanner (reading_rights.json)
    operator      what the runbooks ask for: look at logs and alarms, shut a partner out
    admin         settings of what stands: firewall, gateway, network, limits, alarms, tables
    break-glass   the same, and who may do what: policies of roles, keys, secrets, tables, buckets

A whole `pulumi up` is none of these: it writes code, secrets and roles, and runs under the role of deployments
(docs/deploy.md). Source of the names: Service Authorization Reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from infra import policies
from infra.naming import PROJECT, physical_name
from infra.people_names import ROLES
from infra.posture_role import READING_RIGHTS

# Keys that last and people made by hand; a boundary that somebody takes off.
NEVER: Final = (
    *("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential", "iam:CreateUser"),
    *("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:UpdateLoginProfile"),
    *("account:*", "organizations:*"),
)
DATA: Final = (
    *("dynamodb:BatchGetItem", "dynamodb:ExportTableToPointInTime", "dynamodb:GetItem", "dynamodb:GetRecords"),
    *("dynamodb:PartiQL*", "dynamodb:Query", "dynamodb:Scan", "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*"),
    *("lambda:GetFunction", "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "s3:GetObject*"),
    *("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
    *("sqs:ReceiveMessage", "ssm:GetParameter*"),
)
_FENCE: Final = (
    *("iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:DeleteRole*"),
    *("iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRights:
    """The statements of each role, for one environment. `operators_read_tokens` is a weakness."""

    environment: str
    account_id: str
    region: str
    operators_read_tokens: bool = False
    quarantine_key_arn: pulumi.Input[str] | None = None  # None: nobody reads refused records

    def of(self, role: str) -> list[policies.Statement]:
        """Beside the right to read settings; the auditor has nothing but that."""
        own = {"admin": self._admin, "operator": self._operator, "break-glass": self._break_glass}
        return own[role]() if role in own else []

    def most(self) -> list[policies.Statement]:
        """The boundary: each action that a role has by name, and what none may ever have."""
        given = [one for role in ROLES for one in self.of(role)]
        actions = sorted({action for one in (*given, reading()) for action in one["Action"]})
        fenced = [self._iam("policy", "people-boundary"), self._iam("policy", "boundary")]
        return [
            policies.allow("ByName", actions, ["*"], condition=self._here),
            policies.deny("NoLastingKeys", NEVER, ["*"]),
            policies.deny("NoData", [one for one in DATA if one not in actions], ["*"]),
            *self._no_other_records(),
            policies.deny("NoWayOverTheFence", _FENCE, [*fenced, *(self._iam("role", role) for role in ROLES)]),
        ]

    @property
    def _here(self) -> Mapping[str, Any]:
        """IAM and what else is global asks in us-east-1."""
        return {"StringEquals": {"aws:RequestedRegion": [self.region, "us-east-1"]}}

    def _at(self, service: str, *names: str) -> list[str]:
        return [f"arn:aws:{service}:{self.region}:{self.account_id}:{name}" for name in names]

    def _iam(self, kind: str, name: str) -> str:
        return f"arn:aws:iam::{self.account_id}:{kind}/{physical_name(self.environment, name)}"

    def _gateway(self, *paths: str) -> list[str]:
        return [f"arn:aws:apigateway:{self.region}::/{path}" for path in paths]

    def _admin(self) -> list[policies.Statement]:
        own = f"{PROJECT}-{self.environment}"
        groups = self._at("logs", f"log-group:/{PROJECT}/{self.environment}/*", f"log-group:aws-waf-logs-{own}-*")
        return [
            policies.allow(
                "Firewall",
                ["wafv2:UpdateIPSet", "wafv2:UpdateWebACL"],
                self._at("wafv2", f"regional/ipset/{own}-*", f"regional/webacl/{own}-*", "regional/managedruleset/*"),
            ),
            policies.allow(
                "Gateway",
                ["apigateway:PATCH", "apigateway:PUT"],
                self._gateway("restapis/*", "usageplans/*", "apikeys/*", "domainnames/*"),
            ),
            policies.allow("Floods", ["lambda:PutFunctionConcurrency"], self._at("lambda", f"function:{own}-*")),
            policies.allow(
                "Network",
                [
                    *("ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"),
                    *("ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupEgress"),
                    "ec2:RevokeSecurityGroupIngress",
                ],
                self._at("ec2", "security-group/*", "security-group-rule/*"),
            ),
            policies.allow(
                "WayOut",
                ["network-firewall:UpdateFirewallPolicy", "network-firewall:UpdateRuleGroup"],
                self._at("network-firewall", f"firewall-policy/{own}-*", f"stateful-rulegroup/{own}-*"),
            ),
            policies.allow(
                "Alarms",
                ["cloudwatch:EnableAlarmActions", "cloudwatch:PutMetricAlarm"],
                self._at("cloudwatch", f"alarm:{own}-*"),
            ),
            policies.allow("Logs", ["logs:PutMetricFilter", "logs:PutRetentionPolicy"], groups),
            policies.allow(
                "Tables",
                ["dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"],
                self._at("dynamodb", "table/access-*", "table/objects-*"),
            ),
        ]

    def _break_glass(self) -> list[policies.Statement]:
        """It mends rights and reads nothing: whoever has to read puts that into a policy, where the trail shows it.

        This is more than any other role has, because it is for the day on which a wrong policy has shut everybody
        out, deployments included. It is taken for an hour, and every time an alarm says so (infra/people.py).
        """
        own = f"{PROJECT}-{self.environment}"
        roles = [f"arn:aws:iam::{self.account_id}:role/{own}-*", f"arn:aws:iam::{self.account_id}:policy/{own}-*"]
        return [
            *self._admin(),
            policies.allow(
                "Roles",
                [
                    *("iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion"),
                    *("iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy"),
                    *("iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy"),
                ],
                roles,
            ),
            policies.allow(
                "Keys",
                ["kms:CancelKeyDeletion", "kms:EnableKey", "kms:PutKeyPolicy"],
                self._at("kms", "key/*"),
            ),
            policies.allow(
                "Secrets",
                [
                    *("secretsmanager:DeleteResourcePolicy", "secretsmanager:PutResourcePolicy"),
                    *("secretsmanager:RestoreSecret", "secretsmanager:UpdateSecretVersionStage"),
                ],
                self._at("secretsmanager", f"secret:{PROJECT}/{self.environment}/partners/*"),
            ),
            policies.allow("Buckets", ["s3:PutBucketPolicy"], [f"arn:aws:s3:::{own}-*"]),
            policies.allow(
                "TablePolicies",
                ["dynamodb:DeleteResourcePolicy"],
                self._at("dynamodb", "table/access-*", "table/objects-*"),
            ),
        ]

    def _operator(self) -> list[policies.Statement]:
        """Logs hold no tokens and no paths; the access table holds hashes, and even those are not read."""
        group = self._at("logs", f"log-group:/{PROJECT}/{self.environment}/*")
        return [
            policies.allow("ReadLogs", ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"], group),
            policies.allow(
                "Look",
                [
                    *("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "logs:DescribeLogGroups"),
                    *("logs:GetQueryResults", "logs:StopQuery"),
                ],
                ["*"],
                condition=self._here,
            ),
            policies.allow(
                "Revoke",
                ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                self._at("dynamodb", "table/access-*"),
            ),
            policies.allow(
                "StopRotation",
                ["secretsmanager:CancelRotateSecret", "secretsmanager:DescribeSecret"],
                self._at("secretsmanager", f"secret:{PROJECT}/{self.environment}/partners/*"),
            ),
            policies.allow(
                "GatewayKeys",
                ["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH"],
                self._gateway("apikeys", "apikeys/*", "restapis", "restapis/*/stages/*/cache/*"),
            ),
            *self._refused_records(),
            *(self._tokens() if self.operators_read_tokens else ()),
        ]

    def _no_other_records(self) -> list[policies.Statement]:
        """What operators may do to refused records nobody may do to any other."""
        if self.quarantine_key_arn is None:
            return []
        reading = ["dynamodb:GetItem", "dynamodb:Query"]
        key = policies.deny_elsewhere("NoOtherKey", ["kms:Decrypt"], [self.quarantine_key_arn])
        return [
            policies.deny_elsewhere("NoOtherRecords", reading, self._refused),
            *(() if self.operators_read_tokens else (key,)),
        ]

    @property
    def _refused(self) -> list[str]:
        return self._at("dynamodb", "table/quarantine-*")

    def _refused_records(self) -> list[policies.Statement]:
        """Only where the config opens the quarantine: whoever asks a partner to mend records may have to see one."""
        if self.quarantine_key_arn is None:
            return []
        through = {"StringEquals": {"kms:ViaService": f"dynamodb.{self.region}.amazonaws.com"}}
        return [
            policies.allow("RefusedRecords", ["dynamodb:GetItem", "dynamodb:Query"], self._refused),
            policies.allow("RefusedRecordsKey", ["kms:Decrypt"], [self.quarantine_key_arn], condition=through),
        ]

    def _tokens(self) -> list[policies.Statement]:
        secrets = self._at("secretsmanager", f"secret:{PROJECT}/{self.environment}/partners/*")
        return [
            policies.allow("Tokens", ["secretsmanager:GetSecretValue"], secrets),
            policies.allow("TokensKey", ["kms:Decrypt"], self._at("kms", "key/*")),
        ]


def reading() -> Mapping[str, Any]:
    """What the scanner may read, a person may read as well: the Allow of the committed file."""
    document = json.loads(READING_RIGHTS.read_text(encoding="utf-8"))
    allowed: Mapping[str, Any] = document["Statement"][0]
    return allowed
