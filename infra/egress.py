"""The one way out, for those that call partners: a firewall that knows their hosts, and fixed addresses.

    calling subnets -> Network Firewall (TLS to the partners' hosts, nothing else) -> NAT gateway -> internet gateway

One of each in every zone, so that the loss of a zone is not the loss of the way out. Partners can put the addresses of
the NAT gateways into their own allow-lists. What the firewall cannot know (an address behind an allowed name) the
client refuses itself: `infra/rotation/https.py`. A container of the user's own stands here as well when it says so.

Cost, eu-central-1, a month of 730 hours, list prices of 2026: firewall endpoint about 290 USD and NAT gateway about
38 USD in each zone, 3.65 USD for each public address, 0.065 USD per GB at the firewall and 0.052 at the gateway: about
660 USD for two zones. Without it the function runs in Lambda's own network, where only its client decides whom to call.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.egress_firewall import EgressFirewallArgs, egress_firewall, endpoint_in
from infra.endpoints import ANYWHERE, HTTPS
from infra.function import Placement
from infra.naming import physical_name
from infra.network_settings import EGRESS_SHARE
from infra.public_addresses import public_addresses
from infra.weaknesses import Weakness

# Sixteenths of the VPC's range, with room for two zones each; the isolated subnets have the first eight.
_FIRST: Final = {"calling": 8, "firewall": 10, "public": 12}
_TAGS: Final[dict[str, str]] = {"segment": "egress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressArgs:
    """`hosts` are those of the partners' versions URLs; `zones` are two. `key_arn` encrypts the rules."""

    environment: str
    vpc_id: pulumi.Input[str]
    cidr: str
    zones: Sequence[str]
    hosts: Sequence[str]
    endpoints_group_id: pulumi.Input[str]
    dynamodb_endpoint_id: pulumi.Input[str]
    log_group: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    protect: bool
    weaknesses: frozenset[Weakness] = frozenset()


