"""What Fargate needs of AWS to start a container in a network without internet: image, its layers, the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies

_PULL: Final = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_WRITE: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerEndpointsArgs:
    """Beside those of `Endpoints`, whose security group stands before them. The tables are those of the containers."""

    account_id: str
    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: list[pulumi.Output[str]]
    route_table_ids: list[pulumi.Input[str]]
    endpoints_group_id: pulumi.Input[str]


class ContainerEndpoints(pulumi.ComponentResource):
    """Interface endpoints of the registry and the log, gateway endpoint of the registry's own bucket of layers."""

    def __init__(self, name: str, args: ContainerEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ContainerEndpoints", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.s3 = self._layers()
        ours = {"aws:PrincipalAccount": args.account_id, "aws:ResourceAccount": args.account_id}
        pull = policies.allow("OwnImages", _PULL, ["*"], principal=self._root, condition={"StringEquals": ours})
        # a token of the registry belongs to no resource, so its account cannot be asked for
        caller = {"StringEquals": {"aws:PrincipalAccount": args.account_id}}
        registry = policies.allow(
            "Registry", ["ecr:GetAuthorizationToken"], ["*"], principal=self._root, condition=caller
        )
        log = policies.allow("OwnLog", _WRITE, ["*"], principal=self._root, condition={"StringEquals": ours})
        self._interface("ecr.api", pull, registry)
        self._interface("ecr.dkr", pull)
        self._interface("logs", log)
        self.register_outputs({"s3": self.s3.id})

    @property
    def _root(self) -> dict[str, str]:
        return {"AWS": policies.account_root(self._args.account_id)}

    def _interface(self, service: str, *statements: policies.Statement) -> None:
        aws.ec2.VpcEndpoint(
            service.replace(".", "-"),
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=self._args.subnet_ids,
            security_group_ids=[self._args.endpoints_group_id],
            policy=policies.document(*statements),
            opts=self._own,
        )

    def _layers(self) -> aws.ec2.VpcEndpoint:
        """ECR gives signed addresses in a bucket of its own, one for each region (ECR User Guide, VPC endpoints)."""
        bucket = f"arn:aws:s3:::prod-{self._args.region}-starport-layer-bucket/*"
        layers = policies.allow("Layers", ["s3:GetObject"], [bucket], principal={"AWS": "*"})
        return aws.ec2.VpcEndpoint(
            "s3",
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=self._args.route_table_ids,
            policy=policies.document(layers),
            opts=self._own,
        )
