"""The audit trail of the account: every region, validated, in a bucket that keeps it locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.locked_bucket import LockedBucket, LockedBucketArgs
from infra.logs import Logs
from infra.naming import log_group_name, physical_name
from infra.weaknesses import Weakness


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
    released: bool = False
    weaknesses: frozenset[Weakness] = frozenset()


class Trail(pulumi.ComponentResource):
    """Trail and bucket. Beside a trail of the organisation, this one is the environment's own evidence."""

    def __init__(self, name: str, args: TrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Trail", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._name = physical_name(args.environment, "trail")
        self.kept = LockedBucket(
            "trail",
            LockedBucketArgs(
                bucket=f"{self._name}-{args.account_id}",
                key_arn=args.key_arn,
                days=args.retention_days,
                protect=args.protect,
                emptied=args.released,
                locked=Weakness.DELETABLE_TRAIL not in args.weaknesses,
                shut=Weakness.PUBLIC_TRAIL not in args.weaknesses,
            ),
            self._own,
        )
        self.bucket = self.kept.bucket
        access = self._access()
        self.log_group = args.logs.group("trail", log_group_name(args.environment, "trail"))
        self.trail = self._trail(access)
        self.register_outputs({"bucket": self.bucket.bucket})

    @property
    def _arn(self) -> str:
        """Known before the trail is made: the bucket's policy names it."""
        return f"arn:aws:cloudtrail:{self._args.region}:{self._args.account_id}:trail/{self._name}"

    def _access(self) -> pulumi.Resource:
        """CloudTrail writes for this trail only."""
        return self.kept.grant(trail_statements(self.kept, self._arn, f"AWSLogs/{self._args.account_id}"))

    @property
    def _refused(self) -> str:
        """Tables of refused records, which people may read."""
        return f"arn:aws:dynamodb:{self._args.region}:{self._args.account_id}:table/quarantine-"

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

    def _trail(self, before: pulumi.Resource) -> aws.cloudtrail.Trail:
        group = self.log_group
        one_region = Weakness.TRAIL_OF_ONE_REGION in self._args.weaknesses
        # ocpi-posture: accept CKV_AWS_252 owner="platform" reason="alarms watch the log group" until=2035-12-31
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
            advanced_event_selectors=recorded(physical_name(self._args.environment), tables=[self._refused]),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[before]),
        )


def recorded(*buckets: str, tables: Sequence[str] = ()) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict]:
    """What a trail has: whatever changes or asks for settings, and each read of an object in buckets that begin so, and
    of an item in tables whose ARNs do.

    Writes of objects are left out: the trail's own would be records of records, without an end.
    """
    of_items: list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict] = [
        {
            "name": "reads-of-items",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::DynamoDB::Table"]},
                {"field": "readOnly", "equals": ["true"]},
                {"field": "resources.ARN", "starts_withs": list(tables)},
            ],
        }
    ]
    return [
        *(of_items if tables else []),
        {"name": "management", "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}]},
        {
            "name": "reads-of-records",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "readOnly", "equals": ["true"]},
                {"field": "resources.ARN", "starts_withs": [f"arn:aws:s3:::{bucket}-" for bucket in buckets]},
            ],
        },
    ]


def trail_statements(
    kept: LockedBucket, trail_arn: pulumi.Input[str], *prefixes: pulumi.Input[str]
) -> list[policies.Statement]:
    """What CloudTrail does in a bucket, for one trail: it looks whose it is, and writes below `prefixes`."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    own_trail = {"StringEquals": {"aws:SourceArn": trail_arn}}
    written = [pulumi.Output.concat(kept.arn, "/", prefix, "/*") for prefix in prefixes]
    return [
        policies.allow("TrailLooks", ["s3:GetBucketAcl"], [kept.arn], principal=service, condition=own_trail),
        policies.allow("TrailWrites", ["s3:PutObject"], written, principal=service, condition=own_trail),
    ]
