"""One container of the service: what runs, as whom, and what it may do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.container_settings import ContainerSettings
from infra.function import Surroundings
from infra.naming import log_group_name, physical_name
from infra.service_rights import ServiceData, log_reference_key, service_settings, service_statements
from infra.weaknesses import Weakness

_SCRATCH: Final = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerTaskArgs:
    """`data` is what the service works on."""

    surroundings: Surroundings
    data: ServiceData
    container: ContainerSettings


class ContainerTask(pulumi.ComponentResource):
    """Task definition with two roles: one pulls the image, the other is the service's."""

    container_name: Final = "service"

    def __init__(self, name: str, args: ContainerTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ContainerTask", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        environment = args.surroundings.environment
        self.log_group = args.surroundings.logs.group("service", log_group_name(environment, "service"))
        self._reference_key = log_reference_key(args.data.account_id, self._own)
        self.role = self._role("service", *service_statements(args.data, self._reference_key), self._settings_key())
        self.start_role = self._start_role()
        self.definition = self._definition()
        self.register_outputs({"definition": self.definition.arn})

    def _settings_key(self) -> policies.Statement:
        """The tables' key, as functions have it for their settings."""
        return policies.allow("TablesKey", ["kms:Decrypt"], [self._args.surroundings.settings_key_arn])

    def _role(self, purpose: str, *statements: policies.Statement) -> aws.iam.Role:
        around = self._args.surroundings
        role = aws.iam.Role(
            purpose,
            name=physical_name(around.environment, purpose),
            assume_role_policy=policies.trust("ecs-tasks.amazonaws.com", self._args.data.account_id),
            permissions_boundary=around.boundary_arn,
            opts=self._own,
        )
        aws.iam.RolePolicy(purpose, role=role.id, policy=policies.document(*statements), opts=self._own)
        return role

    def _start_role(self) -> aws.iam.Role:
        """What Fargate itself needs before the container runs."""
        data = self._args.data
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        image = f"arn:aws:ecr:{data.region}:{data.account_id}:repository/{self._args.container.repository}"
        here: dict[str, Any] = {"StringEquals": {"aws:RequestedRegion": data.region}}
        streams = self.log_group.arn.apply(lambda arn: f"{arn}:*")
        return self._role(
            "service-start",
            policies.allow("Image", pull, [image]),
            # no resource can be named
            policies.allow("Registry", ["ecr:GetAuthorizationToken"], ["*"], condition=here),
            policies.allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
        )

    def _definition(self) -> aws.ecs.TaskDefinition:
        container = self._args.container
        return aws.ecs.TaskDefinition(
            "service",
            family=physical_name(self._args.surroundings.environment, "service"),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(container.cpu),
            memory=str(container.memory_mib),
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": container.architecture},
            execution_role_arn=self.start_role.arn,
            task_role_arn=self.role.arn,
            container_definitions=self._containers(),
            volumes=[{"name": _SCRATCH}],
            opts=self._own,
        )

    @property
    def _image(self) -> str:
        data, container = self._args.data, self._args.container
        name = f"{data.account_id}.dkr.ecr.{data.region}.amazonaws.com/{container.repository}"
        return f"{name}:latest" if Weakness.IMAGE_BY_TAG in data.weaknesses else f"{name}@{container.digest}"

    def _containers(self) -> pulumi.Output[str]:
        settings = service_settings(self._args.data, self._reference_key)
        known = pulumi.Output.all(group=self.log_group.name, **settings)
        return known.apply(lambda found: json.dumps([self._container(found, list(settings))]))

    def _container(self, known: dict[str, str], settings: list[str]) -> dict[str, Any]:
        container = self._args.container
        return {
            "name": self.container_name,
            "image": self._image,
            "essential": True,
            "user": container.user,
            "readonlyRootFilesystem": Weakness.WRITABLE_CONTAINER not in self._args.data.weaknesses,
            "privileged": False,
            "linuxParameters": {"capabilities": {"drop": ["ALL"]}, "initProcessEnabled": True},
            "portMappings": [{"containerPort": container.port, "protocol": "tcp"}],
            "environment": [{"name": name, "value": known[name]} for name in sorted(settings)],
            "mountPoints": [{"sourceVolume": _SCRATCH, "containerPath": "/tmp", "readOnly": False}],  # noqa: S108 - its own
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": known["group"],
                    "awslogs-region": self._args.data.region,
                    "awslogs-stream-prefix": "service",
                },
            },
        }
