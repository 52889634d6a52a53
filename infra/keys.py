"""The stack's own KMS keys: one per kind of data, so that reading one kind gives nothing of another."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies

_DELETION_WINDOW_DAYS = 30
_USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysArgs:
    """Whose keys."""

    environment: str
    account_id: str
    region: str


class Keys(pulumi.ComponentResource):
    """`data` (tables, settings), `secrets` (credentials), `logs`, `audit` (trail), `alerts` (topic, dead letters)."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Keys", name, None, opts)
        self._args = args
        self.data = self._key("data", "OCPI objects, contracts and function settings")
        self.secrets = self._key("secrets", "Credentials tokens of the partners")
        self.logs = self._key("logs", "All log groups", self._logs_statement())
        self.audit = self._key("audit", "The audit trail", self._trail_statement())
        self.alerts = self._key("alerts", "Alarm topic and dead letters", self._alarms_statement())
        self.register_outputs({"data": self.data.arn, "secrets": self.secrets.arn, "logs": self.logs.arn})

    def _key(self, purpose: str, description: str, *statements: policies.Statement) -> aws.kms.Key:
        key = aws.kms.Key(
            purpose,
            description=f"{description} ({self._args.environment})",
            enable_key_rotation=True,
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            policy=policies.document(self._administration(), *statements),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            purpose,
            name=f"alias/ocpi-{self._args.environment}-{purpose}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _administration(self) -> policies.Statement:
        """IAM decides: without this statement nobody could ever change the key again."""
        root = {"AWS": policies.account_root(self._args.account_id)}
        return policies.allow("AccountDecidesByIam", ["kms:*"], ["*"], principal=root)

    def _logs_statement(self) -> policies.Statement:
        """CloudWatch Logs may use the key for this account's groups only."""
        groups = f"arn:aws:logs:{self._args.region}:{self._args.account_id}:log-group:*"
        return policies.allow(
            "LogGroups",
            _USE,
            ["*"],
            principal={"Service": f"logs.{self._args.region}.amazonaws.com"},
            condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )

    def _trail_statement(self) -> policies.Statement:
        """CloudTrail may use the key for this account's trails only."""
        trails = f"arn:aws:cloudtrail:{self._args.region}:{self._args.account_id}:trail/*"
        return policies.allow(
            "Trails",
            ["kms:GenerateDataKey*", "kms:DescribeKey", "kms:Decrypt"],
            ["*"],
            principal={"Service": "cloudtrail.amazonaws.com"},
            condition={"StringLike": {"aws:SourceArn": trails}},
        )

    def _alarms_statement(self) -> policies.Statement:
        """Alarms publish to an encrypted topic, so their service needs the key as well."""
        return policies.allow(
            "AlarmsPublish",
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            ["*"],
            principal={"Service": "cloudwatch.amazonaws.com"},
            condition={"StringEquals": {"aws:SourceAccount": self._args.account_id}},
        )
