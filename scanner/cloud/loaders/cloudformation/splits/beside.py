"""Properties for which Pulumi has resources of their own: each becomes one or more, beside the one that holds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One more resource. `own`: properties that lead to the resource it came from. `written`: properties as written.

    `made`: values that are there already.
    """

    token: str
    suffix: str
    own: tuple[str, ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, CloudValue] = field(default_factory=dict)


Split = Callable[[Any, Mapping[str, Any]], Iterator[Beside]]  # the property, and all properties of its resource


def _get(raw: Any, *path: str) -> Any:  # noqa: ANN401 - JSON
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _list(raw: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return raw if isinstance(raw, list) else [] if raw is None else [raw]


def _named(raw: Any, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """What is there of these, under Pulumi's names."""
    held = raw if isinstance(raw, dict) else {}
    return {names[name]: value for name, value in held.items() if name in names}


def _public_access(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    written = _named(raw, {name: name[0].lower() + name[1:] for name in names})
    yield _of_bucket("PublicAccessBlock", made={name: _truth(value) for name, value in written.items()})


def _truth(value: Any) -> CloudValue:  # noqa: ANN401 - JSON
    return UNKNOWN if isinstance(value, dict) else str(value).lower() == "true"


def _of_bucket(
    name: str, written: Mapping[str, Any] | None = None, made: Mapping[str, CloudValue] | None = None
) -> Beside:
    token = f"aws:s3/bucket{name}:Bucket{name}"
    return Beside(token=token, suffix=name, own=("bucket",), written=written or {}, made=made or {})


def _versioning(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield _of_bucket("Versioning", written={"versioningConfiguration": {"status": _get(raw, "Status")}})


def _encryption(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rules = []
    for one in _list(_get(raw, "ServerSideEncryptionConfiguration")):
        default = _get(one, "ServerSideEncryptionByDefault")
        algorithm = _named(default, {"SSEAlgorithm": "sseAlgorithm", "KMSMasterKeyID": "kmsMasterKeyId"})
        rules.append(
            {"applyServerSideEncryptionByDefault": algorithm, **_named(one, {"BucketKeyEnabled": "bucketKeyEnabled"})}
        )
    yield _of_bucket("ServerSideEncryptionConfiguration", written={"rules": rules})


def _bucket_logging(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"DestinationBucketName": "targetBucket", "LogFilePrefix": "targetPrefix"}
    yield _of_bucket("Logging", written=_named(raw, names))


def _ownership(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rule = next(iter(_list(_get(raw, "Rules"))), None)
    yield _of_bucket("OwnershipControls", written={"rule": {"objectOwnership": _get(rule, "ObjectOwnership")}})


def _object_lock(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    retention = _named(_get(raw, "Rule", "DefaultRetention"), {"Mode": "mode", "Days": "days", "Years": "years"})
    yield _of_bucket("ObjectLockConfiguration", written={"rule": {"defaultRetention": retention}})


def _lifecycle(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rules = []
    for one in _list(_get(raw, "Rules")):
        rule = _named(one, {"Id": "id", "Status": "status"})
        expiration = _named(one, {"ExpirationInDays": "days", "ExpirationDate": "date"})
        old = _get(one, "NoncurrentVersionExpiration", "NoncurrentDays") or _get(
            one, "NoncurrentVersionExpirationInDays"
        )
        rules.append(
            {
                **rule,
                **({"expiration": expiration} if expiration else {}),
                **({"noncurrentVersionExpiration": {"noncurrentDays": old}} if old else {}),
            }
        )
    yield _of_bucket("LifecycleConfiguration", written={"rules": rules})


def _website(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    document = {"indexDocument": {"suffix": _get(raw, "IndexDocument")}} if _get(raw, "IndexDocument") else {}
    yield _of_bucket("WebsiteConfiguration", written=document)


def _acl(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    words = {"PublicRead": "public-read", "PublicReadWrite": "public-read-write", "Private": "private"}
    other = {"AuthenticatedRead": "authenticated-read", "LogDeliveryWrite": "log-delivery-write"}
    acl = {**words, **other}.get(raw, raw) if isinstance(raw, str) else raw
    yield _of_bucket("Acl", written={"acl": acl})


def _replication(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"Bucket": "bucket", "Account": "account", "StorageClass": "storageClass"}
    rules = [
        {**_named(one, {"Id": "id", "Status": "status"}), "destination": _named(_get(one, "Destination"), names)}
        for one in _list(_get(raw, "Rules"))
    ]
    yield Beside(
        token="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        suffix="ReplicationConfig",
        own=("bucket",),
        written={"role": _get(raw, "Role"), "rules": rules},
    )


def _integration(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = (
        "CacheKeyParameters CacheNamespace ConnectionId ConnectionType ContentHandling Credentials "
        "IntegrationHttpMethod PassthroughBehavior RequestParameters RequestTemplates Type Uri"
    )
    written = _named(raw, {name: name[0].lower() + name[1:] for name in names.split()})
    written |= _named(raw, {"TimeoutInMillis": "timeoutMilliseconds"})
    written |= _named(held, {"RestApiId": "restApi", "ResourceId": "resourceId", "HttpMethod": "httpMethod"})
    yield Beside(token="aws:apigateway/integration:Integration", suffix="Integration", written=written)


def _method_settings(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = (
        "CacheDataEncrypted CacheTtlInSeconds CachingEnabled DataTraceEnabled LoggingLevel MetricsEnabled "
        "ThrottlingBurstLimit ThrottlingRateLimit"
    )
    for number, one in enumerate(_list(raw)):
        resource = str(_get(one, "ResourcePath") or "/*").strip("/").replace("/", "~1") or "~1"
        yield Beside(
            token="aws:apigateway/methodSettings:MethodSettings",
            suffix=f"MethodSettings{number or ''}",
            own=("stageName",),
            written={
                **_named(held, {"RestApiId": "restApi"}),
                "methodPath": f"{resource}/{_get(one, 'HttpMethod') or '*'}",
                "settings": _named(one, {name: name[0].lower() + name[1:] for name in names.split()}),
            },
        )


def _deployed_stage(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    """A deployment with a stage name makes the stage."""
    about = held.get("StageDescription")
    written = {"stageName": raw, **_named(held, {"RestApiId": "restApi"})}
    written |= _named(about, {"TracingEnabled": "xrayTracingEnabled", "Variables": "variables"})
    access = _get(about, "AccessLogSetting")
    if access:
        written["accessLogSettings"] = _named(access, {"DestinationArn": "destinationArn", "Format": "format"})
    yield Beside(token="aws:apigateway/stage:Stage", suffix="Stage", own=("deployment",), written=written)


def _secret_text(_raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        suffix="Version",
        own=("secretId",),
        made={"secretString": HIDDEN},
    )


def _inline(kind: str, prop: str) -> Split:
    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(_list(raw)):
            yield Beside(
                token=f"aws:iam/{prop}Policy:{kind}Policy",
                suffix=f"Policy{number or ''}",
                own=(prop,),
                written=_named(one, {"PolicyName": "name", "PolicyDocument": "policy"}),
            )

    return split


def _attached(kind: str, prop: str) -> Split:
    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(_list(raw)):
            yield Beside(
                token=f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment",
                suffix=f"Attachment{number or ''}",
                own=(prop,),
                written={"policyArn": one},
            )

    return split


def _attach_to(kind: str, prop: str) -> Split:
    """A managed policy names those that it is attached to."""

    def split(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(_list(raw)):
            yield Beside(
                token=f"aws:iam/{prop}PolicyAttachment:{kind}PolicyAttachment",
                suffix=f"{kind}Attachment{number or ''}",
                own=("policyArn",),
                written={prop: one},
            )

    return split


def _inline_to(kind: str, prop: str) -> Split:
    """An inline policy that is given to several: one for each."""

    def split(raw: Any, held: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
        for number, one in enumerate(_list(raw)):
            yield Beside(
                token=f"aws:iam/{prop}Policy:{kind}Policy",
                suffix=f"{kind}{number or ''}",
                written={prop: one, **_named(held, {"PolicyName": "name", "PolicyDocument": "policy"})},
            )

    return split


def _groups(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:iam/userGroupMembership:UserGroupMembership", suffix="Groups", own=("user",), written={"groups": raw}
    )


def _login(_raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(token="aws:iam/userLoginProfile:UserLoginProfile", suffix="LoginProfile", own=("user",))


def _event_targets(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"Arn": "arn", "Id": "targetId", "RoleArn": "roleArn", "Input": "input", "InputPath": "inputPath"}
    for number, one in enumerate(_list(raw)):
        yield Beside(
            token="aws:cloudwatch/eventTarget:EventTarget",
            suffix=f"Target{number or ''}",
            own=("rule",),
            written=_named(one, names),
        )


def _subscriptions(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    for number, one in enumerate(_list(raw)):
        yield Beside(
            token="aws:sns/topicSubscription:TopicSubscription",
            suffix=f"Subscription{number or ''}",
            own=("topic",),
            written=_named(one, {"Endpoint": "endpoint", "Protocol": "protocol"}),
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
        written={"policy": _get(raw, "PolicyDocument")},
    )


def _stream_to_kinesis(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield Beside(
        token="aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination",
        suffix="KinesisStream",
        own=("tableName",),
        written=_named(raw, {"StreamArn": "streamArn"}),
    )


def _vault_lock(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = ("ChangeableForDays", "MaxRetentionDays", "MinRetentionDays")
    yield Beside(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        suffix="Lock",
        own=("backupVaultName",),
        written=_named(raw, {name: name[0].lower() + name[1:] for name in names}),
    )


_BUCKET: Final[Mapping[str, Split]] = {
    "AccessControl": _acl,
    "BucketEncryption": _encryption,
    "LifecycleConfiguration": _lifecycle,
    "LoggingConfiguration": _bucket_logging,
    "ObjectLockConfiguration": _object_lock,
    "OwnershipControls": _ownership,
    "PublicAccessBlockConfiguration": _public_access,
    "ReplicationConfiguration": _replication,
    "VersioningConfiguration": _versioning,
    "WebsiteConfiguration": _website,
}
BESIDE: Final[Mapping[str, Mapping[str, Split]]] = {
    "AWS::ApiGateway::Deployment": {"StageName": _deployed_stage},
    "AWS::ApiGateway::Method": {"Integration": _integration},
    "AWS::ApiGateway::Stage": {"MethodSettings": _method_settings},
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
    "AWS::IAM::Group": {"ManagedPolicyArns": _attached("Group", "group"), "Policies": _inline("Group", "group")},
    "AWS::IAM::ManagedPolicy": {
        "Groups": _attach_to("Group", "group"),
        "Roles": _attach_to("Role", "role"),
        "Users": _attach_to("User", "user"),
    },
    "AWS::IAM::Policy": {
        "Groups": _inline_to("Group", "group"),
        "Roles": _inline_to("Role", "role"),
        "Users": _inline_to("User", "user"),
    },
    "AWS::IAM::Role": {"ManagedPolicyArns": _attached("Role", "role"), "Policies": _inline("Role", "role")},
    "AWS::IAM::User": {
        "Groups": _groups,
        "LoginProfile": _login,
        "ManagedPolicyArns": _attached("User", "user"),
        "Policies": _inline("User", "user"),
    },
    "AWS::Logs::LogGroup": {
        "DataProtectionPolicy": _policy(
            "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", "logGroupName", "policyDocument"
        ),
    },
    "AWS::S3::Bucket": _BUCKET,
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
