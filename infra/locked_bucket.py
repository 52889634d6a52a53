"""A bucket whose objects nobody can change or delete before their time, under a key of its own, shut to the public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies

_MULTIPART_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedBucketArgs:
    """`days`: as long nothing can delete an object; then it ends. `protect` keeps `pulumi destroy` away.

    `emptied`: when the bucket is deleted, what is in it goes as well, locked or not (never under COMPLIANCE).
    `locked` and `shut` are taken away by weaknesses only.
    """

    bucket: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    days: int
    mode: str = "GOVERNANCE"  # or COMPLIANCE: not even the account's root user can shorten it
    protect: bool
    emptied: bool = False
    locked: bool = True
    shut: bool = True


class LockedBucket(pulumi.ComponentResource):
    """Bucket, lock, key, end of life and public access block. `grant` says who may use it, once."""

    def __init__(self, name: str, args: LockedBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:LockedBucket", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        # A log of accesses cannot be written into a bucket with a lock; a copy elsewhere would be under another law.
        # ocpi-posture: accept CKV_AWS_18 owner="platform" reason="the trail has its reads" until=2035-12-31
        # ocpi-posture: accept CKV_AWS_144 owner="platform" reason="records stay in their region" until=2035-12-31
        # ocpi-posture: accept CKV2_AWS_62 owner="platform" reason="alarms watch the log groups" until=2035-12-31
        self.bucket = aws.s3.Bucket(
            name,
            bucket=args.bucket,
            object_lock_enabled=True,
            force_destroy=args.emptied,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.arn = self.bucket.arn
        self.objects = self.bucket.arn.apply(lambda arn: f"{arn}/*")
        self._encrypt()
        self._keep()
        self._block = self._public_access_block()
        self.register_outputs({"bucket": self.bucket.bucket})

    def grant(self, statements: Sequence[policies.Statement]) -> aws.s3.BucketPolicy:
        """The bucket's policy: these, nobody without TLS, and nobody past the lock."""
        never = [policies.tls_only("s3:*", [self.arn, self.objects]), policies.no_bypass([self.objects])]
        return aws.s3.BucketPolicy(
            self._name,
            bucket=self.bucket.id,
            policy=policies.document(*statements, *never),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._block]),
        )

    def _encrypt(self) -> None:
        default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict = {
            "sse_algorithm": "aws:kms",
            "kms_master_key_id": self._args.key_arn,
        }
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self.bucket.id,
            rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}],
            opts=self._own,
        )

    def _keep(self) -> None:
        """Versions, lock, end."""
        bucket, days = self.bucket.id, self._args.days
        versions = aws.s3.BucketVersioning(
            self._name, bucket=bucket, versioning_configuration={"status": "Enabled"}, opts=self._own
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[versions])
        if self._args.locked:
            aws.s3.BucketObjectLockConfiguration(
                self._name,
                bucket=bucket,
                rule={"default_retention": {"mode": self._args.mode, "days": days}},
                opts=after,
            )
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=bucket,
            rules=[
                {
                    "id": "end",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": days + 1},
                    "noncurrent_version_expiration": {"noncurrent_days": 1},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": _MULTIPART_DAYS},
                }
            ],
            opts=after,
        )

    def _public_access_block(self) -> aws.s3.BucketPublicAccessBlock:
        shut = self._args.shut
        return aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=self.bucket.id,
            block_public_acls=shut,
            block_public_policy=shut,
            ignore_public_acls=shut,
            restrict_public_buckets=shut,
            opts=self._own,
        )
