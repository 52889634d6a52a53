"""Records that the service refused: a table of their own under a key of their own, for thirty days.

The service writes and cannot read. Nobody else reads either: which rule a record broke is in the log. Where the config
says `quarantine: opened`, operators read for as long as it does (`infra/people_rights.py`), and a scan reports it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.own_key import OwnKeyArgs, own_key
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineArgs:
    """`protect` keeps `pulumi destroy` away; AWS's own deletion protection is on until it is `released`."""

    environment: str
    account_id: str
    region: str
    protect: bool
    released: bool = False
    weaknesses: frozenset[Weakness] = frozenset()


class Quarantine(pulumi.ComponentResource):
    """`table` with keys `pk` and `sk` (text), expiry by `expires_at`; `key` encrypts it."""

    def __init__(self, name: str, args: QuarantineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Quarantine", name, None, opts)
        self._region = args.region
        own = pulumi.ResourceOptions(parent=self)
        described = "Records that the service refused"
        key = OwnKeyArgs(environment=args.environment, account_id=args.account_id, description=described)
        self.key = own_key("quarantine", key, own)
        self.table = aws.dynamodb.Table(
            "quarantine",
            billing_mode="PAY_PER_REQUEST",
            hash_key="pk",
            range_key="sk",
            attributes=[{"name": name, "type": "S"} for name in ("pk", "sk")],
            server_side_encryption={"enabled": True, "kms_key_arn": self.key.arn},
            point_in_time_recovery={"enabled": True},
            deletion_protection_enabled=not args.released,
            ttl=None
            if Weakness.ENDLESS_QUARANTINE in args.weaknesses
            else {"attribute_name": "expires_at", "enabled": True},
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.register_outputs({"table": self.table.name})

    def written(self) -> list[policies.Statement]:
        """What who refuses may do: write, and nothing else."""
        through = {"StringEquals": {"kms:ViaService": f"dynamodb.{self._region}.amazonaws.com"}}
        silent = {"StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}
        return [
            # an update could give back what was there
            policies.allow("SetAside", ["dynamodb:UpdateItem"], [self.table.arn], condition=silent),
            policies.allow("SetAsideKey", ["kms:Decrypt"], [self.key.arn], condition=through),
        ]
