"""The audit account, put together: locked evidence, the scanner, its schedule, and who is told."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account_provider import account_provider
from infra.alarm_topic import AlarmTopicArgs, alarm_topic
from infra.audit_boundary import AuditBoundaryArgs, audit_boundary
from infra.audit_settings import AuditSettings, Scanned
from infra.dead_letters import dead_letters
from infra.function import Placement, Surroundings
from infra.locked_bucket import LockedBucket, LockedBucketArgs
from infra.logs import LogGroups, LogsArgs
from infra.naming import log_group_name, physical_name
from infra.network import Network, NetworkArgs
from infra.organization_detectors import OrganizationDetectors
from infra.own_key import OwnKeyArgs, log_groups_use, own_key, publishers_use
from infra.scan_schedule import ScanSchedule, ScanScheduleArgs
from infra.scan_task import ScanTask, ScanTaskArgs
from infra.scan_watch_function import ScanWatch, ScanWatchArgs
from infra.scanner_network import ScannerNetwork, ScannerNetworkArgs
from infra.scanner_repository import scanner_repository
from infra.scanner_secret import ScannerSecrets, ScannerSecretsArgs

_KIND: Final = "audit"
_NO_IMAGE: Final = "nothing is scanned: push an image to scanner_repository, and set scannerImage to its digest"


def deploy(settings: AuditSettings) -> None:
    """Register every resource of the audit account, and export what people and the environments' configs need."""
    platform = AuditPlatform(settings)
    pulumi.export("evidence_bucket", platform.evidence.bucket.bucket)
    pulumi.export("alarm_topic_arn", platform.topic.arn)
    pulumi.export("scanner_repository", platform.repository.repository_url)
    pulumi.export("scanner_address", platform.scanner_network.address)
    pulumi.export("signing_key_arn", platform.signing_key.arn)
    secrets = platform.secrets.items()
    pulumi.export("scanner_secrets", {name: {"secret": one.token.arn, "key": one.key.arn} for name, one in secrets})
    pulumi.export("scanner_certificates", {name: one.certificate.arn for name, one in secrets})
    pulumi.export("scans", list(platform.tasks) or _NO_IMAGE)


class AuditPlatform(pulumi.ComponentResource):
    """Everything of the stack of kind audit."""

    def __init__(self, settings: AuditSettings) -> None:
        provider = account_provider("account", _KIND, settings.account_id, settings.region)
        opts = pulumi.ResourceOptions(providers=[provider])
        super().__init__("ocpi-posture:infra:AuditPlatform", physical_name(_KIND), None, opts)
        self._settings = settings
        self._own = pulumi.ResourceOptions(parent=self)
        self._keys()
        self._logs()
        self.evidence = self._evidence()
        topic = AlarmTopicArgs(
            account_id=settings.account_id, email=settings.alarm_email, key_id=self.alerts_key.key_id
        )
        self.topic = alarm_topic("alarms", topic, self._own)
        self.dead_letters = dead_letters("dead-letters", self.alerts_key.key_id, self._own, tls_only=True)
        self._network()
        self._scanner()
        self._watch()
        OrganizationDetectors("detectors", self._own)
        self.register_outputs({})

    def _keys(self) -> None:
        s = self._settings
        self.evidence_key = self._key("evidence", "Evidence packs")
        self.logs_key = self._key("logs", "All log groups", log_groups_use(s.account_id, s.region))
        publish = [publishers_use(s.account_id, service) for service in ("cloudwatch", "events", "scheduler")]
        self.alerts_key = self._key("alerts", "Alarm topic, schedules, events and dead letters", *publish)
        self.scanner_key = self._key("scanner", "The scanner's image and its functions' settings")
        # a signature that others verify for years: asymmetric, so it is not rotated
        self.signing_key = aws.kms.Key(
            "signing",
            description="Signs evidence packs",
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P256",
            deletion_window_in_days=30,
            policy=policies.document(
                policies.allow(
                    "AccountDecidesByIam", ["kms:*"], ["*"], principal={"AWS": policies.account_root(s.account_id)}
                )
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        aws.kms.Alias("signing", name="alias/ocpi-audit-signing", target_key_id=self.signing_key.key_id, opts=self._own)

    def _key(self, purpose: str, description: str, *statements: policies.Statement) -> aws.kms.Key:
        args = OwnKeyArgs(
            environment=_KIND,
            account_id=self._settings.account_id,
            description=description,
            statements=statements,
        )
        return own_key(purpose, args, self._own)

    def _logs(self) -> None:
        s = self._settings
        args = LogsArgs(
            environment=_KIND,
            account_id=s.account_id,
            region=s.region,
            key_arn=self.logs_key.arn,
            retention_days=s.log_retention_days,
        )
        self.logs = LogGroups("logs", args, self._own)
        self.flow_logs = self.logs.group("vpc-flow", log_group_name(_KIND, "vpc-flow"))
        self.scanner_logs = self.logs.group("scanner", log_group_name(_KIND, "scanner"))

    def _evidence(self) -> LockedBucket:
        s = self._settings
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

    def _network(self) -> None:
        s = self._settings
        network = NetworkArgs(
            environment=_KIND,
            account_id=s.account_id,
            cidr=s.vpc_cidr,
            zones=(s.zone,),
            flow_log_group_arn=self.flow_logs.arn,
        )
        self.network = Network("network", network, self._own)
        args = ScannerNetworkArgs(
            region=s.region,
            zone=s.zone,
            cidr=s.vpc_cidr,
            network=self.network,
            hosts=[one.domain_name for one in s.scanned],
            buckets=[self.evidence.arn],
        )
        self.scanner_network = ScannerNetwork("scanner", args, self._own)

    def _scanner(self) -> None:
        """Cluster, image, a task for each environment and its schedule; no task before there is an image."""
        s = self._settings
        self.repository = scanner_repository("scanner", self.scanner_key.arn, self._own)
        self.boundary = audit_boundary(
            "boundary",
            AuditBoundaryArgs(account_id=s.account_id, region=s.region, bucket_arn=self.evidence.arn),
            self._own,
        )
        self.secrets = {one.environment: self._secrets(one) for one in s.scanned}
        self.cluster = aws.ecs.Cluster(
            "scanner",
            name=physical_name(_KIND, "scanner"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=self._own,
        )
        self.tasks = {}
        if s.scanner_image is None:
            return
        image = pulumi.Output.concat(self.repository.repository_url, "@", s.scanner_image)
        self.tasks = {one.environment: self._task(one, image) for one in s.scanned}
        schedule = ScanScheduleArgs(
            scanned=s.scanned,
            tasks=self.tasks,
            account_id=s.account_id,
            cluster_arn=self.cluster.arn,
            subnet_ids=self.network.subnet_ids,
            group_id=self.scanner_network.group.id,
            expression=s.scan_schedule,
            go_live=s.go_live,
            dead_letters=self.dead_letters,
            key_arn=self.alerts_key.arn,
        )
        ScanSchedule("schedule", schedule, self._own)

    def _secrets(self, scanned: Scanned) -> ScannerSecrets:
        s = self._settings
        args = ScannerSecretsArgs(
            environment=scanned.environment,
            environment_account=scanned.account_id,
            account_id=s.account_id,
            region=s.region,
        )
        return ScannerSecrets(f"{scanned.environment}-secrets", args, self._own)

    def _task(self, scanned: Scanned, image: pulumi.Input[str]) -> ScanTask:
        s = self._settings
        args = ScanTaskArgs(
            scanned=scanned,
            secrets=self.secrets[scanned.environment],
            account_id=s.account_id,
            region=s.region,
            image=image,
            repository_arn=self.repository.arn,
            log_group=self.scanner_logs,
            bucket=self.evidence.bucket,
            evidence_key_arn=self.evidence_key.arn,
            signing_key_arn=self.signing_key.arn,
            topic_arn=self.topic.arn,
            topic_key_arn=self.alerts_key.arn,
            boundary_arn=self.boundary.arn,
            retain_days=s.evidence_retention_days,
            lock=s.evidence_lock,
        )
        return ScanTask(scanned.environment, args, self._own)

    def _watch(self) -> None:
        """Always, also before the first image: an environment that nobody scans is one that somebody hears of."""
        around = Surroundings(
            environment=_KIND,
            logs=self.logs,
            settings_key_arn=self.scanner_key.arn,
            dead_letters=self.dead_letters,
            alerts_key_arn=self.alerts_key.arn,
            boundary_arn=self.boundary.arn,
        )
        args = ScanWatchArgs(
            surroundings=around,
            placement=Placement(subnet_ids=self.network.subnet_ids, security_group_id=self.scanner_network.group.id),
            account_id=self._settings.account_id,
            environments=[one.environment for one in self._settings.scanned],
            bucket=self.evidence.bucket,
            scanner_log_group=self.scanner_logs.name,
            topic_arn=self.topic.arn,
        )
        ScanWatch("scan-watch", args, self._own)
