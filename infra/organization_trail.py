"""The trail of all accounts: written from the management account, kept where nobody of it works.

every account ──> trail (management account) ──> locked bucket (log archive), under a key of that account
                                           └──> log group (management account), where alarms look
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.locked_bucket import LockedBucket, LockedBucketArgs
from infra.naming import log_group_name, physical_name
from infra.own_key import OwnKeyArgs, own_key, trails_use
from infra.trail import recorded, trail_statements

_KIND = "org"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationTrailArgs:
    """`archive` works in the account `archive_account_id`; `log_key_arn` is a key of the management account."""

    account_id: str
    region: str
    organization_id: pulumi.Input[str]
    archive: aws.Provider
    archive_account_id: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]
    retention_days: int


class OrganizationTrail(pulumi.ComponentResource):
    """Trail, bucket, log group. Members see the trail and cannot change it."""

    def __init__(self, name: str, args: OrganizationTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:OrganizationTrail", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._name = physical_name(_KIND, "trail")
        self._arn = f"arn:aws:cloudtrail:{args.region}:{args.account_id}:trail/{self._name}"
        self.log_group = aws.cloudwatch.LogGroup(
            "trail",
            name=log_group_name(_KIND, "trail"),
            kms_key_id=args.log_key_arn,
            retention_in_days=args.retention_days,
            opts=self._own,
        )
        archive = pulumi.ResourceOptions(parent=self, provider=args.archive)
        self.key = self._key(archive)
        self.kept = self._bucket(archive)
        self.trail = self._trail()
        self.register_outputs({"trail": self.trail.arn})

    def _key(self, archive: pulumi.ResourceOptions) -> aws.kms.Key:
        args = OwnKeyArgs(
            environment=_KIND,
            account_id=self._args.archive_account_id,
            description="Audit trail of the organisation",
            statements=(trails_use(self._args.account_id, self._args.region),),
        )
        return own_key("trail", args, archive)

    def _bucket(self, archive: pulumi.ResourceOptions) -> LockedBucket:
        args = self._args
        kept = LockedBucket(
            "trail",
            LockedBucketArgs(
                bucket=pulumi.Output.concat(self._name, "-", args.archive_account_id),
                key_arn=self.key.arn,
                days=args.retention_days,
                protect=True,
            ),
            archive,
        )
        own, members = f"AWSLogs/{args.account_id}", pulumi.Output.concat("AWSLogs/", args.organization_id)
        self._granted = kept.grant(trail_statements(kept, self._arn, own, members))
        return kept

    def _log_role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            "trail",
            name=self._name,
            assume_role_policy=policies.trust("cloudtrail.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        streams = self.log_group.arn.apply(lambda arn: f"{arn}:log-stream:*")
        statement = policies.allow("CopyRecords", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
        aws.iam.RolePolicy("trail", role=role.id, policy=policies.document(statement), opts=self._own)
        return role

    def _trail(self) -> aws.cloudtrail.Trail:
        # ocpi-posture: accept CKV_AWS_252 owner="platform" reason="alarms watch the log group" until=2035-12-31
        return aws.cloudtrail.Trail(
            "trail",
            name=self._name,
            s3_bucket_name=self.kept.bucket.id,
            is_organization_trail=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=self.key.arn,
            cloud_watch_logs_group_arn=self.log_group.arn.apply(lambda arn: f"{arn}:*"),
            cloud_watch_logs_role_arn=self._log_role().arn,
            advanced_event_selectors=recorded(self._name, physical_name("audit", "evidence")),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._granted], protect=True),
        )
