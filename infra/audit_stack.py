"""The audit account, put together: locked evidence, and who looks after it."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account_provider import account_provider
from infra.alarm_topic import AlarmTopicArgs, alarm_topic
from infra.audit_settings import AuditSettings
from infra.locked_bucket import LockedBucket, LockedBucketArgs
from infra.naming import physical_name
from infra.own_key import OwnKeyArgs, own_key, publishers_use

_KIND: Final = "audit"


def deploy(settings: AuditSettings) -> None:
    """Register every resource of the audit account, and export what people and the environments' configs need."""
    platform = AuditPlatform(settings)
    pulumi.export("evidence_bucket", platform.evidence.bucket.bucket)
    pulumi.export("alarm_topic_arn", platform.topic.arn)


class AuditPlatform(pulumi.ComponentResource):
    """Everything of the stack of kind audit."""

    def __init__(self, settings: AuditSettings) -> None:
        provider = account_provider("account", _KIND, settings.account_id, settings.region)
        opts = pulumi.ResourceOptions(providers=[provider])
        super().__init__("ocpi-posture:infra:AuditPlatform", physical_name(_KIND), None, opts)
        self._settings = settings
        self._own = pulumi.ResourceOptions(parent=self)
        self.evidence = self._evidence()
        self.topic = self._topic()
        self.register_outputs({})

    def _evidence(self) -> LockedBucket:
        s = self._settings
        self.evidence_key = self._key("evidence", "Evidence packs")
        args = LockedBucketArgs(
            bucket=f"{physical_name(_KIND, 'evidence')}-{s.account_id}",
            key_arn=self.evidence_key.arn,
            days=s.evidence_retention_days,
            mode=s.evidence_lock,
            protect=True,
        )
        evidence = LockedBucket("evidence", args, self._own)
        evidence.grant([])
        return evidence

    def _topic(self) -> aws.sns.Topic:
        s = self._settings
        key = self._key("alerts", "Alarm topic", publishers_use(s.account_id, "cloudwatch"))
        args = AlarmTopicArgs(account_id=s.account_id, email=s.alarm_email, key_id=key.key_id)
        return alarm_topic("alarms", args, self._own)

    def _key(self, purpose: str, description: str, *statements: policies.Statement) -> aws.kms.Key:
        args = OwnKeyArgs(
            environment=_KIND,
            account_id=self._settings.account_id,
            description=description,
            statements=statements,
        )
        return own_key(purpose, args, self._own)
