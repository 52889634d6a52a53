"""Where the route tables of a declared subnet lead (Amazon VPC User Guide, subnet route tables)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from checks.resource_graph.address_ranges import Network, network_of
from checks.resource_graph.identifiers import identifiers
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import UNKNOWN, CloudValue, Resource

_VPC: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_TABLE_OF_SUBNET: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_TABLE: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
# Properties of a route that say where it leads, and the types of what they name.
TARGETS: Final[Mapping[str, tuple[str, ...]]] = {
    "gatewayId": (INTERNET_GATEWAY, "aws:ec2/vpnGateway:VpnGateway", "aws:ec2/carrierGateway:CarrierGateway"),
    "egressOnlyGatewayId": ("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",),
    "natGatewayId": ("aws:ec2/natGateway:NatGateway",),
    "networkInterfaceId": ("aws:ec2/networkInterface:NetworkInterface", "aws:ec2/instance:Instance"),
    "transitGatewayId": ("aws:ec2transitgateway/transitGateway:TransitGateway",),
    "vpcEndpointId": ("aws:ec2/vpcEndpoint:VpcEndpoint", "aws:networkfirewall/firewall:Firewall"),
    "vpcPeeringConnectionId": ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection",),
    "localGatewayId": (),
    "coreNetworkArn": (),
}
_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")
_PREFIX_LIST: Final = "destinationPrefixListId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`destination` None: a prefix list, or not known. `by`: the property that names the target.

    `target`: the resource; None for one that this stack does not declare, whose id is `literal` if it is known.
    """

    table: Resource
    destination: Network | None
    by: str
    target: Resource | None = None
    literal: str | None = None


def leads(stack: Stack, subnet: Resource) -> Judgement:
    """Fails if the subnet's own table, or without one the main table of its VPC, leads to an internet gateway."""
    tables = tables_of(stack, subnet)
    routes = [route for table in tables for route in routes_of(stack, table)]
    for route in routes:
        gateway = _internet_gateway(route)
        if gateway:
            return fails(f"subnet {subnet.name}: route table of {route.table.name} leads to internet gateway {gateway}")
    if not tables:
        return undecided(f"subnet {subnet.name}: its route table is not declared in this stack")
    if any(route.by == "gatewayId" and not route.target and not route.literal for route in routes):
        return undecided(f"subnet {subnet.name}: where its routes lead is unknown until deploy")
    return passes(f"subnet {subnet.name} is isolated", by_absence=True)


def tables_of(stack: Stack, subnet: Resource) -> tuple[Resource, ...]:
    """The subnet's own route table; else the main one of its VPC, for which the VPC itself may stand."""
    own = stack.referring(subnet, "subnetId", _TABLE_OF_SUBNET)
    return _tables_of(stack, own) if own else _main_tables(stack, subnet)


def routes_of(stack: Stack, table: Resource) -> Iterator[Route]:
    """Inline routes, then those declared on their own; those of a VPC's first table name it by an output of the VPC."""
    if table.get("routes") is UNKNOWN and not table.depends_on_by_property.get("routes"):
        yield Route(table=table, destination=None, by="gatewayId")
    for one in items(table.get("routes")):
        if isinstance(one, Mapping):
            yield from _read(stack, table, table, "routes", one)
        elif table.get("routes") is not UNKNOWN:
            yield Route(table=table, destination=None, by="gatewayId")
    if table.get("routes") is UNKNOWN:
        yield from _flowing_in(stack, table)
    for alone in stack.referring(table, "routeTableId", _ROUTE):
        yield from _read(stack, table, alone, None, alone.inputs)


def _read(
    stack: Stack, table: Resource, source: Resource, name: str | None, route: Mapping[str, CloudValue]
) -> Iterator[Route]:
    known = (network_of(route.get(key)) for key in _DESTINATIONS)
    destination = next((network for network in known if network), None)
    named = False
    for by, types in TARGETS.items():
        value = route.get(by)
        if not is_set(value) and not source.depends_on_by_property.get(by):
            continue
        named = True
        found = [one for one in stack.referred(source, name or by, *types) if name is None or _means(value, one)]
        literal = value if isinstance(value, str) else None
        yield Route(table=table, destination=destination, by=by, target=found[0] if found else None, literal=literal)
    if not named and name is None:
        yield from _flowing_in(stack, source)


def _flowing_in(stack: Stack, source: Resource) -> Iterator[Route]:
    """Where inline routes are unknown, what flows into them still says where they may lead."""
    for by, types in TARGETS.items():
        for target in stack.referred(source, "routes", *types):
            yield Route(table=source, destination=None, by=by, target=target)


def _means(value: CloudValue, target: Resource) -> bool:
    return value is UNKNOWN or value in set(identifiers(target))


def _internet_gateway(route: Route) -> str | None:
    """Its name in this stack, or the literal id of another."""
    if route.target is not None:
        return route.target.name if route.target.token == INTERNET_GATEWAY else None
    return route.literal if route.literal and route.literal.startswith("igw-") else None


def _tables_of(stack: Stack, associations: Sequence[Resource]) -> tuple[Resource, ...]:
    return tuple(table for one in associations for table in stack.referred(one, "routeTableId", _TABLE, _DEFAULT_TABLE))


def _main_tables(stack: Stack, subnet: Resource) -> tuple[Resource, ...]:
    """What was made the main table; then the default table; the VPC itself stands for the table it is born with."""
    network = _network(stack, subnet, "vpcId")
    chosen = [one for one in stack.of(_MAIN_TABLE) if _may_be_one(network, _network(stack, one, "vpcId"))]
    if chosen:
        return _tables_of(stack, chosen)
    tables = ((one, _network(stack, one, "defaultRouteTableId", "vpcId")) for one in stack.of(_DEFAULT_TABLE))
    adopted = [one for one, other in tables if _may_be_one(network, other)]
    return (*adopted, *stack.referred(subnet, "vpcId", *_VPC))


def _network(stack: Stack, one: Resource, *names: str) -> frozenset[str]:
    declared = (each.target.urn for each in stack.outgoing(one) if each.name in names)
    return frozenset(declared) | {urn for name in names for urn in one.depends_on_by_property.get(name, ())}


def _may_be_one(first: frozenset[str], second: frozenset[str]) -> bool:
    """Two sets of VPCs that are both known and have none in common belong to two networks."""
    return not (first and second) or bool(first & second)
