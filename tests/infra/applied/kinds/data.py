"""Tables and buckets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.infra.applied.account import Account
from tests.infra.applied.declared import Declared


def _keys(of: Mapping[str, Any]) -> list[dict[str, str]]:
    wanted = (("hashKey", "HASH"), ("rangeKey", "RANGE"))
    return [{"AttributeName": of[name], "KeyType": kind} for name, kind in wanted if of.get(name)]


def _index(declared: Mapping[str, Any]) -> dict[str, Any]:
    projection = {"ProjectionType": declared["projectionType"], "NonKeyAttributes": declared.get("nonKeyAttributes")}
    projection = {name: value for name, value in projection.items() if value is not None}
    known = {"name", "hashKey", "rangeKey", "projectionType", "nonKeyAttributes"}
    assert declared.keys() <= known, f"an index has {sorted(declared.keys() - known)}, which nobody looks at"
    return {"IndexName": declared["name"], "KeySchema": _keys(declared), "Projection": projection}


def table(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name, key = declared.physical_name, declared.take("serverSideEncryption")
    indexes = [_index(one) for one in declared.take("globalSecondaryIndexes") or ()]
    made = aws.call(
        "dynamodb",
        "CreateTable",
        declared.some("billingMode", "deletionProtectionEnabled"),
        TableName=name,
        KeySchema=_keys(declared.some("hashKey", "rangeKey")),
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]} for one in declared.take("attributes")
        ],
        GlobalSecondaryIndexes=indexes or None,
        SSESpecification=key and {"Enabled": key["enabled"], "SSEType": "KMS", "KMSMasterKeyId": key["kmsKeyArn"]},
        Tags=declared.tag_list(),
    )["TableDescription"]
    if recovery := declared.take("pointInTimeRecovery"):
        said = {"PointInTimeRecoveryEnabled": recovery["enabled"]}
        aws.call("dynamodb", "UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=said)
    if ttl := declared.take("ttl"):
        said = {"Enabled": ttl["enabled"], "AttributeName": ttl["attributeName"]}
        aws.call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=said)
    return name, {"arn": made["TableArn"], "name": name}


def table_item(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    item, keys = json.loads(declared.take("item")), declared.some("hashKey", "rangeKey")
    missing = [key for key in keys.values() if key not in item]
    assert not missing, f"the item has no {missing}"
    aws.call("dynamodb", "PutItem", declared.some("tableName"), Item=item)
    return "|".join([declared.inputs["tableName"], *keys.values()]), {}


def bucket(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    name = declared.take("bucket")
    declared.take("forceDestroy")  # the provider's own: it empties the bucket before it deletes it
    aws.call(
        "s3",
        "CreateBucket",
        Bucket=name,
        ObjectLockEnabledForBucket=declared.take("objectLockEnabled"),
        CreateBucketConfiguration={"LocationConstraint": aws.region},
    )
    aws.call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": declared.tag_list()})
    return name, {"arn": f"arn:aws:s3:::{name}", "bucket": name, "bucketRegionalDomainName": f"{name}.s3.amazonaws.com"}


def versioning(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("s3", "PutBucketVersioning", declared.some("bucket", "versioningConfiguration"))
    return declared.inputs["bucket"], {}


def encryption(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    rules = {"serverSideEncryptionConfiguration": declared.some("rules")}
    aws.call("s3", "PutBucketEncryption", declared.some("bucket"), rules)
    return declared.inputs["bucket"], {}


def public_access_block(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    bucket = declared.some("bucket")
    aws.call("s3", "PutPublicAccessBlock", bucket, {"publicAccessBlockConfiguration": declared.rest()})
    return declared.inputs["bucket"], {}


def object_lock(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    lock = {"objectLockEnabled": "Enabled", **declared.some("rule")}
    aws.call("s3", "PutObjectLockConfiguration", declared.some("bucket"), {"objectLockConfiguration": lock})
    return declared.inputs["bucket"], {}


def lifecycle(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    rules = {"lifecycleConfiguration": declared.some("rules")}
    aws.call("s3", "PutBucketLifecycleConfiguration", declared.some("bucket"), rules)
    return declared.inputs["bucket"], {}


def bucket_policy(aws: Account, declared: Declared) -> tuple[str, dict[str, Any]]:
    aws.call("s3", "PutBucketPolicy", declared.some("bucket", "policy"))
    return declared.inputs["bucket"], {}


KINDS = {
    "aws:dynamodb/table:Table": table,
    "aws:dynamodb/tableItem:TableItem": table_item,
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": public_access_block,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": object_lock,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
    "aws:s3/bucketPolicy:BucketPolicy": bucket_policy,
}
