"""The credentials tokens of one partner, in Secrets Manager, rotated by the OCPI credentials module."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.partner_naming import secret_name
from infra.weaknesses import Weakness

_RECOVERY_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSecretArgs:
    """`rotation_allowed` is the permission that lets Secrets Manager call the rotation function."""

    environment: str
    partner_id: str
    token_encoding: str
    key_arn: pulumi.Input[str]
    rotation_function_arn: pulumi.Input[str]
    rotation_allowed: pulumi.Resource
    rotation_days: int
    weaknesses: frozenset[Weakness] = frozenset()


class PartnerSecret(pulumi.ComponentResource):
    """Its first value holds no token: tokens are made by the rotation function and never pass through here."""

    def __init__(self, name: str, args: PartnerSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:PartnerSecret", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.secret = aws.secretsmanager.Secret(
            args.partner_id,
            name=secret_name(args.environment, args.partner_id),
            description=f"OCPI credentials of partner {args.partner_id}",
            kms_key_id=None if Weakness.SECRETS_WITHOUT_OWN_KEY in args.weaknesses else args.key_arn,
            recovery_window_in_days=0 if Weakness.SECRETS_GONE_AT_ONCE in args.weaknesses else _RECOVERY_DAYS,
            opts=self._own,
        )
        first = aws.secretsmanager.SecretVersion(
            args.partner_id,
            secret_id=self.secret.id,
            secret_string=json.dumps({"partner_id": args.partner_id, "token_encoding": args.token_encoding}),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        if Weakness.SECRET_WITHOUT_ROTATION not in args.weaknesses:
            self._rotation(first)
        self.register_outputs({"arn": self.secret.arn})

    def _rotation(self, first: pulumi.Resource) -> None:
        aws.secretsmanager.SecretRotation(
            self._args.partner_id,
            secret_id=self.secret.id,
            rotation_lambda_arn=self._args.rotation_function_arn,
            rotation_rules={"automatically_after_days": self._args.rotation_days},
            rotate_immediately=True,  # the first rotation issues CREDENTIALS_TOKEN_A
            opts=pulumi.ResourceOptions(parent=self, depends_on=[first, self._args.rotation_allowed]),
        )
