"""The tables: what partners exchange, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.weaknesses import Weakness

_INDEX_KEYS: Final = ("collection", "created")
# Lists are served in order of creation; what decides who may see an object is in the index, its body is not.
BY_CREATION: Final[aws.dynamodb.TableGlobalSecondaryIndexArgsDict] = {
    "name": "by-creation",
    "hash_key": "collection",
    "range_key": "created",
    "projection_type": "INCLUDE",
    "non_key_attributes": ["owner", "tenant", "last_updated"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArgs:
    """`protect` keeps `pulumi destroy` away; AWS's own deletion protection is on until the data is `released`."""

    key_arn: pulumi.Input[str]
    protect: bool
    released: bool = False
    weaknesses: frozenset[Weakness] = frozenset()


class Data(pulumi.ComponentResource):
    """`objects` holds the OCPI objects, `access` the contracts and token hashes.

    Both: keys `pk` and `sk` (text), own KMS key, point-in-time recovery, deletion protection, expiry by `expires_at`.
    """

    def __init__(self, name: str, args: DataArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Data", name, None, opts)
        self._args = args
        own_key = Weakness.UNENCRYPTED_TABLE not in args.weaknesses
        self.objects = self._table("objects", own_key=own_key, index=BY_CREATION)
        self.access = self._table("access", own_key=True)
        self.register_outputs({"objects": self.objects.name, "access": self.access.name})

    def _table(
        self, name: str, *, own_key: bool, index: aws.dynamodb.TableGlobalSecondaryIndexArgsDict | None = None
    ) -> aws.dynamodb.Table:
        weak = self._args.weaknesses if name == "objects" else frozenset()
        encryption: aws.dynamodb.TableServerSideEncryptionArgsDict = {
            "enabled": True,
            "kms_key_arn": self._args.key_arn,
        }
        return aws.dynamodb.Table(
            name,
            billing_mode="PAY_PER_REQUEST",
            hash_key="pk",
            range_key="sk",
            attributes=[{"name": name, "type": "S"} for name in ("pk", "sk", *(_INDEX_KEYS if index else ()))],
            global_secondary_indexes=[index] if index else None,
            server_side_encryption=encryption if own_key else None,
            point_in_time_recovery={"enabled": Weakness.UNRECOVERABLE_TABLE not in weak},
            deletion_protection_enabled=not self._args.released and Weakness.DELETABLE_TABLE not in weak,
            ttl=None if Weakness.ENDLESS_DATA in weak else {"attribute_name": "expires_at", "enabled": True},
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )
