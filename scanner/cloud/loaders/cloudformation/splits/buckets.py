"""What a bucket holds in properties, each a resource of its own in Pulumi."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.loaders.cloudformation.nodes import listed
from scanner.cloud.loaders.cloudformation.splits.split import Beside, Split, get, named
from scanner.model.resource import UNKNOWN, CloudValue


def _public_access(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    written = named(raw, {name: name[0].lower() + name[1:] for name in names})
    yield _of_bucket("PublicAccessBlock", made={name: _truth(value) for name, value in written.items()})


def _truth(value: Any) -> CloudValue:  # noqa: ANN401 - JSON
    return UNKNOWN if isinstance(value, dict) else str(value).lower() == "true"


def _of_bucket(
    name: str, written: Mapping[str, Any] | None = None, made: Mapping[str, CloudValue] | None = None
) -> Beside:
    token = f"aws:s3/bucket{name}:Bucket{name}"
    return Beside(token=token, suffix=name, own=("bucket",), written=written or {}, made=made or {})


def _versioning(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    yield _of_bucket("Versioning", written={"versioningConfiguration": {"status": get(raw, "Status")}})


def _encryption(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rules = []
    for one in listed(get(raw, "ServerSideEncryptionConfiguration")):
        default = get(one, "ServerSideEncryptionByDefault")
        algorithm = named(default, {"SSEAlgorithm": "sseAlgorithm", "KMSMasterKeyID": "kmsMasterKeyId"})
        rules.append(
            {"applyServerSideEncryptionByDefault": algorithm, **named(one, {"BucketKeyEnabled": "bucketKeyEnabled"})}
        )
    yield _of_bucket("ServerSideEncryptionConfiguration", written={"rules": rules})


def _bucket_logging(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"DestinationBucketName": "targetBucket", "LogFilePrefix": "targetPrefix"}
    yield _of_bucket("Logging", written=named(raw, names))


def _ownership(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rule = next(iter(listed(get(raw, "Rules"))), None)
    yield _of_bucket("OwnershipControls", written={"rule": {"objectOwnership": get(rule, "ObjectOwnership")}})


def _object_lock(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    retention = named(get(raw, "Rule", "DefaultRetention"), {"Mode": "mode", "Days": "days", "Years": "years"})
    yield _of_bucket("ObjectLockConfiguration", written={"rule": {"defaultRetention": retention}})


def _lifecycle(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    rules = []
    for one in listed(get(raw, "Rules")):
        rule = named(one, {"Id": "id", "Status": "status"})
        expiration = named(one, {"ExpirationInDays": "days", "ExpirationDate": "date"})
        old = get(one, "NoncurrentVersionExpiration", "NoncurrentDays") or get(one, "NoncurrentVersionExpirationInDays")
        rules.append(
            {
                **rule,
                **({"expiration": expiration} if expiration else {}),
                **({"noncurrentVersionExpiration": {"noncurrentDays": old}} if old else {}),
            }
        )
    yield _of_bucket("LifecycleConfiguration", written={"rules": rules})


def _website(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    document = {"indexDocument": {"suffix": get(raw, "IndexDocument")}} if get(raw, "IndexDocument") else {}
    yield _of_bucket("WebsiteConfiguration", written=document)


def _acl(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    words = {"PublicRead": "public-read", "PublicReadWrite": "public-read-write", "Private": "private"}
    other = {"AuthenticatedRead": "authenticated-read", "LogDeliveryWrite": "log-delivery-write"}
    acl = {**words, **other}.get(raw, raw) if isinstance(raw, str) else raw
    yield _of_bucket("Acl", written={"acl": acl})


def _replication(raw: Any, _all: Mapping[str, Any]) -> Iterator[Beside]:  # noqa: ANN401 - JSON
    names = {"Bucket": "bucket", "Account": "account", "StorageClass": "storageClass"}
    rules = [
        {**named(one, {"Id": "id", "Status": "status"}), "destination": named(get(one, "Destination"), names)}
        for one in listed(get(raw, "Rules"))
    ]
    yield Beside(
        token="aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        suffix="ReplicationConfig",
        own=("bucket",),
        written={"role": get(raw, "Role"), "rules": rules},
    )


BUCKET: Final[Mapping[str, Split]] = {
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
