"""Keys and secrets."""

from __future__ import annotations

from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared


def key(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "kms",
        "CreateKey",
        declared.some("policy", "description", "keyUsage", "multiRegion"),
        KeySpec=declared.take("customerMasterKeySpec"),
        Tags=[{"TagKey": name, "TagValue": value} for name, value in declared.tags.items()],
    )["KeyMetadata"]
    if declared.take("enableKeyRotation"):
        days = declared.take("rotationPeriodInDays")
        aws.call("kms", "EnableKeyRotation", KeyId=made["KeyId"], RotationPeriodInDays=days and int(days))
    if window := declared.take("deletionWindowInDays"):
        aws.hold("kms", "ScheduleKeyDeletion", KeyId=made["KeyId"], PendingWindowInDays=int(window))
    return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}


def alias(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name = declared.take("name")
    aws.call("kms", "CreateAlias", declared.some("targetKeyId"), AliasName=name)
    return name, {"arn": aws.arn("kms", name)}


def secret(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call(
        "secretsmanager",
        "CreateSecret",
        declared.some("name", "description", "kmsKeyId"),
        Tags=declared.tag_list(),
    )
    if (window := declared.take("recoveryWindowInDays")) is not None:
        aws.hold("secretsmanager", "DeleteSecret", SecretId=made["ARN"], RecoveryWindowInDays=int(window))
    return made["ARN"], {"arn": made["ARN"]}


def secret_version(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    made = aws.call("secretsmanager", "PutSecretValue", declared.some("secretId", "secretString"))
    return f"{made['ARN']}|{made['VersionId']}", {"arn": made["ARN"], "versionId": made["VersionId"]}


def secret_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call(
        "secretsmanager",
        "PutResourcePolicy",
        declared.some("blockPublicPolicy"),
        SecretId=declared.take("secretArn"),
        ResourcePolicy=declared.take("policy"),
    )
    return declared.inputs["secretArn"], {}


def secret_rotation(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call(
        "secretsmanager",
        "RotateSecret",
        declared.some("secretId", "rotationLambdaArn", "rotationRules", "rotateImmediately"),
    )
    return declared.inputs["secretId"], {}


KINDS = {
    "aws:kms/key:Key": key,
    "aws:kms/alias:Alias": alias,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secret_version,
    "aws:secretsmanager/secretPolicy:SecretPolicy": secret_policy,
    "aws:secretsmanager/secretRotation:SecretRotation": secret_rotation,
}
