"""Ways from a workload out to the open internet (Amazon VPC User Guide, internet, NAT and egress-only gateways)."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from checks.resource_graph import public_hosts
from checks.resource_graph import types as aws
from checks.resource_graph.access_lists import lets_through
from checks.resource_graph.address_ranges import Network, is_private, public_part
from checks.resource_graph.placement import Placement, vpc_of
from checks.resource_graph.ports import Ports
from checks.resource_graph.reachability import Path
from checks.resource_graph.routes import INTERNET_GATEWAY, Route, routes_of, tables_of
from checks.resource_graph.security_rules import rules
from checks.resource_graph.stack import Stack
from checks.resource_graph.transit import LINKS, other_ends
from checks.resource_graph.ways import named
from checks.resource_graph.words import called, segments
from scanner.model.resource import Resource

# What a way out may be called to be the one that was agreed; AWS Network Firewall is one by what it does.
EGRESS_WORDS: Final = frozenset({"egress", "proxy"})
_FIREWALLS: Final = ("aws:networkfirewall/firewall:Firewall",)
_EVERYWHERE: Final[tuple[Network, ...]] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def named_egress(one: Resource) -> bool:
    """True for the agreed way out: called egress or proxy by a segment tag or by name, or a network firewall."""
    return one.token in _FIREWALLS or called(one, EGRESS_WORDS) is not None


def tagged_egress(one: Resource) -> bool:
    """True for a workload that a segment tag calls the egress; `ocpi-proxy` is what many call the service itself."""
    return bool(segments(one) & EGRESS_WORDS)


def ways_out(stack: Stack, source: Placement) -> Iterator[Path]:
    """Paths to public addresses that meet no named egress."""
    if tagged_egress(source.resource):
        return
    for passage, doubt in _outward(stack, source):
        for subnet in source.subnets:
            for table in tables_of(stack, subnet):
                for route in routes_of(stack, table):
                    for hop, unsure in _leads_out(stack, source, route, vpc_of(stack, subnet)):
                        listed = _listed(stack, subnet, route)
                        if listed is not False:
                            why = unsure or doubt or ("a network ACL is unknown" if listed is None else None)
                            hops = (named(source.resource), passage, named(subnet), named(table), hop)
                            yield Path(hops=hops, doubt=why)


def _outward(stack: Stack, source: Placement) -> Iterator[tuple[str, str | None]]:
    """Egress rules that name public addresses."""
    if not source.groups:
        yield "the default security group of its VPC", None
    for group in source.groups:
        for rule in rules(stack, group, egress=True):
            public = [network for network in rule.networks if not is_private(network)]
            if public or rule.doubt:
                yield f"{named(group)} ({rule.ports or 'unknown ports'})", None if public else rule.doubt


def _leads_out(stack: Stack, source: Placement, route: Route, own: str | None) -> Iterator[tuple[str, str | None]]:
    """What a route leads to, if that has the internet behind it or may have it."""
    target = route.target
    inside = route.destination is not None and is_private(route.destination)
    if inside or (target is not None and named_egress(target)):
        return
    shown = named(target) if target else route.literal or "a target"
    if route.by in LINKS:
        reached = [link for _, link in other_ends(stack, route, own)]
        if not any(link is not None and named_egress(link) for link in reached):
            yield shown, f"whether the internet is behind {shown} is not declared in this stack"
    elif target is None and route.literal is None:
        yield shown, f"where {named(route.table)} leads is unknown until deploy"
    elif _is_internet_gateway(route):
        yield from _by_own_address(stack, source.resource, shown)
    elif route.by in ("natGatewayId", "egressOnlyGatewayId"):
        if target is None or target.get("connectivityType") != "private":
            yield shown, None
    elif route.by in ("networkInterfaceId", "vpcEndpointId"):
        yield shown, f"whether {shown} is a filtered way out is not declared: nothing calls it egress or proxy"


def _by_own_address(stack: Stack, one: Resource, shown: str) -> Iterator[tuple[str, str | None]]:
    """An internet gateway serves public addresses only, which the network interfaces of functions never have."""
    if one.token == aws.FUNCTION:
        return
    asked = public_hosts.containers if one.token == aws.CONTAINERS else public_hosts.instance
    has_address, doubt = asked(stack, one)
    if has_address:
        yield shown, doubt


def _is_internet_gateway(route: Route) -> bool:
    declared = route.target is not None and route.target.token == INTERNET_GATEWAY
    return declared or bool(route.by == "gatewayId" and route.literal and route.literal.startswith("igw-"))


def _listed(stack: Stack, subnet: Resource, route: Route) -> bool | None:
    """Does the subnet's network ACL let anything out to public addresses behind the route."""
    wanted = (route.destination,) if route.destination else _EVERYWHERE
    public = [part for network in wanted for part in public_part(network)]
    said = {lets_through(stack, subnet, network, Ports(), egress=True) for network in public}
    if True in said:
        return True
    return None if None in said else False
