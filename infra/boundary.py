"""The most that any function of the stack may ever do, whatever its own policy says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.delivered_to import DeliveredTo
from infra.naming import PROJECT, physical_name
from infra.scanner_secret import delivers_token


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundaryArgs:
    """Whose data. `runs_containers`: Fargate pulls their image under it as well."""

    environment: str
    account_id: str
    region: str
    runs_containers: bool = False
    delivered_to: DeliveredTo | None = None  # where the scanner's token goes


def _delivery(args: BoundaryArgs) -> list[policies.Statement]:
    return [] if args.delivered_to is None else delivers_token(args.delivered_to, args.region)


def boundary(name: str, args: BoundaryArgs, opts: pulumi.ResourceOptions) -> aws.iam.Policy:
    """A permissions boundary: data, tokens, keys, logs of this account and region; nothing that changes rights."""
    place = f"{args.region}:{args.account_id}"
    here = {"StringEquals": {"aws:RequestedRegion": args.region}}
    statements = [
        policies.allow(
            "Tables",
            [
                *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem"),
                *("dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"),
            ],
            [f"arn:aws:dynamodb:{place}:table/*"],
            condition=here,
        ),
        policies.allow(
            "PartnerSecrets",
            [
                *("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
                *("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
            ],
            [f"arn:aws:secretsmanager:{place}:secret:{PROJECT}/{args.environment}/partners/*"],
        ),
        policies.allow(
            "Keys",
            ["kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateMac"],
            [f"arn:aws:kms:{place}:key/*"],
            condition=here,
        ),
        *_delivery(args),
        policies.allow("DeadLetters", ["sqs:SendMessage"], [f"arn:aws:sqs:{place}:*"], condition=here),
        policies.allow(
            "Logs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [f"arn:aws:logs:{place}:log-group:*"],
            condition=here,
        ),
        *(_images(place, here) if args.runs_containers else ()),
        # Tracing, and the network interfaces of functions inside the network: no single resource can be named.
        policies.allow(
            "WithoutResource",
            [
                *("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"),
                *("xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries", "ec2:CreateNetworkInterface"),
                *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface"),
                *("ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
            ],
            ["*"],
            condition=here,
        ),
    ]
    return aws.iam.Policy(
        name,
        name=physical_name(args.environment, "boundary"),
        description="Permissions boundary of all functions",
        policy=policies.document(*statements),
        opts=opts,
    )


def _images(place: str, here: Mapping[str, Any]) -> list[policies.Statement]:
    """The registry's token belongs to no resource."""
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        policies.allow("Images", pull, [f"arn:aws:ecr:{place}:repository/*"]),
        policies.allow("Registry", ["ecr:GetAuthorizationToken"], ["*"], condition=here),
    ]
