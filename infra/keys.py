"""The stack's own KMS keys: one per kind of data, so that reading one kind gives nothing of another."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.own_key import OwnKeyArgs, config_uses, log_groups_use, own_key, publishers_use, trails_use


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysArgs:
    """Whose keys. `secret_readers` are statements for those of another account who read a secret here."""

    environment: str
    account_id: str
    region: str
    secret_readers: tuple[policies.Statement, ...] = ()


class Keys(pulumi.ComponentResource):
    """`data` (tables, settings), `secrets` (credentials), `logs`, `audit` (trail), `alerts` (topic, dead letters)."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Keys", name, None, opts)
        self._args = args
        account, region = args.account_id, args.region
        self.data = self._key("data", "OCPI objects, contracts and function settings")
        self.secrets = self._key("secrets", "Credentials tokens of the partners", *args.secret_readers)
        self.logs = self._key("logs", "All log groups", log_groups_use(account, region))
        self.audit = self._key("audit", "The audit trail", trails_use(account, region), config_uses(account))
        self.alerts = self._key("alerts", "Alarm topic and dead letters", publishers_use(account, "cloudwatch"))
        self.register_outputs({"data": self.data.arn, "secrets": self.secrets.arn, "logs": self.logs.arn})

    def _key(self, purpose: str, description: str, *statements: policies.Statement) -> aws.kms.Key:
        args = OwnKeyArgs(
            environment=self._args.environment,
            account_id=self._args.account_id,
            description=description,
            statements=statements,
        )
        return own_key(purpose, args, pulumi.ResourceOptions(parent=self))
