"""The AWS operations that a scan may call, by service: none changes anything or hands out a secret, record or log line.

A list of what is allowed, because a rule by name is not enough: GetSecretValue, GetParameterHistory, GetPasswordData
and GetRoleCredentials are reads as well.
"""

from collections.abc import Mapping
from typing import Final

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "apigateway": frozenset(
        {"GetRestApis", "GetStages", "GetDomainNames", "GetBasePathMappings", "GetAuthorizers", "GetResources",
         "GetUsagePlans", "GetRequestValidators"}
    ),
    "cloudtrail": frozenset({"DescribeTrails", "GetTrailStatus", "GetEventSelectors"}),
    "cloudwatch": frozenset({"DescribeAlarms"}),
    "dynamodb": frozenset({"ListTables", "DescribeTable", "DescribeContinuousBackups", "DescribeTimeToLive"}),
    "ec2": frozenset(
        {"DescribeVpcs", "DescribeSubnets", "DescribeRouteTables", "DescribeSecurityGroups", "DescribeNetworkAcls",
         "DescribeVpcEndpoints", "DescribeNatGateways", "DescribeInternetGateways", "DescribeFlowLogs",
         "DescribeVpcPeeringConnections"}
    ),
    "guardduty": frozenset({"ListDetectors", "GetDetector"}),
    "iam": frozenset({"GetAccountSummary", "ListRoles", "GetRole", "ListAttachedRolePolicies", "ListRolePolicies"}),
    "kms": frozenset({"ListKeys", "DescribeKey", "GetKeyRotationStatus", "GetKeyPolicy"}),
    "lambda": frozenset({"ListFunctions", "GetFunctionUrlConfig", "GetPolicy"}),
    "logs": frozenset({"DescribeLogGroups", "DescribeMetricFilters"}),
    "s3": frozenset({"ListBuckets", "GetBucketPolicyStatus", "GetPublicAccessBlock", "GetBucketEncryption"}),
    "secretsmanager": frozenset({"ListSecrets", "DescribeSecret", "GetResourcePolicy"}),
    "sts": frozenset({"GetCallerIdentity"}),
    "wafv2": frozenset({"ListWebACLs", "GetWebACL", "GetWebACLForResource", "GetLoggingConfiguration"}),
}  # fmt: skip


def is_read(service: str, operation: str) -> bool:
    """True where the operation is on the list."""
    return operation in ALLOWED.get(service, frozenset())