class Egress(pulumi.ComponentResource):
    """`placement` is for those that call, `addresses` for the partners, `log_group` is the firewall's.

    `calling_table_ids` are the route tables of the subnets of `placement`.
    """

    def __init__(self, name: str, args: EgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Egress", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.internet = aws.ec2.InternetGateway("egress", vpc_id=args.vpc_id, tags=_TAGS, opts=self._own)
        self._firewall_subnets = [self._subnet("firewall", number, zone) for number, zone in enumerate(args.zones)]
        self.firewall = egress_firewall("egress", self._filtering(), self._own, tags=_TAGS)
        self.log_group = args.log_group
        self._calling: list[aws.ec2.Subnet] = []
        self.calling_table_ids: list[pulumi.Output[str]] = []
        self.addresses: list[pulumi.Output[str]] = []
        for number, zone in enumerate(args.zones):
            self._zone(number, zone)
        self.placement = Placement(
            subnet_ids=[subnet.id for subnet in self._calling], security_group_id=self._group().id
        )
        self.register_outputs({"addresses": self.addresses})

    def _filtering(self) -> EgressFirewallArgs:
        args = self._args
        return EgressFirewallArgs(
            environment=args.environment,
            vpc_id=args.vpc_id,
            cidr=args.cidr,
            subnet_ids=[subnet.id for subnet in self._firewall_subnets],
            hosts=args.hosts,
            log_group=args.log_group,
            key_arn=args.key_arn,
            protect=args.protect,
        )

    def _zone(self, number: int, zone: str) -> None:
        calling = self._subnet("calling", number, zone)
        public = self._subnet("public", number, zone)
        endpoint = self.firewall.firewall_statuses.apply(lambda statuses: endpoint_in(statuses, zone))
        nat = self._nat(zone, public)
        way = _default(vpc_endpoint_id=endpoint)
        if Weakness.PAST_THE_FIREWALL in self._args.weaknesses:
            way = _default(nat_gateway_id=self._shortcut(zone, public))
        self._table("calling", zone, calling, [way])
        self._table("firewall", zone, self._firewall_subnets[number], [_default(nat_gateway_id=nat.id)])
        # answers come back the way the questions went, or the firewall would see half of each connection
        back: aws.ec2.RouteTableRouteArgsDict = {
            "cidr_block": self._block("calling", number),
            "vpc_endpoint_id": endpoint,
        }
        self._table("public", zone, public, [_default(gateway_id=self.internet.id), back])
        self._calling.append(calling)

    def _nat(self, zone: str, public: aws.ec2.Subnet) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            f"egress-{zone[-1]}",
            domain="vpc",
            tags=_TAGS,
            # partners have it in their lists
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.internet], protect=self._args.protect),
        )
        self.addresses.append(address.public_ip)
        return aws.ec2.NatGateway(
            f"egress-{zone[-1]}", subnet_id=public.id, allocation_id=address.id, tags=_TAGS, opts=self._own
        )

    def _shortcut(self, zone: str, public: aws.ec2.Subnet) -> pulumi.Output[str]:
        """By a weakness only: a NAT gateway that nobody agreed on."""
        address = aws.ec2.Eip(f"shortcut-{zone[-1]}", domain="vpc", opts=self._own)
        name = f"shortcut-{zone[-1]}"
        return aws.ec2.NatGateway(name, subnet_id=public.id, allocation_id=address.id, opts=self._own).id

    def _subnet(self, purpose: str, number: int, zone: str) -> aws.ec2.Subnet:
        name = f"{purpose}-{zone[-1]}"
        return aws.ec2.Subnet(
            name,
            vpc_id=self._args.vpc_id,
            availability_zone=zone,
            cidr_block=self._block(purpose, number),
            map_public_ip_on_launch=False,
            tags={"Name": physical_name(self._args.environment, name), **_TAGS},
            opts=self._own,
        )

    def _block(self, purpose: str, number: int) -> str:
        blocks = list(ipaddress.IPv4Network(self._args.cidr).subnets(prefixlen_diff=EGRESS_SHARE.bit_length() - 1))
        return str(blocks[_FIRST[purpose] + number])

    def _table(
        self, purpose: str, zone: str, subnet: aws.ec2.Subnet, routes: Sequence[aws.ec2.RouteTableRouteArgsDict]
    ) -> None:
        name = f"{purpose}-{zone[-1]}"
        table = aws.ec2.RouteTable(name, vpc_id=self._args.vpc_id, routes=list(routes), opts=self._own)
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._own)
        if purpose == "calling":
            self.calling_table_ids.append(table.id)
            aws.ec2.VpcEndpointRouteTableAssociation(
                f"dynamodb-{name}",
                vpc_endpoint_id=self._args.dynamodb_endpoint_id,
                route_table_id=table.id,
                opts=self._own,
            )

    def _group(self) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            "calling",
            description="Those that call partners: HTTPS goes out, nothing comes in by this group",
            vpc_id=self._args.vpc_id,
            opts=self._own,
        )
        endpoints, public = self._args.endpoints_group_id, public_addresses(self._args.environment, self._own).id
        inward = Weakness.INWARD_CALLS in self._args.weaknesses
        self._out(
            group,
            "calling-to-partners",
            "HTTPS to partners, through the firewall",
            prefix_list_id=None if inward else public,
            cidr_ipv4=ANYWHERE if inward else None,
        )
        self._out(group, "calling-to-endpoints", "HTTPS to AWS services", referenced_security_group_id=endpoints)
        aws.vpc.SecurityGroupIngressRule(
            "endpoints-from-calling",
            description="HTTPS from those that call partners",
            security_group_id=endpoints,
            referenced_security_group_id=group.id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=self._own,
        )
        return group

    def _out(
        self,
        group: aws.ec2.SecurityGroup,
        name: str,
        description: str,
        *,
        prefix_list_id: pulumi.Input[str] | None = None,
        cidr_ipv4: str | None = None,
        referenced_security_group_id: pulumi.Input[str] | None = None,
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            name,
            description=description,
            security_group_id=group.id,
            prefix_list_id=prefix_list_id,
            cidr_ipv4=cidr_ipv4,
            referenced_security_group_id=referenced_security_group_id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            opts=self._own,
        )


def _default(
    *,
    vpc_endpoint_id: pulumi.Input[str] | None = None,
    nat_gateway_id: pulumi.Input[str] | None = None,
    gateway_id: pulumi.Input[str] | None = None,
) -> aws.ec2.RouteTableRouteArgsDict:
    targets = {"vpc_endpoint_id": vpc_endpoint_id, "nat_gateway_id": nat_gateway_id, "gateway_id": gateway_id}
    (name,) = (name for name, target in targets.items() if target is not None)
    return {"cidr_block": ANYWHERE, name: targets[name]}  # type: ignore[misc] # one of the three keys it has
