"""The function that Secrets Manager calls to renew a partner's credentials tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import archives, policies
from infra.contracts import PartyRole
from infra.delivered_to import DeliveredTo
from infra.function import Function, FunctionArgs, Placement, Surroundings
from infra.naming import PROJECT
from infra.partner_naming import SCANNER_PARTNER
from infra.scanner_secret import delivers_token


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationArgs:
    """`origin` is where partners reach us, `https://host`. `placement` None: outside the network."""

    surroundings: Surroundings
    account_id: str
    region: str
    origin: str
    parties: Sequence[PartyRole]
    access: aws.dynamodb.Table
    secrets_key_arn: pulumi.Input[str]
    placement: Placement | None
    delivered_to: DeliveredTo | None  # tokens of the scanner, a partner without a platform


def rotation_function(args: RotationArgs, opts: pulumi.ResourceOptions) -> Function:
    """It calls partners, so it cannot be in the isolated subnets: it is placed at the filtered egress.

    Without a placement (`egress: unfiltered`) it runs in Lambda's own network: it has no route to anything of the
    stack, and its client connects to public addresses over verified TLS only.
    """
    roles = [role.as_json() for role in args.parties]
    return Function(
        "rotation",
        FunctionArgs(
            surroundings=args.surroundings,
            description="Rotates OCPI credentials tokens by the credentials handshake",
            handler="infra.rotation.handler.handle",
            code=archives.sources("rotation"),
            settings={
                "ACCESS_TABLE": args.access.name,
                "VERSIONS_URL": f"{args.origin}/ocpi/versions",
                "ROLES": json.dumps(roles),
                "DELIVERED": json.dumps({SCANNER_PARTNER: args.delivered_to.secret} if args.delivered_to else {}),
            },
            statements=_statements(args),
            concurrency=1,  # one partner at a time: two rotations never race
            timeout=120,
            placement=args.placement,
        ),
        opts,
    )


def _statements(args: RotationArgs) -> list[policies.Statement]:
    environment = args.surroundings.environment
    partner_secrets = (
        f"arn:aws:secretsmanager:{args.region}:{args.account_id}:secret:{PROJECT}/{environment}/partners/*"
    )
    tokens_only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["token#*", "registration#*"]}}
    to_read = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["partners", "revoked#*"]}}
    return [
        policies.allow(
            "RotatePartnerSecrets",
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            [partner_secrets],
        ),
        policies.allow("SecretsKey", ["kms:Decrypt", "kms:GenerateDataKey"], [args.secrets_key_arn]),
        policies.allow(
            "TokenHashes",
            ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            [args.access.arn],
            condition=tokens_only,
        ),
        policies.allow(
            "ContractsAndRevocations",
            ["dynamodb:GetItem", "dynamodb:ConditionCheckItem"],
            [args.access.arn],
            condition=to_read,
        ),
        *([] if args.delivered_to is None else delivers_token(args.delivered_to, args.region)),
    ]
