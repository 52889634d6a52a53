"""How isolated functions reach AWS services: private endpoints, each open to one security group and one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.delivered_to import DeliveredTo
from infra.weaknesses import Weakness

HTTPS: Final = 443
ANYWHERE: Final = "0.0.0.0/0"  # used by a weakness only, as the next one is
_LAST_PORT: Final = 65535

# What each service's endpoint lets through; everything else would be a way to carry data out.
_INTERFACE_ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "secretsmanager": (
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    ),
    "kms": ("kms:GenerateMac",),
}
_DYNAMODB_ACTIONS: Final = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointsArgs:
    """Where the endpoints stand."""

    account_id: str
    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_id: pulumi.Input[str]
    delivered_to: DeliveredTo | None = None  # the one secret of another account that may be written
    weaknesses: frozenset[Weakness] = frozenset()


class Endpoints(pulumi.ComponentResource):
    """Gateway endpoint for DynamoDB, interface endpoints for the rest, and the two security groups between them."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Endpoints", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.functions_group = self._group(
            "functions", "Functions of the stack: nothing comes in, HTTPS to endpoints goes out"
        )
        self.endpoints_group = self._group("endpoints", "Interface endpoints: HTTPS from the functions")
        self.dynamodb = self._gateway_endpoint()
        for service in _INTERFACE_ACTIONS:
            self._interface_endpoint(service)
        self._rules()
        self.register_outputs({"functions_group_id": self.functions_group.id})

    def _group(self, name: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(name, description=description, vpc_id=self._args.vpc_id, opts=self._own)

    def _gateway_endpoint(self) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            "dynamodb",
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.dynamodb",
            vpc_endpoint_type="Gateway",
            route_table_ids=[self._args.route_table_id],
            policy=self._policy(_DYNAMODB_ACTIONS),
            opts=self._own,
        )

    def _interface_endpoint(self, service: str) -> None:
        aws.ec2.VpcEndpoint(
            service,
            vpc_id=self._args.vpc_id,
            service_name=f"com.amazonaws.{self._args.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=list(self._args.subnet_ids),
            security_group_ids=[self.endpoints_group.id],
            policy=self._policy(_INTERFACE_ACTIONS[service], *self._deliveries(service)),
            opts=self._own,
        )

    def _deliveries(self, service: str) -> list[policies.Statement]:
        to, own = self._args.delivered_to, self._args.account_id
        if to is None or service != "secretsmanager":
            return []
        root, ours = {"AWS": policies.account_root(own)}, {"StringEquals": {"aws:PrincipalAccount": own}}
        put = ["secretsmanager:PutSecretValue"]
        return [policies.allow("Delivered", put, [to.secret], principal=root, condition=ours)]

    def _policy(self, actions: Sequence[str], *further: policies.Statement) -> pulumi.Output[str]:
        """Our principals on our resources: a stolen key of another account gets nothing out."""
        account = {"aws:PrincipalAccount": self._args.account_id, "aws:ResourceAccount": self._args.account_id}
        root = {"AWS": policies.account_root(self._args.account_id)}
        return policies.document(
            policies.allow("OwnAccountOnly", actions, ["*"], principal=root, condition={"StringEquals": account}),
            *further,
        )

    def _rules(self) -> None:
        self._endpoints_ingress()
        aws.vpc.SecurityGroupEgressRule(
            "functions-to-endpoints",
            description="HTTPS to the interface endpoints",
            security_group_id=self.functions_group.id,
            referenced_security_group_id=self.endpoints_group.id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=self._own,
        )
        aws.vpc.SecurityGroupEgressRule(
            "functions-to-dynamodb",
            description="HTTPS to DynamoDB through the gateway endpoint",
            security_group_id=self.functions_group.id,
            prefix_list_id=self.dynamodb.prefix_list_id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=self._own,
        )

    def _endpoints_ingress(self) -> None:
        is_open = Weakness.OPEN_SECURITY_GROUP in self._args.weaknesses
        aws.vpc.SecurityGroupIngressRule(
            "endpoints-from-functions",
            description="HTTPS from the functions",
            security_group_id=self.endpoints_group.id,
            referenced_security_group_id=None if is_open else self.functions_group.id,
            cidr_ipv4=ANYWHERE if is_open else None,
            ip_protocol="tcp",
            from_port=0 if is_open else HTTPS,
            to_port=_LAST_PORT if is_open else HTTPS,
            opts=self._own,
        )
