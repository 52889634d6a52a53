"""What the scanner may read in an account: `infra/reading_rights.json`, generated from what the stack declares.

`.venv/bin/python -m tests.infra.reading_rights` writes the file again. For each type of resource of the test and prod
stacks this table names the operations that show its settings. None of them shows data: no object, item, secret value,
log line, message or code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.infra.recorded_program import example, run

FILE: Final = Path(__file__).resolve().parents[2] / "infra" / "reading_rights.json"

_BUCKET: Final = (
    *("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketOwnershipControls"),
    *("s3:GetBucketPolicy", "s3:GetBucketPolicyStatus", "s3:ListAllMyBuckets", "s3:GetBucketTagging"),
)
_GATEWAY: Final = ("apigateway:GET",)
# By service where all its types are shown by the same operations, by type where they are not.
READS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:apigateway": _GATEWAY,
    "aws:cloudtrail": (
        *("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrail"),
        *("cloudtrail:GetTrailStatus", "cloudtrail:ListTrails"),
    ),
    "aws:cloudwatch/logGroup": ("logs:DescribeLogGroups", "logs:ListTagsForResource"),
    "aws:cloudwatch/logMetricFilter": ("logs:DescribeMetricFilters",),
    "aws:cloudwatch/logResourcePolicy": ("logs:DescribeResourcePolicies",),
    "aws:cloudwatch/metricAlarm": ("cloudwatch:DescribeAlarms",),
    "aws:cloudwatch/event": ("events:ListRules", "events:ListTargetsByRule"),
    "aws:accessanalyzer": ("access-analyzer:ListAnalyzers",),
    "aws:cfg": (
        *("config:DescribeConfigurationRecorderStatus", "config:DescribeConfigurationRecorders"),
        "config:DescribeDeliveryChannels",
    ),
    "aws:guardduty": ("guardduty:GetDetector", "guardduty:ListDetectors"),
    "aws:securityhub": ("securityhub:DescribeHub", "securityhub:GetEnabledStandards"),
    "aws:dynamodb": (
        *("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"),
        *("dynamodb:GetResourcePolicy", "dynamodb:ListTables"),
    ),
    "aws:ec2/defaultSecurityGroup": ("ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"),
    "aws:ec2/eip": ("ec2:DescribeAddresses",),
    "aws:ec2/flowLog": ("ec2:DescribeFlowLogs",),
    "aws:ec2/internetGateway": ("ec2:DescribeInternetGateways",),
    "aws:ec2/managedPrefixList": ("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"),
    "aws:ec2/natGateway": ("ec2:DescribeNatGateways",),
    "aws:ec2/routeTable": ("ec2:DescribeRouteTables",),
    "aws:ec2/securityGroup": ("ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"),
    "aws:ec2/subnet": ("ec2:DescribeSubnets",),
    "aws:ec2/vpc": ("ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs"),
    "aws:ec2/vpcEndpoint": ("ec2:DescribeVpcEndpoints",),
    "aws:vpc": ("ec2:DescribeSecurityGroupRules",),
    "aws:iam": (
        *("iam:GetAccountAuthorizationDetails", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole"),
        *("iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoles"),
    ),
    "aws:kms": (
        *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListGrants"),
        "kms:ListKeys",
    ),
    # not lambda:GetFunction, which hands out the code
    "aws:lambda": (
        *("lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration", "lambda:GetPolicy"),
        *("lambda:ListFunctionUrlConfigs", "lambda:ListFunctions"),
    ),
    "aws:networkfirewall": (
        *("network-firewall:DescribeFirewall", "network-firewall:DescribeFirewallPolicy"),
        *("network-firewall:DescribeLoggingConfiguration", "network-firewall:DescribeRuleGroup"),
        "network-firewall:ListFirewalls",
    ),
    "aws:s3/bucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "aws:s3/bucketObjectLock": ("s3:GetBucketObjectLockConfiguration",),
    "aws:s3/bucketPublicAccessBlock": ("s3:GetAccountPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    "aws:s3/bucketServerSideEncryption": ("s3:GetEncryptionConfiguration",),
    "aws:s3/bucketVersioning": ("s3:GetBucketVersioning",),
    "aws:s3/bucket": _BUCKET,
    "aws:secretsmanager": (
        *("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets"),
    ),
    "aws:sns": ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTopics"),
    "aws:sqs": ("sqs:GetQueueAttributes", "sqs:ListQueues"),
    "aws:ssm": ("ssm:DescribeParameters",),
    "aws:wafv2": (
        *("wafv2:GetIPSet", "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource"),
        *("wafv2:ListIPSets", "wafv2:ListResourcesForWebACL", "wafv2:ListWebACLs"),
    ),
}
# Said again as a refusal, so that a policy that somebody adds to the role later opens none of it either.
NEVER: Final = (
    *("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PartiQL*", "dynamodb:Query", "dynamodb:Scan"),
    *("kms:Decrypt", "kms:GenerateDataKey*", "lambda:GetFunction", "lambda:InvokeFunction", "logs:FilterLogEvents"),
    *("logs:GetLogEvents", "logs:StartQuery", "s3:GetObject*", "secretsmanager:BatchGetSecretValue"),
    *("secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "ssm:GetParameter*"),
)


def generated(types: Iterable[str]) -> str:
    """The policy for these types of resources. Raises LookupError for one that the table does not know."""
    actions = {action for one in types for action in _reads(one)}
    by_service: dict[str, list[str]] = {}
    for action in sorted(actions):
        by_service.setdefault(action.partition(":")[0], []).append(action)
    statements: list[dict[str, Any]] = [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
        {"Sid": "NeverData", "Effect": "Deny", "Action": sorted(NEVER), "Resource": "*"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1) + "\n"


def _reads(token: str) -> tuple[str, ...]:
    found = [key for key in READS if token.startswith(key)]
    if not found:
        raise LookupError(f"nobody has said which operations show {token}: add it to READS")
    return READS[max(found, key=len)]


def declared() -> frozenset[str]:
    """Types that the environments declare."""
    kinds = ("test", "prod")
    outcomes = run({kind: example(kind) for kind in kinds})
    found = [outcomes[kind] for kind in kinds]
    return frozenset(
        one["type"] for recorded in found if not isinstance(recorded, str) for one in recorded.registrations
        if one["type"].startswith("aws:")
    )  # fmt: skip


def main() -> int:
    """Write the file."""
    FILE.write_text(generated(declared()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
