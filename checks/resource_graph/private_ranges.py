"""Whole private ranges that a workload may connect to, which a URL given by a peer could point into (SSRF).

RFC 1918; Amazon VPC User Guide, security group rules: they can only allow, so a wide rule allows private ranges, too.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from checks.resource_graph.access_lists import lets_through
from checks.resource_graph.address_ranges import Network, covers, overlap
from checks.resource_graph.placement import VPCS, Placement, networks_of
from checks.resource_graph.ports import Ports
from checks.resource_graph.reachability import Path
from checks.resource_graph.routes import routes_of, tables_of
from checks.resource_graph.security_rules import rules
from checks.resource_graph.stack import Stack
from checks.resource_graph.ways import named
from scanner.model.resource import Resource

_RANGES: Final = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_INWARD: Final = frozenset({"vpcPeeringConnectionId", "transitGatewayId", "networkInterfaceId", "coreNetworkArn"})


def inward_paths(stack: Stack, source: Placement) -> Iterator[Path]:
    """For each private range that is routed and wholly let out, the rules that do so."""
    for text, networks, ports, doubt in _outward(stack, source):
        for wide in _RANGES:
            allowed = covers(networks, wide)
            if not allowed and not doubt:
                continue
            for subnet in source.subnets:
                routed = _routed(stack, subnet, wide)
                listed = lets_through(stack, subnet, wide, ports, egress=True)
                if routed and listed is not False:
                    why = None if allowed and listed else doubt or "a network ACL is unknown"
                    yield Path(hops=(named(source.resource), text, named(subnet), f"{wide} ({routed})"), doubt=why)


def _outward(stack: Stack, source: Placement) -> Iterator[tuple[str, tuple[Network, ...], Ports, str | None]]:
    """Each group's egress: networks of its rules together, since several narrow ones may add up."""
    if not source.groups:
        yield "the default security group of its VPC", (IPv4Network("0.0.0.0/0"),), Ports(), None
    for group in source.groups:
        found = rules(stack, group, egress=True)
        networks = tuple(network for rule in found for network in rule.networks)
        ports = next((rule.ports for rule in found if rule.networks and rule.ports), Ports())
        yield f"{named(group)} ({ports})", networks, ports, next((rule.doubt for rule in found if rule.doubt), None)


def _routed(stack: Stack, subnet: Resource, wide: Network) -> str | None:
    """What a route to addresses of the range is called: that of the VPC itself, or one over a link."""
    for network in stack.referred(subnet, "vpcId", *VPCS):
        if any(overlap(own, wide) for own in networks_of(stack, network)):
            return "local route"
    for table in tables_of(stack, subnet):
        for route in routes_of(stack, table):
            if route.destination and overlap(route.destination, wide) and route.by in _INWARD:
                return named(table)
    return None
