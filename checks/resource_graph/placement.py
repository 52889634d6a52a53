"""Where resources stand: their subnets, networks and security groups."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.address_ranges import Network, network_of
from checks.resource_graph.leaves import is_set
from checks.resource_graph.security_rules import DEFAULT_GROUP, GROUPS
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import Resource

VPCS: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
_MORE_CIDRS: Final = (
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation",
)
# Properties that place a resource of a type: subnets and groups stand in them, or in what they name.
_PLACING: Final[Mapping[str, tuple[str, ...]]] = {
    aws.FUNCTION: ("vpcConfig",),
    aws.CONTAINERS: ("networkConfiguration",),
    aws.INSTANCE: ("subnetId", "vpcSecurityGroupIds", "networkInterfaces", "launchTemplate"),
    aws.SCALING_GROUP: ("vpcZoneIdentifiers", "launchTemplate", "launchConfiguration"),
    aws.LAUNCH_TEMPLATE: ("vpcSecurityGroupIds", "networkInterfaces"),
    aws.LAUNCH_CONFIGURATION: ("securityGroups",),
    aws.APP_RUNNER: ("networkConfiguration",),
    "aws:apprunner/vpcConnector:VpcConnector": ("subnets", "securityGroups"),
    aws.INTERFACE: ("subnetId", "securityGroups"),
    "aws:rds/instance:Instance": ("dbSubnetGroupName", "vpcSecurityGroupIds"),
    "aws:rds/cluster:Cluster": ("dbSubnetGroupName", "vpcSecurityGroupIds"),
    "aws:rds/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("subnetIds", "securityGroupIds"),
    "aws:elasticache/cluster:Cluster": ("subnetGroupName", "securityGroupIds"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("subnetGroupName", "securityGroupIds"),
    "aws:elasticache/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:opensearch/domain:Domain": ("vpcOptions",),
    "aws:redshift/cluster:Cluster": ("clusterSubnetGroupName", "vpcSecurityGroupIds"),
    "aws:redshift/subnetGroup:SubnetGroup": ("subnetIds",),
    "aws:efs/mountTarget:MountTarget": ("subnetId", "securityGroups"),
    "aws:msk/cluster:Cluster": ("brokerNodeGroupInfo",),
    "aws:eks/cluster:Cluster": ("vpcConfig",),
    "aws:mq/broker:Broker": ("subnetIds", "securityGroups"),
    "aws:workspaces/directory:Directory": ("subnetIds",),
    "aws:directoryservice/directory:Directory": ("vpcSettings",),
    "aws:transfer/server:Server": ("endpointDetails",),
    **dict.fromkeys((*aws.BALANCERS, *aws.CLASSIC_BALANCERS), ("subnets", "securityGroups")),
}
# Those that only say where others stand.
_LISTS: Final = frozenset(
    token
    for token in _PLACING
    if token.endswith(("SubnetGroup", "VpcConnector", "LaunchTemplate", "LaunchConfiguration"))
)
_VIA: Final = _LISTS | {aws.INTERFACE}
PLACED: Final = tuple(token for token in _PLACING if token not in _LISTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """`subnets` and `groups` of the stack that hold the resource; `foreign`: its subnets are not declared there."""

    resource: Resource
    subnets: tuple[Resource, ...]
    groups: tuple[Resource, ...]
    foreign: bool = False


def placement(stack: Stack, one: Resource) -> Placement | None:
    """Where the resource stands; None for one outside of any VPC. A subnet stands for whatever is in it."""
    if one.token in aws.SUBNETS:
        return Placement(resource=one, subnets=(one,), groups=())
    found = list(_named(stack, one))
    subnets = tuple({each.urn: each for each in found if each.token in aws.SUBNETS}.values())
    groups = tuple({each.urn: each for each in found if each.token in GROUPS}.values())
    placed = any(is_set(one.get(name)) for name in _PLACING.get(one.token, ()))
    if not subnets and not groups and (not placed or _is_outside(one)):
        return None
    return Placement(resource=one, subnets=subnets, groups=groups or _default(stack, subnets), foreign=not subnets)


def vpc_of(stack: Stack, subnet: Resource) -> str | None:
    """The URN of the subnet's VPC, the id of one that is not declared, None if neither is known."""
    declared = stack.referred(subnet, "vpcId", *VPCS)
    return declared[0].urn if declared else next(texts(subnet.get("vpcId")), None)


def networks_of(stack: Stack, one: Resource) -> tuple[Network, ...]:
    """The address ranges of a subnet or a VPC, as far as they are known."""
    more = stack.referring(one, "vpcId", *_MORE_CIDRS)
    values = [each.get(name) for each in (one, *more) for name in ("cidrBlock", "ipv6CidrBlock")]
    return tuple(network for network in map(network_of, values) if network)


def _named(stack: Stack, one: Resource) -> Iterator[Resource]:
    """Everything that the placing properties name, through subnet groups, templates and interfaces."""
    placing = _PLACING.get(one.token, ())
    for reference in stack.outgoing(one):
        if reference.name in placing:
            yield reference.target
            if reference.target.token in _VIA:
                yield from _named(stack, reference.target)


def _default(stack: Stack, subnets: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Without a group of its own a resource gets the default one of its VPC, if the stack declares that."""
    networks = {vpc_of(stack, subnet) for subnet in subnets}
    return tuple(one for one in stack.of(DEFAULT_GROUP) if vpc_of(stack, one) in networks)


def _is_outside(one: Resource) -> bool:
    """App Runner has network settings also where it uses no VPC; a function's may be empty."""
    if one.token == aws.APP_RUNNER:
        return one.get("networkConfiguration.egressConfiguration.egressType") != "VPC"
    return one.token == aws.FUNCTION and one.get("vpcConfig.subnetIds") in ((), [])
