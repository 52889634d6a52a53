"""The network of the functions: isolated subnets with no route to the internet in either direction."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import physical_name
from infra.network_settings import ISOLATED_SHARE


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkArgs:
    """`cidr` is cut into one subnet per zone, an eighth of it each at most."""

    environment: str
    account_id: str
    cidr: str
    zones: tuple[str, ...]
    flow_log_group_arn: pulumi.Input[str]


class Network(pulumi.ComponentResource):
    """VPC, one isolated subnet per zone, an emptied default security group, flow logs. No internet or NAT gateway."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Network", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            "vpc",
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,  # the private names of interface endpoints need both
            tags={"Name": physical_name(args.environment, "vpc")},
            opts=self._own,
        )
        # Without rules: whatever is launched without a group of its own can talk to nobody.
        aws.ec2.DefaultSecurityGroup("default", vpc_id=self.vpc.id, opts=self._own)
        self.route_table = aws.ec2.RouteTable("isolated", vpc_id=self.vpc.id, opts=self._own)
        self.subnets = [self._subnet(number, zone) for number, zone in enumerate(args.zones)]
        self._flow_log()
        self.register_outputs({"vpc_id": self.vpc.id, "subnet_ids": self.subnet_ids})

    @property
    def subnet_ids(self) -> list[pulumi.Output[str]]:
        """Where functions and endpoints go."""
        return [subnet.id for subnet in self.subnets]

    def _subnet(self, number: int, zone: str) -> aws.ec2.Subnet:
        blocks = list(ipaddress.IPv4Network(self._args.cidr).subnets(prefixlen_diff=ISOLATED_SHARE.bit_length() - 1))
        name = f"isolated-{zone[-1]}"
        subnet = aws.ec2.Subnet(
            name,
            vpc_id=self.vpc.id,
            availability_zone=zone,
            cidr_block=str(blocks[number]),
            map_public_ip_on_launch=False,
            tags={"Name": physical_name(self._args.environment, name)},
            opts=self._own,
        )
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=self.route_table.id, opts=self._own)
        return subnet

    def _flow_log(self) -> None:
        role = aws.iam.Role(
            "flow-log",
            name=physical_name(self._args.environment, "flow-log"),
            assume_role_policy=policies.trust("vpc-flow-logs.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        group = pulumi.Output.from_input(self._args.flow_log_group_arn)
        statement = policies.allow(
            "WriteFlowLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            [group.apply(lambda arn: f"{arn}:*")],
        )
        aws.iam.RolePolicy("flow-log", role=role.id, policy=policies.document(statement), opts=self._own)
        aws.ec2.FlowLog(
            "flow-log",
            vpc_id=self.vpc.id,
            traffic_type="ALL",
            log_destination=group,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            opts=self._own,
        )
