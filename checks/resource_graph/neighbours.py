"""The segments that OCPI has to be apart from, and the links that may lead to more of them."""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.address_ranges import overlap
from checks.resource_graph.placement import PLACED, VPCS, Placement, placement, vpc_of
from checks.resource_graph.routes import Route, routes_of, tables_of
from checks.resource_graph.security_rules import rules
from checks.resource_graph.stack import Stack
from checks.resource_graph.transit import LINKS, other_ends
from checks.resource_graph.ways import named
from checks.resource_graph.words import called

ADMIN: Final = frozenset({"admin", "administration", "backoffice", "bastion", "mgmt", "corp", "jumphost"})
FINANCE: Final = frozenset(
    {"finance", "financial", "accounting", "erp", "sap", "payroll", "billing", "invoicing", "treasury"}
)
_IN_MESH: Final = "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation"
ADMIN_OR_FINANCE: Final = ADMIN | FINANCE


def neighbours(stack: Stack) -> tuple[Placement, ...]:
    """What is called admin or finance by a segment tag or by name, itself or by its VPC, and takes connections."""
    marked = {one.urn for one in stack.of(*VPCS) if called(one, ADMIN_OR_FINANCE)}
    subnets = [one for one in stack.of(*aws.SUBNETS) if called(one, ADMIN_OR_FINANCE) or vpc_of(stack, one) in marked]
    named_so = [one for one in stack.of(*PLACED) if one.token != aws.FUNCTION and called(one, ADMIN_OR_FINANCE)]
    places = (placement(stack, one) for one in (*subnets, *named_so))
    return tuple(place for place in places if place and place.subnets)


def links_elsewhere(stack: Stack, source: Placement) -> Iterator[str]:
    """Peerings, transit gateways and the like whose other end is not of this stack, where rules let anything out.

    A network of VPC Lattice joins services without any route.
    """
    networks = {vpc_of(stack, subnet) for subnet in source.subnets}
    for one in stack.of(_IN_MESH):
        if any(vpc.urn in networks for vpc in stack.referred(one, "vpcIdentifier", *VPCS)):
            yield named(one)
    for subnet in source.subnets:
        own = vpc_of(stack, subnet)
        for table in tables_of(stack, subnet):
            for route in routes_of(stack, table):
                if route.by in LINKS and _let_out(stack, source, route):
                    ends = [end for end, _ in other_ends(stack, route, own)]
                    if any(end is None or "::" not in end for end in ends):
                        yield named(route.target) if route.target else route.literal or "a link"


def _let_out(stack: Stack, source: Placement, route: Route) -> bool:
    if not source.groups or route.destination is None:
        return True
    wanted = route.destination
    found = [rule for group in source.groups for rule in rules(stack, group, egress=True)]
    return any(rule.doubt or any(overlap(one, wanted) for one in rule.networks) for rule in found)
