"""Who may open a connection to whom between the gateway and the containers: one security group for each hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.endpoints import ANYWHERE, HTTPS
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerGroupsArgs:
    """`prefix_lists` are those of the gateway endpoints, by service."""

    vpc_id: pulumi.Input[str]
    endpoints_group_id: pulumi.Input[str]
    prefix_lists: Mapping[str, pulumi.Input[str]]
    listener_port: int
    container_port: int
    weaknesses: frozenset[Weakness] = frozenset()


class ContainerGroups(pulumi.ComponentResource):
    """`link`, `balancer` and `containers`."""

    def __init__(self, name: str, args: ContainerGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ContainerGroups", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.link = self._group("link", "VPC link of the gateway: nothing comes in, out to the balancer")
        self.balancer = self._group("balancer", "Internal load balancer: in from the link, out to the containers")
        self.containers = self._group("containers", "Containers of the service: in from the balancer")
        self._hop("link-to-balancer", self.link, self.balancer, args.listener_port)
        self._hop("balancer-to-containers", self.balancer, self.containers, args.container_port)
        self._to_aws()
        self.register_outputs({"containers": self.containers.id})

    def _group(self, name: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(name, description=description, vpc_id=self._args.vpc_id, opts=self._own)

    def _hop(self, name: str, before: aws.ec2.SecurityGroup, after: aws.ec2.SecurityGroup, port: int) -> None:
        """Both ends of one hop."""
        self._out(name, before, port, to_group=after.id)
        is_open = name.startswith("balancer") and Weakness.OPEN_CONTAINERS in self._args.weaknesses
        aws.vpc.SecurityGroupIngressRule(
            name,
            description="From the hop before, and nobody else",
            security_group_id=after.id,
            referenced_security_group_id=None if is_open else before.id,
            cidr_ipv4=ANYWHERE if is_open else None,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._own,
        )

    def _to_aws(self) -> None:
        """Containers call AWS through the endpoints of the network, and nobody else."""
        endpoints = self._args.endpoints_group_id
        self._out("containers-to-endpoints", self.containers, HTTPS, to_group=endpoints)
        for service, prefix_list in self._args.prefix_lists.items():
            self._out(f"containers-to-{service}", self.containers, HTTPS, to_list=prefix_list)
        aws.vpc.SecurityGroupIngressRule(
            "endpoints-from-containers",
            description="HTTPS from the containers",
            security_group_id=endpoints,
            referenced_security_group_id=self.containers.id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=self._own,
        )

    def _out(
        self,
        name: str,
        group: aws.ec2.SecurityGroup,
        port: int,
        *,
        to_group: pulumi.Input[str] | None = None,
        to_list: pulumi.Input[str] | None = None,
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            name,
            description="To the next hop, and nowhere else",
            security_group_id=group.id,
            referenced_security_group_id=to_group,
            prefix_list_id=to_list,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            opts=self._own,
        )
