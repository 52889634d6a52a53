"""Where the scanner stands: a network that nobody can enter, with one fixed address to the outside.

    scanner's subnet -> NAT gateway with the address that the environments let in -> internet gateway

Names are resolved for the scanned domains and for AWS, and for nothing else (Route 53 Resolver DNS Firewall): a scanner
that was made to call somebody else does not find him. The Network Firewall of the environments would do more, for some
290 USD a month; this costs 38 USD for the gateway, 3.65 USD for the address, and cents for the names.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.endpoints import ANYWHERE
from infra.naming import physical_name
from infra.network import Network
from infra.public_addresses import public_blocks

_KIND: Final = "audit"
_TAGS: Final = {"segment": "egress"}
_LAST_BLOCK: Final = 15  # of sixteen; the isolated subnets have the first ones
# A scan also knocks where OCPI must not answer: plain HTTP.
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerNetworkArgs:
    """`hosts` are the scanned domains. `buckets` may be reached through the endpoint of S3: ARNs."""

    region: str
    zone: str
    cidr: str
    network: Network
    hosts: Sequence[str]
    buckets: Sequence[pulumi.Input[str]]


class ScannerNetwork(pulumi.ComponentResource):
    """`address` is what the environments' `partners` block holds for the scanner; `group` is for its task."""

    def __init__(self, name: str, args: ScannerNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ScannerNetwork", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.address = self._way_out()
        self.group = self._group()
        self._names()
        self._s3()
        self.register_outputs({"address": self.address})

    def _way_out(self) -> pulumi.Output[str]:
        network = self._args.network
        internet = aws.ec2.InternetGateway("internet", vpc_id=network.vpc.id, tags=_TAGS, opts=self._own)
        blocks = list(ipaddress.IPv4Network(self._args.cidr).subnets(prefixlen_diff=4))
        public = aws.ec2.Subnet(
            "public",
            vpc_id=network.vpc.id,
            availability_zone=self._args.zone,
            cidr_block=str(blocks[_LAST_BLOCK]),
            map_public_ip_on_launch=False,
            tags={"Name": physical_name(_KIND, "public"), **_TAGS},
            opts=self._own,
        )
        routes: list[aws.ec2.RouteTableRouteArgsDict] = [{"cidr_block": ANYWHERE, "gateway_id": internet.id}]
        table = aws.ec2.RouteTable("public", vpc_id=network.vpc.id, routes=routes, opts=self._own)
        aws.ec2.RouteTableAssociation("public", subnet_id=public.id, route_table_id=table.id, opts=self._own)
        # the environments have it in their lists
        kept = pulumi.ResourceOptions(parent=self, depends_on=[internet], protect=True)
        address = aws.ec2.Eip("scanner", domain="vpc", tags=_TAGS, opts=kept)
        nat = aws.ec2.NatGateway("scanner", subnet_id=public.id, allocation_id=address.id, tags=_TAGS, opts=self._own)
        aws.ec2.Route(
            "scanner",
            route_table_id=network.route_table.id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=nat.id,
            opts=self._own,
        )
        return address.public_ip

    def _group(self) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            "scanner",
            description="The scanner: nothing comes in, HTTPS and HTTP go out",
            vpc_id=self._args.network.vpc.id,
            tags=_TAGS,
            opts=self._own,
        )
        blocks = public_blocks()
        public = aws.ec2.ManagedPrefixList(
            "public-internet",
            name=physical_name(_KIND, "public-internet"),
            address_family="IPv4",
            max_entries=len(blocks),
            entries=[{"cidr": block} for block in blocks],
            opts=self._own,
        )
        for name, port in _PORTS.items():
            aws.vpc.SecurityGroupEgressRule(
                f"scanner-{name}",
                description=f"{name.upper()} to the scanned domains and to AWS services",
                security_group_id=group.id,
                prefix_list_id=public.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=self._own,
            )
        return group

    def _names(self) -> None:
        """Two rules: these names, and no other."""
        allowed = [*self._args.hosts, f"*.{self._args.region}.amazonaws.com", "*.amazonaws.com"]
        group = aws.route53.ResolverFirewallRuleGroup("names", name=physical_name(_KIND, "names"), opts=self._own)
        lists = {"allowed": allowed, "everything": ["*"]}
        for priority, (name, domains) in enumerate(lists.items(), start=1):
            listed = aws.route53.ResolverFirewallDomainList(
                name, name=physical_name(_KIND, name), domains=[f"{domain}." for domain in domains], opts=self._own
            )
            blocks = name == "everything"
            aws.route53.ResolverFirewallRule(
                name,
                name=physical_name(_KIND, name),
                firewall_rule_group_id=group.id,
                firewall_domain_list_id=listed.id,
                priority=priority * 100,
                action="BLOCK" if blocks else "ALLOW",
                block_response="NXDOMAIN" if blocks else None,
                firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
                opts=self._own,
            )
        vpc = self._args.network.vpc.id
        aws.route53.ResolverFirewallRuleGroupAssociation(
            "names",
            name=physical_name(_KIND, "names"),
            firewall_rule_group_id=group.id,
            vpc_id=vpc,
            priority=101,
            mutation_protection="DISABLED",
            opts=self._own,
        )
        aws.route53.ResolverFirewallConfig("names", resource_id=vpc, firewall_fail_open="DISABLED", opts=self._own)

    def _s3(self) -> None:
        """Evidence and image layers go straight to S3, and to no bucket of somebody else."""
        layers = f"arn:aws:s3:::prod-{self._args.region}-starport-layer-bucket"
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Evidence",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject", "s3:GetObjectRetention", "s3:ListBucket", "s3:PutObject",
                               "s3:PutObjectRetention"],
                    "Resource": [one for arn in self._args.buckets for one in (arn, pulumi.Output.concat(arn, "/*"))],
                },
                {
                    "Sid": "ImageLayers",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject"],
                    "Resource": [f"{layers}/*"],
                },
            ],
        }  # fmt: skip
        aws.ec2.VpcEndpoint(
            "s3",
            vpc_id=self._args.network.vpc.id,
            service_name=f"com.amazonaws.{self._args.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[self._args.network.route_table.id],
            policy=pulumi.Output.json_dumps(policy),
            opts=self._own,
        )
