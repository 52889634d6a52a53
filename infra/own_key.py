"""A KMS key of a stack, with the AWS services that may use it and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies

_DELETION_WINDOW_DAYS: Final = 30
_USE: Final = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeyArgs:
    """`statements` are added to what the account's own IAM policies allow."""

    environment: str
    account_id: pulumi.Input[str]
    description: str
    statements: tuple[policies.Statement, ...] = ()


def own_key(purpose: str, args: OwnKeyArgs, opts: pulumi.ResourceOptions) -> aws.kms.Key:
    """A rotated key under `alias/ocpi-ENVIRONMENT-PURPOSE`."""
    key = aws.kms.Key(
        purpose,
        description=f"{args.description} ({args.environment})",
        enable_key_rotation=True,
        deletion_window_in_days=_DELETION_WINDOW_DAYS,
        policy=policies.document(_administration(args.account_id), *args.statements),
        opts=opts,
    )
    aws.kms.Alias(purpose, name=f"alias/ocpi-{args.environment}-{purpose}", target_key_id=key.key_id, opts=opts)
    return key


def _administration(account_id: pulumi.Input[str]) -> policies.Statement:
    """IAM decides: without this statement nobody could ever change the key again."""
    root = {"AWS": pulumi.Output.concat("arn:aws:iam::", account_id, ":root")}
    return policies.allow("AccountDecidesByIam", ["kms:*"], ["*"], principal=root)


def log_groups_use(account_id: str, region: str) -> policies.Statement:
    """CloudWatch Logs may use the key for this account's groups only."""
    groups = f"arn:aws:logs:{region}:{account_id}:log-group:*"
    return policies.allow(
        "LogGroups",
        _USE,
        ["*"],
        principal={"Service": f"logs.{region}.amazonaws.com"},
        condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


def trails_use(account_id: str, region: str) -> policies.Statement:
    """CloudTrail may use the key for this account's trails only."""
    trails = f"arn:aws:cloudtrail:{region}:{account_id}:trail/*"
    return policies.allow(
        "Trails",
        ["kms:GenerateDataKey*", "kms:DescribeKey", "kms:Decrypt"],
        ["*"],
        principal={"Service": "cloudtrail.amazonaws.com"},
        condition={"StringLike": {"aws:SourceArn": trails}},
    )


def config_uses(account_id: str) -> policies.Statement:
    """AWS Config writes what it recorded of this account."""
    return policies.allow(
        "ConfigWrites",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        ["*"],
        principal={"Service": "config.amazonaws.com"},
        condition={"StringEquals": {"aws:SourceAccount": account_id}},
    )


def publishers_use(account_id: str, service: str) -> policies.Statement:
    """A service that publishes to an encrypted topic needs its key as well. `service`: `cloudwatch`, `events`."""
    return policies.allow(
        f"{service.capitalize()}Publishes",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        ["*"],
        principal={"Service": f"{service}.amazonaws.com"},
        condition={"StringEquals": {"aws:SourceAccount": account_id}},
    )
