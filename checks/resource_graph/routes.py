"""Where the route tables of a declared subnet lead (Amazon VPC User Guide, subnet route tables)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.stack import Stack
from scanner.model.resource import UNKNOWN, CloudValue, Resource

_VPC: Final = "aws:ec2/vpc:Vpc"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_TABLE_OF_SUBNET: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_TABLE: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"


def leads(stack: Stack, subnet: Resource) -> Judgement:
    """Fails if the subnet's own table, or without one the main table of its VPC, leads to an internet gateway."""
    own = stack.referring(subnet, "subnetId", _TABLE_OF_SUBNET)
    tables = _tables_of(stack, own) if own else _main_tables(stack, subnet)
    for table in tables:
        gateway = next(_internet_gateways(stack, table), None)
        if gateway:
            return fails(f"subnet {subnet.name}: route table of {table.name} leads to internet gateway {gateway}")
    if not tables:
        return undecided(f"subnet {subnet.name}: its route table is not declared in this stack")
    if any(_hides_a_route(stack, table) for table in tables):
        return undecided(f"subnet {subnet.name}: where its routes lead is unknown until deploy")
    return passes(f"subnet {subnet.name} is isolated", by_absence=True)


def _tables_of(stack: Stack, associations: Sequence[Resource]) -> tuple[Resource, ...]:
    return tuple(table for one in associations for table in stack.referred(one, "routeTableId", _TABLE, _DEFAULT_TABLE))


def _main_tables(stack: Stack, subnet: Resource) -> tuple[Resource, ...]:
    """What was made the main table; then the default table; the VPC itself stands for the table it is born with."""
    network = _network(subnet, "vpcId")
    chosen = [one for one in stack.of(_MAIN_TABLE) if _may_be_one(network, _network(one, "vpcId"))]
    if chosen:
        return _tables_of(stack, chosen)
    adopted = [
        one for one in stack.of(_DEFAULT_TABLE) if _may_be_one(network, _network(one, "defaultRouteTableId", "vpcId"))
    ]
    return (*adopted, *stack.referred(subnet, "vpcId", _VPC))


def _network(one: Resource, *names: str) -> frozenset[str]:
    return frozenset(urn for name in names for urn in one.depends_on_by_property.get(name, ()))


def _may_be_one(first: frozenset[str], second: frozenset[str]) -> bool:
    """Two sets of VPCs that are both known and have none in common belong to two networks."""
    return not (first and second) or bool(first & second)


def _internet_gateways(stack: Stack, table: Resource) -> Iterator[str]:
    """Names of internet gateways of this stack, and literal ids of others."""
    yield from (gateway.name for gateway in stack.referred(table, "routes", _GATEWAY))
    yield from (target for target in _inline_targets(table) if isinstance(target, str) and target.startswith("igw-"))
    for route in _routes(stack, table):
        yield from (gateway.name for gateway in stack.referred(route, "gatewayId", _GATEWAY))
        target = route.get("gatewayId")
        if isinstance(target, str) and target.startswith("igw-"):
            yield target


def _hides_a_route(stack: Stack, table: Resource) -> bool:
    """True if a route's gateway is unknown, and nothing in the stack is known to flow into it."""
    inline = UNKNOWN in _inline_targets(table) and not table.depends_on_by_property.get("routes")
    return inline or any(
        route.get("gatewayId") is UNKNOWN and not route.depends_on_by_property.get("gatewayId")
        for route in _routes(stack, table)
    )


def _inline_targets(table: Resource) -> list[CloudValue]:
    routes = table.get("routes")
    if routes is UNKNOWN:
        return [UNKNOWN]
    listed = routes if isinstance(routes, Sequence) and not isinstance(routes, str) else ()
    return [route.get("gatewayId") if isinstance(route, Mapping) else route for route in listed]


def _routes(stack: Stack, table: Resource) -> tuple[Resource, ...]:
    """Routes declared on their own; those of a VPC's first table name it by an output of the VPC."""
    born_with = {table.outputs.get(name) for name in ("mainRouteTableId", "defaultRouteTableId")} - {None, UNKNOWN}
    return tuple(
        route
        for route in stack.of(_ROUTE)
        if route in stack.referring(table, "routeTableId", _ROUTE) or route.get("routeTableId") in born_with
    )
