"""The function that tells the gateway who calls and what that partner may do."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import archives, policies
from infra.function import Function, FunctionArgs, Placement, Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoriserArgs:
    """`access` is the table of contracts and token hashes, which it only reads."""

    surroundings: Surroundings
    placement: Placement
    access: aws.dynamodb.Table
    concurrency: int
    mutual_tls: bool


def authoriser_function(args: AuthoriserArgs, opts: pulumi.ResourceOptions) -> Function:
    """Standard library and the SDK that Lambda brings along; no other dependency."""
    return Function(
        "authoriser",
        FunctionArgs(
            surroundings=args.surroundings,
            description="OCPI credentials token to partner, modules, sides and rights",
            handler="infra.authoriser.handler.handle",
            code=archives.sources("authoriser"),
            settings={"ACCESS_TABLE": args.access.name, "MUTUAL_TLS": "required" if args.mutual_tls else "off"},
            statements=[policies.allow("ReadAccess", ["dynamodb:GetItem", "dynamodb:BatchGetItem"], [args.access.arn])],
            concurrency=args.concurrency,
            timeout=5,
            placement=args.placement,
        ),
        opts,
    )
