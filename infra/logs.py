"""Log groups: encrypted with the stack's key, kept for a set time."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import log_group_name, physical_name


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsArgs:
    """Where logs go and how long they stay."""

    environment: str
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    retention_days: int


class LogGroups(pulumi.ComponentResource):
    """Makes log groups that are all alike."""

    def __init__(self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Logs", name, None, opts)
        self._args = args

    def group(self, name: str, physical: pulumi.Input[str]) -> aws.cloudwatch.LogGroup:
        """One more group under the same rules."""
        return aws.cloudwatch.LogGroup(
            name,
            name=physical,
            kms_key_id=self._args.key_arn,
            retention_in_days=self._args.retention_days,
            opts=pulumi.ResourceOptions(parent=self),
        )


class Logs(LogGroups):
    """Groups for flow, firewall and access logs; `group` makes further ones for the functions and the gateway."""

    def __init__(self, name: str, args: LogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.flow = self.group("vpc-flow", log_group_name(args.environment, "vpc-flow"))
        self.access = self.group("access", log_group_name(args.environment, "access"))
        # AWS WAF delivers to groups with this prefix only
        self.firewall = self.group("firewall", f"aws-waf-logs-{physical_name(args.environment, 'edge')}")
        self._let_firewall_write()
        self.register_outputs({"access": self.access.name, "firewall": self.firewall.name})

    def _let_firewall_write(self) -> None:
        delivery = f"arn:aws:logs:{self._args.region}:{self._args.account_id}:*"
        statement = policies.allow(
            "FirewallLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [self.firewall.arn.apply(lambda arn: f"{arn}:*")],
            principal={"Service": "delivery.logs.amazonaws.com"},
            condition={
                "StringEquals": {"aws:SourceAccount": self._args.account_id},
                "ArnLike": {"aws:SourceArn": delivery},
            },
        )
        aws.cloudwatch.LogResourcePolicy(
            "firewall",
            policy_name=physical_name(self._args.environment, "firewall-logs"),
            policy_document=policies.document(statement),
            opts=pulumi.ResourceOptions(parent=self),
        )
