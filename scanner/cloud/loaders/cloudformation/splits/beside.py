"""Properties for which Pulumi has resources of their own: each becomes one or more, beside the one that holds it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import listed
from scanner.cloud.loaders.cloudformation.splits.buckets import BUCKET
from scanner.cloud.loaders.cloudformation.splits.gateways import deployed_stage, integration, method_settings
from scanner.cloud.loaders.cloudformation.splits.identities import attach_to, attached, groups, inline, inline_to, login
from scanner.cloud.loaders.cloudformation.splits.split import Beside, Split, get, named
from scanner.model.resource import HIDDEN


def _secret_text(_raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        suffix="Version",
        own=("secretId",),
        made={"secretString": HIDDEN},
    )


def _event_targets(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"Arn": "arn", "Id": "targetId", "RoleArn": "roleArn", "Input": "input", "InputPath": "inputPath"}
    for number, one in enumerate(listed(raw)):
        yield Beside(
            token="aws:cloudwatch/eventTarget:EventTarget",
            suffix=f"Target{number or ''}",
            own=("rule",),
            written=named(one, names),
        )


def _subscriptions(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    for number, one in enumerate(listed(raw)):
        yield Beside(
            token="aws:sns/topicSubscription:TopicSubscription",
            suffix=f"Subscription{number or ''}",
            own=("topic",),
            written=named(one, {"Endpoint": "endpoint", "Protocol": "protocol"}),
        )


def _policy(token: str, own: str, prop: str = "policy") -> Split:
    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        yield Beside(token=token, suffix="Policy", own=(own,), written={prop: raw})

    return split


def _table_policy(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:dynamodb/resourcePolicy:ResourcePolicy",
        suffix="ResourcePolicy",
        own=("resourceArn",),
        written={"policy": get(raw, "PolicyDocument")},
    )


def _stream_to_kinesis(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
        suffix="KinesisStream",
        own=("tableName",),
        written=named(raw, {"StreamArn": "streamArn"}),
    )


def _vault_lock(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = ("ChangeableForDays", "MaxRetentionDays", "MinRetentionDays")
    yield Beside(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        suffix="Lock",
        own=("backupVaultName",),
        written=named(raw, {name: name[0].lower() + name[1:] for name in names}),
    )


BESIDE: Final[Mapping[str, Mapping[str, Split]]] = {
    "AWS::ApiGateway::Deployment": {"StageName": deployed_stage},
    "AWS::ApiGateway::Method": {"Integration": integration},
    "AWS::ApiGateway::Stage": {"MethodSettings": method_settings},
    "AWS::Backup::BackupVault": {
        "AccessPolicy": _policy("aws:backup/vaultPolicy:VaultPolicy", "backupVaultName"),
        "LockConfiguration": _vault_lock,
    },
    "AWS::DynamoDB::Table": {"ResourcePolicy": _table_policy, "KinesisStreamSpecification": _stream_to_kinesis},
    "AWS::ECR::Repository": {
        "RepositoryPolicyText": _policy("aws:ecr/repositoryPolicy:RepositoryPolicy", "repository"),
        "LifecyclePolicy": _policy("aws:ecr/lifecyclePolicy:LifecyclePolicy", "repository"),
    },
    "AWS::EFS::FileSystem": {
        "FileSystemPolicy": _policy("aws:efs/fileSystemPolicy:FileSystemPolicy", "fileSystemId"),
    },
    "AWS::Events::Rule": {"Targets": _event_targets},
    "AWS::IAM::Group": {"ManagedPolicyArns": attached("Group", "group"), "Policies": inline("Group", "group")},
    "AWS::IAM::ManagedPolicy": {
        "Groups": attach_to("Group", "group"),
        "Roles": attach_to("Role", "role"),
        "Users": attach_to("User", "user"),
    },
    "AWS::IAM::Policy": {
        "Groups": inline_to("Group", "group"),
        "Roles": inline_to("Role", "role"),
        "Users": inline_to("User", "user"),
    },
    "AWS::IAM::Role": {"ManagedPolicyArns": attached("Role", "role"), "Policies": inline("Role", "role")},
    "AWS::IAM::User": {
        "Groups": groups,
        "LoginProfile": login,
        "ManagedPolicyArns": attached("User", "user"),
        "Policies": inline("User", "user"),
    },
    "AWS::Logs::LogGroup": {
        "DataProtectionPolicy": _policy(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", "logGroupName", "policyDocument"
        ),
    },
    "AWS::S3::Bucket": BUCKET,
    "AWS::SNS::Topic": {
        "Subscription": _subscriptions,
        "DataProtectionPolicy": _policy("aws:sns/topicDataProtectionPolicy:TopicDataProtectionPolicy", "arn"),
    },
    "AWS::SecretsManager::Secret": {"SecretString": _secret_text, "GenerateSecretString": _secret_text},
}
PART_OF: Final[Mapping[str, frozenset[str]]] = {
    "AWS::ApiGateway::Deployment": frozenset({"StageDescription"}),
    "AWS::EC2::FlowLog": frozenset({"ResourceId", "ResourceType"}),
}
