"""Service control policies: what nobody in an account of ours may do, whatever the account's own policies allow.

Each policy is one idea, well below the 5,120 characters that AWS allows. Two roles are exempt where somebody has to be
able to change a protection: the one that the organisation makes in each account, which this program takes, and the
break-glass roles, whose every use raises an alarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name
from infra.policies import VERSION

ACCESS_ROLE: Final = "OrganizationAccountAccessRole"
_EXEMPT: Final = (f"arn:aws:iam::*:role/{ACCESS_ROLE}", "arn:aws:iam::*:role/ocpi-*-break-glass")
_NOT_EXEMPT: Final = {"ArnNotLike": {"aws:PrincipalArn": list(_EXEMPT)}}

# Services without regions, or whose control plane is in one region that need not be an approved one.
_GLOBAL: Final = (
    *("account:*", "acm:*", "aws-portal:*", "billing:*", "budgets:*", "ce:*", "cloudfront:*", "consolidatedbilling:*"),
    *("cur:*", "freetier:*", "globalaccelerator:*", "health:*", "iam:*", "invoicing:*", "kms:*", "networkmanager:*"),
    *("organizations:*", "payments:*", "pricing:*", "route53:*", "route53domains:*", "s3:GetAccountPublic*"),
    *("s3:ListAllMyBuckets", "s3:PutAccountPublic*", "shield:*", "sso:*", "sts:*", "support:*", "tax:*"),
    *("trustedadvisor:*", "waf:*", "waf-regional:*", "wafv2:*"),
)


def statements(approved_regions: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The policies by name."""
    return {
        "membership": [_deny("LeaveOrganization", ["organizations:LeaveOrganization"])],
        "root": [_deny("RootUser", ["*"], {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}})],
        "watch": _watch(),
        "data": _data(),
        "regions": [_regions(approved_regions)],
    }


def _watch() -> list[Mapping[str, Any]]:
    """Trails and detectors stay on."""
    return [
        _deny(
            "Trails",
            [
                *("cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging"),
                "cloudtrail:UpdateTrail",
            ],
            _NOT_EXEMPT,
        ),
        _deny(
            "Detectors",
            [
                *("access-analyzer:DeleteAnalyzer", "config:DeleteConfigurationRecorder"),
                *("config:DeleteDeliveryChannel", "config:StopConfigurationRecorder", "guardduty:DeleteDetector"),
                *("guardduty:DisassociateFromAdministratorAccount", "guardduty:DisassociateFromMasterAccount"),
                *("guardduty:StopMonitoringMembers", "guardduty:UpdateDetector", "securityhub:BatchDisableStandards"),
                *("securityhub:DisableSecurityHub", "securityhub:DisassociateFromAdministratorAccount"),
            ],
            _NOT_EXEMPT,
        ),
        _deny("FlowLogs", ["ec2:DeleteFlowLogs"], _NOT_EXEMPT),
    ]


def _data() -> list[Mapping[str, Any]]:
    """Nothing public in S3, nothing unencrypted on disks, file systems and databases."""
    public = {"s3:x-amz-acl": ["public-read", "public-read-write", "authenticated-read"]}
    shared = ["ec2:DisableEbsEncryptionByDefault", "ec2:DisableSnapshotBlockPublicAccess"]
    files, databases = ["elasticfilesystem:CreateFileSystem"], ["rds:CreateDBCluster", "rds:CreateDBInstance"]
    return [
        _deny("PublicAccessBlock", ["s3:PutAccountPublicAccessBlock"], _NOT_EXEMPT),
        _deny("PublicLists", ["s3:PutBucketAcl", "s3:PutObject", "s3:PutObjectAcl"], {"StringEquals": public}),
        _deny("SharedDisks", shared, _NOT_EXEMPT),
        _deny("Disks", ["ec2:CreateVolume", "ec2:RunInstances"], _plain("ec2:Encrypted"), ["arn:aws:ec2:*:*:volume/*"]),
        _deny("FileSystems", files, _plain("elasticfilesystem:Encrypted")),
        _deny("Databases", databases, _plain("rds:StorageEncrypted")),
        _deny("Keys", ["kms:ScheduleKeyDeletion"], _NOT_EXEMPT),
    ]


def _plain(key: str) -> Mapping[str, Any]:
    """Asked for without encryption."""
    return {"Bool": {key: "false"}}


def _regions(approved: Sequence[str]) -> Mapping[str, Any]:
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": list(approved)}, **_NOT_EXEMPT}
    return {
        "Sid": "OtherRegions",
        "Effect": "Deny",
        "NotAction": list(_GLOBAL),
        "Resource": "*",
        "Condition": elsewhere,
    }


def _deny(
    sid: str,
    actions: Sequence[str],
    condition: Mapping[str, Any] | None = None,
    resources: Sequence[str] = ("*",),
) -> Mapping[str, Any]:
    found: dict[str, Any] = {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": list(resources)}
    return found | ({"Condition": condition} if condition else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailsArgs:
    """`targets` are organisational units by name; the management account is under none, which AWS does not allow.

    `organization`: AWS has no policies, and no type of them, before it is there.
    """

    organization: aws.organizations.Organization
    targets: Mapping[str, pulumi.Input[str]]
    approved_regions: Sequence[str]


class Guardrails(pulumi.ComponentResource):
    """Every policy on every unit."""

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Guardrails", name, None, opts)
        own = pulumi.ResourceOptions(parent=self, depends_on=[args.organization])
        self.policies: dict[str, aws.organizations.Policy] = {}
        for idea, found in statements(args.approved_regions).items():
            policy = aws.organizations.Policy(
                idea,
                name=physical_name("org", idea),
                description=f"OCPI guard rail: {idea}",
                type="SERVICE_CONTROL_POLICY",
                content=json.dumps({"Version": VERSION, "Statement": found}, separators=(",", ":")),
                opts=own,
            )
            self.policies[idea] = policy
            for unit, target in args.targets.items():
                aws.organizations.PolicyAttachment(f"{idea}-{unit}", policy_id=policy.id, target_id=target, opts=own)
        self.register_outputs({"policies": {idea: policy.id for idea, policy in self.policies.items()}})
