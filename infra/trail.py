"""The audit trail of the account: every region, validated, in a bucket that keeps it locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.logs import Logs
from infra.naming import log_group_name, physical_name
from infra.weaknesses import Weakness

_MULTIPART_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailArgs:
    """`retention_days`: as long nothing can delete a record; then it ends. `protect` keeps `pulumi destroy` away."""

    environment: str
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    logs: Logs
    retention_days: int
    protect: bool
    weaknesses: frozenset[Weakness] = frozenset()


class Trail(pulumi.ComponentResource):
    """Trail and bucket. Beside a trail of the organisation, this one is the environment's own evidence."""

    def __init__(self, name: str, args: TrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Trail", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._name = physical_name(args.environment, "trail")
        self.bucket = aws.s3.Bucket(
            "trail",
            bucket=f"{self._name}-{args.account_id}",
            object_lock_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self._keep()
        access = self._access()
        self.trail = self._trail(access)
        self.register_outputs({"bucket": self.bucket.bucket})

    @property
    def _arn(self) -> str:
        """Known before the trail is made: the bucket's policy names it."""
        return f"arn:aws:cloudtrail:{self._args.region}:{self._args.account_id}:trail/{self._name}"

    def _keep(self) -> None:
        """Versions, lock, key, end."""
        bucket, days = self.bucket.id, self._args.retention_days
        versions = aws.s3.BucketVersioning(
            "trail", bucket=bucket, versioning_configuration={"status": "Enabled"}, opts=self._own
        )
        if Weakness.DELETABLE_TRAIL not in self._args.weaknesses:
            aws.s3.BucketObjectLockConfiguration(
                "trail",
                bucket=bucket,
                rule={"default_retention": {"mode": "GOVERNANCE", "days": days}},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versions]),
            )
        default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict = {
            "sse_algorithm": "aws:kms",
            "kms_master_key_id": self._args.key_arn,
        }
        aws.s3.BucketServerSideEncryptionConfiguration(
            "trail",
            bucket=bucket,
            rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}],
            opts=self._own,
        )
        aws.s3.BucketLifecycleConfiguration(
            "trail",
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
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versions]),
        )

    def _access(self) -> list[pulumi.Resource]:
        """CloudTrail writes for this trail only, nobody without TLS, and nothing of it can be made public."""
        shut = Weakness.PUBLIC_TRAIL not in self._args.weaknesses
        block = aws.s3.BucketPublicAccessBlock(
            "trail",
            bucket=self.bucket.id,
            block_public_acls=shut,
            block_public_policy=shut,
            ignore_public_acls=shut,
            restrict_public_buckets=shut,
            opts=self._own,
        )
        service, arn = {"Service": "cloudtrail.amazonaws.com"}, self.bucket.arn
        own_trail = {"StringEquals": {"aws:SourceArn": self._arn}}
        written = arn.apply(lambda arn: f"{arn}/AWSLogs/{self._args.account_id}/*")
        statements = [
            policies.allow("TrailLooks", ["s3:GetBucketAcl"], [arn], principal=service, condition=own_trail),
            policies.allow("TrailWrites", ["s3:PutObject"], [written], principal=service, condition=own_trail),
            policies.tls_only("s3:*", [arn, arn.apply(lambda arn: f"{arn}/*")]),
        ]
        after = pulumi.ResourceOptions(parent=self, depends_on=[block])
        return [aws.s3.BucketPolicy("trail", bucket=self.bucket.id, policy=policies.document(*statements), opts=after)]

    def _log_role(self, group: aws.cloudwatch.LogGroup) -> aws.iam.Role:
        """CloudTrail copies its records into a log group, where filters and people can look at once."""
        role = aws.iam.Role(
            "trail",
            name=self._name,
            assume_role_policy=policies.trust("cloudtrail.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        streams = group.arn.apply(lambda arn: f"{arn}:log-stream:*")
        statement = policies.allow("CopyRecords", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
        aws.iam.RolePolicy("trail", role=role.id, policy=policies.document(statement), opts=self._own)
        return role

    def _trail(self, before: list[pulumi.Resource]) -> aws.cloudtrail.Trail:
        group = self._args.logs.group("trail", log_group_name(self._args.environment, "trail"))
        one_region = Weakness.TRAIL_OF_ONE_REGION in self._args.weaknesses
        return aws.cloudtrail.Trail(
            "trail",
            name=self._name,
            s3_bucket_name=self.bucket.id,
            is_multi_region_trail=not one_region,
            include_global_service_events=True,
            enable_log_file_validation=Weakness.UNVALIDATED_TRAIL not in self._args.weaknesses,
            kms_key_id=self._args.key_arn,
            cloud_watch_logs_group_arn=group.arn.apply(lambda arn: f"{arn}:*"),
            cloud_watch_logs_role_arn=self._log_role(group).arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )
