"""The scan of one environment as a Fargate task: what runs, as whom, and what it may do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.audit_settings import Scanned
from infra.naming import physical_name
from infra.partner_naming import SCANNER_PARTNER, secret_name
from infra.posture_role import posture_role_name, scan_role_name
from infra.scanner_secret import ScannerSecrets, reads_scanner_secrets

_KIND: Final = "audit"
_CPU, _MEMORY_MIB = 1024, 2048
_USER: Final = "10001:10001"  # as in infra/scanner_image/Dockerfile
_SCRATCH: Final = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTaskArgs:
    """`image` is a reference with a digest. `signing_key_arn` signs packs; `evidence_key_arn` encrypts them."""

    scanned: Scanned
    secrets: ScannerSecrets
    account_id: str
    region: str
    image: pulumi.Input[str]
    repository_arn: pulumi.Input[str]
    log_group: aws.cloudwatch.LogGroup
    bucket: aws.s3.Bucket
    evidence_key_arn: pulumi.Input[str]
    signing_key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    topic_key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    retain_days: int
    lock: str


class ScanTask(pulumi.ComponentResource):
    """Task definition with two roles: one pulls the image, the other scans."""

    def __init__(self, name: str, args: ScanTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ScanTask", name, None, opts)
        self._args = args
        self._name = f"scan-{args.scanned.environment}"
        self._own = pulumi.ResourceOptions(parent=self)
        self.start_role = self._start_role()
        self.role = self._scan_role()
        self.definition = self._definition()
        self.register_outputs({"definition": self.definition.arn})

    def _role(self, purpose: str, physical: str, *statements: policies.Statement) -> aws.iam.Role:
        role = aws.iam.Role(
            purpose,
            name=physical,
            assume_role_policy=policies.trust("ecs-tasks.amazonaws.com", self._args.account_id),
            permissions_boundary=self._args.boundary_arn,
            opts=self._own,
        )
        aws.iam.RolePolicy(purpose, role=role.id, policy=policies.document(*statements), opts=self._own)
        return role

    def _start_role(self) -> aws.iam.Role:
        """What Fargate itself needs before the container runs."""
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        streams = self._args.log_group.arn.apply(lambda arn: f"{arn}:*")
        purpose = f"{self._name}-start"
        return self._role(
            purpose,
            physical_name(_KIND, purpose),
            policies.allow("Image", pull, [self._args.repository_arn]),
            # no resource can be named
            policies.allow("Registry", ["ecr:GetAuthorizationToken"], ["*"], condition=self._here),
            policies.allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
        )

    @property
    def _here(self) -> dict[str, Any]:
        return {"StringEquals": {"aws:RequestedRegion": self._args.region}}

    def _scan_role(self) -> aws.iam.Role:
        args, scanned = self._args, self._args.scanned
        objects = args.bucket.arn.apply(lambda arn: f"{arn}/{scanned.environment}/*")
        history = args.bucket.arn.apply(lambda arn: f"{arn}/history/{scanned.environment}.sqlite3")
        keep = ["s3:GetObject", "s3:GetObjectRetention", "s3:PutObject", "s3:PutObjectRetention"]
        hub = f"arn:aws:securityhub:{args.region}:{args.account_id}:product/{args.account_id}/default"
        return self._role(
            self._name,
            scan_role_name(scanned.environment),
            policies.allow(
                "LookAtTheAccount",
                ["sts:AssumeRole"],
                [f"arn:aws:iam::{scanned.account_id}:role/{posture_role_name(scanned.environment)}"],
            ),
            *reads_scanner_secrets(args.secrets),
            *self._own_token(),
            policies.allow("Evidence", keep, [objects]),
            policies.allow("History", ["s3:GetObject", "s3:PutObject"], [history]),
            policies.allow("FindHistory", ["s3:ListBucket"], [args.bucket.arn], condition=_listed(scanned)),
            policies.allow("EvidenceKey", ["kms:Decrypt", "kms:GenerateDataKey"], [args.evidence_key_arn]),
            policies.allow("Sign", ["kms:GetPublicKey", "kms:Sign"], [args.signing_key_arn]),
            policies.allow("Tell", ["sns:Publish"], [args.topic_arn]),
            policies.allow("TellEncrypted", ["kms:Decrypt", "kms:GenerateDataKey"], [args.topic_key_arn]),
            policies.allow("Findings", ["securityhub:BatchImportFindings"], [hub]),
        )

    def _own_token(self) -> list[policies.Statement]:
        """The credentials token of the scanner, a partner like any other, in the environment's account."""
        scanned = self._args.scanned
        if scanned.secrets_key is None:
            return []
        place = f"{self._args.region}:{scanned.account_id}"
        secret = secret_name(scanned.environment, SCANNER_PARTNER)
        through = {"StringEquals": {"kms:ViaService": f"secretsmanager.{self._args.region}.amazonaws.com"}}
        return [
            policies.allow(
                "OwnToken",
                ["secretsmanager:GetSecretValue"],
                [f"arn:aws:secretsmanager:{place}:secret:{secret}-??????"],
            ),
            policies.allow("OwnTokenKey", ["kms:Decrypt"], [scanned.secrets_key], condition=through),
        ]

    def _definition(self) -> aws.ecs.TaskDefinition:
        return aws.ecs.TaskDefinition(
            self._name,
            family=physical_name(_KIND, self._name),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(_CPU),
            memory=str(_MEMORY_MIB),
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "ARM64"},
            execution_role_arn=self.start_role.arn,
            task_role_arn=self.role.arn,
            container_definitions=self._containers(),
            volumes=[{"name": _SCRATCH}],
            opts=self._own,
        )

    def _containers(self) -> pulumi.Output[str]:
        args = self._args
        settings = {
            "OCPI_POSTURE_ENVIRONMENT": args.scanned.environment,
            "OCPI_POSTURE_BUCKET": args.bucket.bucket,
            "OCPI_POSTURE_SIGNED_BY": pulumi.Output.concat("awskms:", args.signing_key_arn),
            "OCPI_POSTURE_RETAIN_DAYS": str(args.retain_days),
            "OCPI_POSTURE_LOCK": args.lock.lower(),
            "OCPI_POSTURE_CERTIFICATE": args.secrets.certificate.arn,
        }
        found = pulumi.Output.all(image=args.image, group=args.log_group.name, **settings)
        return found.apply(lambda known: json.dumps([self._container(known, list(settings))]))

    def _container(self, known: dict[str, str], settings: list[str]) -> dict[str, Any]:
        return {
            "name": "scanner",
            "image": known["image"],
            "essential": True,
            "user": _USER,
            "readonlyRootFilesystem": True,
            "privileged": False,
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
            "environment": [{"name": name, "value": known[name]} for name in sorted(settings)],
            "mountPoints": [{"sourceVolume": _SCRATCH, "containerPath": "/scan", "readOnly": False}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": known["group"],
                    "awslogs-region": self._args.region,
                    "awslogs-stream-prefix": self._args.scanned.environment,
                },
            },
        }


def _listed(scanned: Scanned) -> dict[str, Any]:
    """One name: whether there is a history yet."""
    return {"StringEquals": {"s3:prefix": f"history/{scanned.environment}.sqlite3"}}
