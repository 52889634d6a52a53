"""The OCPI service as a container of the user's own, on Fargate in the isolated subnets.

One that calls partners by itself stands in the calling subnets instead, behind the firewall that knows their hosts
(`infra/egress.py`), and has their security group beside its own.

What the container finds: the same environment as the function (`infra/service_rights.py`), a role with the same rights,
`X-Ocpi-Partner` from the gateway on every request. What it has to do: speak TLS on its port, answer 200 to the health
check, write its log to standard output, and nothing to its file system but below /tmp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.balancer import Balancer
from infra.container_settings import ContainerSettings
from infra.container_task import ContainerTask, ContainerTaskArgs
from infra.function import Placement, Surroundings
from infra.naming import physical_name
from infra.service_rights import ServiceData
from infra.weaknesses import Weakness

_BUSY_PERCENT: Final = 60  # of the processor, over all containers
_START_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerServiceArgs:
    """`balancer` has the targets that the containers join; `way_out` is where those stand that call partners."""

    surroundings: Surroundings
    isolated_subnet_ids: Sequence[pulumi.Input[str]]
    way_out: Placement | None
    data: ServiceData
    container: ContainerSettings
    balancer: Balancer


class ContainerService(pulumi.ComponentResource):
    """Cluster, task, service, and how many of them run."""

    def __init__(self, name: str, args: ContainerServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ContainerService", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.task = self._task()
        self.log_group = self.task.log_group
        self.version: pulumi.Input[str] = args.container.digest
        self.upstream = args.balancer.upstream
        self.cluster = self._cluster()
        self.service = self._service()
        self._scaling()
        balancer, targets = args.balancer.balancer, args.balancer.targets
        self.watched = {"LoadBalancer": balancer.arn_suffix, "TargetGroup": targets.arn_suffix}
        self.register_outputs({"service": self.service.id})

    def _task(self) -> ContainerTask:
        args = ContainerTaskArgs(
            surroundings=self._args.surroundings, data=self._args.data, container=self._args.container
        )
        return ContainerTask("service", args, self._own)

    def _cluster(self) -> aws.ecs.Cluster:
        return aws.ecs.Cluster(
            "service",
            name=physical_name(self._args.surroundings.environment, "service"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            opts=self._own,
        )

    def _service(self) -> aws.ecs.Service:
        args, weak = self._args, self._args.data.weaknesses
        return aws.ecs.Service(
            "service",
            name=physical_name(args.surroundings.environment, "service"),
            cluster=self.cluster.arn,
            task_definition=self.task.definition.arn,
            launch_type="FARGATE",
            platform_version="LATEST",
            desired_count=args.container.at_least,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            health_check_grace_period_seconds=_START_S,
            enable_execute_command=Weakness.SHELL_INTO_CONTAINER in weak,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            network_configuration=self._network(),
            load_balancers=[
                {
                    "target_group_arn": args.balancer.targets.arn,
                    "container_name": self.task.container_name,
                    "container_port": args.container.port,
                }
            ],
            # how many run is decided below, by how busy they are
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=args.balancer.listening, ignore_changes=["desiredCount"]
            ),
        )

    def _network(self) -> aws.ecs.ServiceNetworkConfigurationArgsDict:
        own, way_out = self._args.balancer.groups.containers.id, self._args.way_out
        return {
            "subnets": list(way_out.subnet_ids if way_out else self._args.isolated_subnet_ids),
            "security_groups": [own, way_out.security_group_id] if way_out else [own],
            "assign_public_ip": Weakness.PUBLIC_CONTAINER in self._args.data.weaknesses,
        }

    def _scaling(self) -> None:
        container = self._args.container
        target = aws.appautoscaling.Target(
            "service",
            service_namespace="ecs",
            resource_id=pulumi.Output.concat("service/", self.cluster.name, "/", self.service.name),
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=container.at_least,
            max_capacity=container.at_most,
            opts=self._own,
        )
        aws.appautoscaling.Policy(
            "service",
            name=physical_name(self._args.surroundings.environment, "service-busy"),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration={
                "target_value": _BUSY_PERCENT,
                "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
                "scale_in_cooldown": 300,
                "scale_out_cooldown": 60,
            },
            opts=self._own,
        )
