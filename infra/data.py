"""The tables: what partners exchange, and who may."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArgs:
    """`protect` keeps `pulumi destroy` away; AWS's own deletion protection is always on."""

    key_arn: pulumi.Input[str]
    protect: bool
    weaknesses: frozenset[Weakness] = frozenset()


class Data(pulumi.ComponentResource):
    """`objects` holds the OCPI objects, `access` the contracts and token hashes.

    Both: keys `pk` and `sk` (text), own KMS key, point-in-time recovery, deletion protection, expiry by `expires_at`.
    """

    def __init__(self, name: str, args: DataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Data", name, None, opts)
        self._args = args
        self.objects = self._table("objects", own_key=Weakness.UNENCRYPTED_TABLE not in args.weaknesses)
        self.access = self._table("access", own_key=True)
        self.register_outputs({"objects": self.objects.name, "access": self.access.name})

    def _table(self, name: str, *, own_key: bool) -> aws.dynamodb.Table:
        encryption: aws.dynamodb.TableServerSideEncryptionArgsDict = {
            "enabled": True,
            "kms_key_arn": self._args.key_arn,
        }
        return aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key="pk",
            range_key="sk",
            attributes=[{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
            server_side_encryption=encryption if own_key else None,
            point_in_time_recovery={"enabled": True},
            deletion_protection_enabled=True,
            ttl={"attribute_name": "expires_at", "enabled": True},
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )
