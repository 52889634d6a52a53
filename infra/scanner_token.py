"""The scanner's own token: a partner's secret that one role of the audit account may read."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.posture_role import scan_role_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerTokenArgs:
    """`auditor` is the account of the scheduled scanner; `any_role` of it is a weakness."""

    environment: str
    auditor: str
    secret_arn: pulumi.Input[str]
    any_role: bool = False


def scanner_token(name: str, args: ScannerTokenArgs, opts: pulumi.ResourceOptions) -> aws.secretsmanager.SecretPolicy:
    """Reading, by that role alone."""
    statement = policies.allow(
        "ReadByTheScanner",
        ["secretsmanager:GetSecretValue"],
        ["*"],
        principal={"AWS": policies.account_root(args.auditor)},
        condition=None if args.any_role else _scanner(args.environment, args.auditor),
    )
    return aws.secretsmanager.SecretPolicy(
        name, secret_arn=args.secret_arn, policy=policies.document(statement), block_public_policy=True, opts=opts
    )


def scanner_decrypts(environment: str, auditor: str, region: str, *, any_role: bool = False) -> policies.Statement:
    """For the policy of the key that encrypts the secret."""
    who = {} if any_role else _scanner(environment, auditor)
    through = {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}
    return policies.allow(
        "DecryptedByTheScanner",
        ["kms:Decrypt"],
        ["*"],
        principal={"AWS": policies.account_root(auditor)},
        condition=who | {"StringEquals": through},
    )


def _scanner(environment: str, auditor: str) -> dict[str, object]:
    return {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{auditor}:role/{scan_role_name(environment)}"}}
