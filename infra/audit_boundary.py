"""The most that anything in the audit account may ever do, whatever its own policy says: scan, keep, tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import PROJECT, physical_name
from infra.partner_naming import SCANNER_PARTNER

_KIND: Final = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditBoundaryArgs:
    """`bucket_arn` is where evidence goes."""

    account_id: str
    region: str
    bucket_arn: pulumi.Input[str]


def audit_boundary(name: str, args: AuditBoundaryArgs, opts: pulumi.ResourceOptions) -> aws.iam.Policy:
    """A permissions boundary for the scanner's roles and the functions."""
    place = f"{args.region}:{args.account_id}"
    here = {"StringEquals": {"aws:RequestedRegion": args.region}}
    evidence = pulumi.Output.concat(args.bucket_arn, "/*")
    statements = [
        policies.allow("Look", ["sts:AssumeRole"], [f"arn:aws:iam::*:role/{PROJECT}-*-posture"]),
        policies.allow(
            "OwnTokens",
            ["secretsmanager:GetSecretValue"],
            [
                f"arn:aws:secretsmanager:{args.region}:*:secret:{PROJECT}/*/partners/{SCANNER_PARTNER}-??????",
                f"arn:aws:secretsmanager:{place}:secret:{PROJECT}/audit/scanner/*",
            ],
        ),
        policies.allow(
            "Keys",
            ["kms:Decrypt", "kms:GenerateDataKey", "kms:GetPublicKey", "kms:Sign"],
            [f"arn:aws:kms:{args.region}:*:key/*"],
            condition=here,
        ),
        policies.allow(
            "Evidence",
            [
                *("s3:GetObject", "s3:GetObjectRetention", "s3:ListBucket", "s3:PutObject"),
                "s3:PutObjectRetention",
            ],
            [args.bucket_arn, evidence],
        ),
        policies.allow("Tell", ["sns:Publish"], [f"arn:aws:sns:{place}:*"]),
        policies.allow("Findings", ["securityhub:BatchImportFindings"], [f"arn:aws:securityhub:{place}:product/*"]),
        policies.allow("DeadLetters", ["sqs:SendMessage"], [f"arn:aws:sqs:{place}:*"]),
        policies.allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"arn:aws:logs:{place}:log-group:*"]),
        policies.allow(
            "Image",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [f"arn:aws:ecr:{place}:repository/*"],
        ),
        # no single resource can be named: registry, tracing, network interfaces
        policies.allow(
            "WithoutResource",
            [
                *("ecr:GetAuthorizationToken", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
                *("xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"),
                *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
                *("ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
            ],
            ["*"],
            condition=here,
        ),
    ]
    return aws.iam.Policy(
        name,
        name=physical_name(_KIND, "boundary"),
        description="Permissions boundary of scanner and functions",
        policy=policies.document(*statements),
        opts=opts,
    )
