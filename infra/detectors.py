"""What watches an account: GuardDuty, AWS Config, Security Hub and IAM Access Analyzer.

Cost in eu-central-1, list prices of 2026, for an environment with ten partners: GuardDuty some 10 to 40 USD a month
(by events and flow logs), Config 0.003 USD for each recorded change (some 5 USD, more in the month of the first `up`),
Security Hub 0.001 USD for each check (some 15 USD), Access Analyzer for outside access nothing. `detectors` in the
config names those that are on here. AWS allows one GuardDuty detector for each account and region, and the audit stack
switches it on for all accounts of the organisation, so it is not among those that are on unless the config says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.locked_bucket import LockedBucket, LockedBucketArgs
from infra.naming import physical_name

# Standards of Security Hub, in the account's region.
_STANDARDS: Final = ("aws-foundational-security-best-practices/v/1.0.0", "cis-aws-foundations-benchmark/v/3.0.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorsArgs:
    """`wanted` is some of detector_names.DETECTORS. `key_arn` encrypts what Config writes, for `retention_days`."""

    environment: str
    account_id: str
    region: str
    wanted: tuple[str, ...]
    key_arn: pulumi.Input[str]
    retention_days: int
    protect: bool
    released: bool = False
    records: bool = True  # False is a weakness


class Detectors(pulumi.ComponentResource):
    """Those that are wanted, each complete."""

    def __init__(self, name: str, args: DetectorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Detectors", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        made = {
            "access-analyzer": self._access_analyzer,
            "config": self._config,
            "guardduty": self._guard_duty,
            "security-hub": self._security_hub,
        }
        for wanted in args.wanted:
            made[wanted]()
        self.register_outputs({})

    def _access_analyzer(self) -> None:
        """Whatever somebody outside the account may use."""
        aws.accessanalyzer.Analyzer(
            "outside",
            analyzer_name=physical_name(self._args.environment, "outside"),
            type="ACCOUNT",
            opts=self._own,
        )

    def _guard_duty(self) -> None:
        """Trails, flow logs and name look-ups at once; the calls of functions and reads of buckets as features."""
        detector = aws.guardduty.Detector(
            "detector", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", opts=self._own
        )
        for feature in ("LAMBDA_NETWORK_LOGS", "S3_DATA_EVENTS"):
            aws.guardduty.DetectorFeature(
                feature.lower().replace("_", "-"),
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=self._own,
            )

    def _security_hub(self) -> None:
        hub = aws.securityhub.Account(
            "hub",
            enable_default_standards=False,
            control_finding_generator="SECURITY_CONTROL",
            auto_enable_controls=True,
            opts=self._own,
        )
        for standard in _STANDARDS:
            aws.securityhub.StandardsSubscription(
                standard.partition("/")[0],
                standards_arn=f"arn:aws:securityhub:{self._args.region}::standards/{standard}",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[hub]),
            )

    def _config(self) -> None:
        """Every kind of resource, the global ones too, into a locked bucket."""
        role = self._config_role()
        recorder = aws.cfg.Recorder(
            "recorder",
            name=physical_name(self._args.environment, "recorder"),
            role_arn=role.arn,
            recording_group={"all_supported": True, "include_global_resource_types": True},
            opts=self._own,
        )
        kept, granted = self._config_bucket()
        channel = aws.cfg.DeliveryChannel(
            "channel",
            name=physical_name(self._args.environment, "changes"),
            s3_bucket_name=kept.bucket.bucket,
            s3_kms_key_arn=self._args.key_arn,
            snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[recorder, granted]),
        )
        aws.cfg.RecorderStatus(
            "recorder",
            name=recorder.name,
            is_enabled=self._args.records,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[channel]),
        )

    def _config_bucket(self) -> tuple[LockedBucket, pulumi.Resource]:
        args = self._args
        kept = LockedBucket(
            "changes",
            LockedBucketArgs(
                bucket=f"{physical_name(args.environment, 'changes')}-{args.account_id}",
                key_arn=args.key_arn,
                days=args.retention_days,
                protect=args.protect,
                emptied=args.released,
            ),
            self._own,
        )
        service = {"Service": "config.amazonaws.com"}
        own = {"StringEquals": {"aws:SourceAccount": args.account_id}}
        written = pulumi.Output.concat(kept.arn, f"/AWSLogs/{args.account_id}/Config/*")
        statements = [
            policies.allow("ConfigLooks", ["s3:GetBucketAcl", "s3:ListBucket"], [kept.arn], principal=service,
                           condition=own),
            policies.allow("ConfigWrites", ["s3:PutObject"], [written], principal=service, condition=own),
        ]  # fmt: skip
        return kept, kept.grant(statements)

    def _config_role(self) -> aws.iam.Role:
        """AWS's own policy for the recorder: it reads the settings of every kind of resource."""
        role = aws.iam.Role(
            "recorder",
            name=physical_name(self._args.environment, "recorder"),
            assume_role_policy=policies.trust("config.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        aws.iam.RolePolicyAttachment(
            "recorder",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AWS_ConfigRole",
            opts=self._own,
        )
        return role
