"""What AWS's own policies let one read, as far as the questions about OCPI data go (AWS Managed Policy Reference).

No stack declares their text. Those that are not in one of the two tables may allow anything.
"""

from collections.abc import Mapping
from typing import Final

from checks.resource_graph.policy_documents import Statement

_TABLES: Final = ("dynamodb:batchget*", "dynamodb:get*", "dynamodb:query", "dynamodb:scan", "dynamodb:partiqlselect")
_READS: Final[Mapping[str, tuple[str, ...]]] = {
    "AdministratorAccess": ("*",),
    "PowerUserAccess": (
        *("dynamodb:*", "s3:*", "secretsmanager:*", "kms:*", "sqs:*", "sns:*", "kinesis:*", "ssm:*", "lambda:*"),
    ),
    "ReadOnlyAccess": (*_TABLES, "s3:get*", "kinesis:get*"),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "AmazonDynamoDBFullAccess": ("dynamodb:*",),
    "AmazonDynamoDBFullAccess_v2": ("dynamodb:*",),
    "AmazonDynamoDBReadOnlyAccess": _TABLES,
    "AmazonS3FullAccess": ("s3:*",),
    "AmazonS3ReadOnlyAccess": ("s3:get*",),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonKinesisFullAccess": ("kinesis:*",),
    "AmazonKinesisReadOnlyAccess": ("kinesis:get*",),
    "AWSKeyManagementServicePowerUser": (),
    "IAMFullAccess": (),
    "service-role/AWSLambdaSQSQueueExecutionRole": ("sqs:receivemessage",),
    "service-role/AWSLambdaDynamoDBExecutionRole": ("dynamodb:getrecords",),
    "service-role/AWSLambdaKinesisExecutionRole": ("kinesis:getrecords",),
}
_READS_NO_DATA: Final = frozenset(
    {
        "AWSXRayDaemonWriteAccess",
        "AWSXrayWriteOnlyAccess",
        "AmazonSSMManagedInstanceCore",
        "CloudWatchAgentServerPolicy",
        "SecurityAudit",
        "job-function/ViewOnlyAccess",
        "service-role/AWSLambdaBasicExecutionRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        "service-role/AmazonECSTaskExecutionRolePolicy",
        "service-role/AWS_ConfigRole",
    }
)


def statements_of(name: str) -> tuple[Statement, ...] | None:
    """What the policy lets one read; nothing for one that reads no data, None for one that is not known here."""
    if name in _READS_NO_DATA:
        return ()
    actions = _READS.get(name)
    if actions is None:
        return None
    return (Statement(effect="Allow", sid=name, actions=actions, resources=("*",)),) if actions else ()
