"""Can one resource open a connection to another: routes, network ACLs and security groups together.

The way there only: an answer follows a connection, and a datagram needs none. Functions take no connections at all
(AWS Lambda Developer Guide, giving functions access to resources in a VPC).
"""

from collections.abc import Iterable, Iterator

from checks.resource_graph.access_lists import lets_through
from checks.resource_graph.address_ranges import Network, overlap
from checks.resource_graph.placement import Placement, networks_of, vpc_of
from checks.resource_graph.ports import Ports
from checks.resource_graph.security_rules import Rule, rules
from checks.resource_graph.stack import Stack
from checks.resource_graph.transit import LINKS, other_ends, way_to
from checks.resource_graph.ways import named
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """`hops`: what a packet passes, for people. `doubt`: what is not known, so that the path may not be there."""

    hops: tuple[str, ...]
    doubt: str | None = None

    def __str__(self) -> str:
        return " -> ".join(self.hops)

    @property
    def to_the_internet(self) -> tuple[str, ...]:
        """The hops of a path out, with where they end."""
        return (*self.hops, "the internet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    ports: Ports
    hops: tuple[str, ...]
    doubt: str | None = None


def path_between(stack: Stack, source: Placement, target: Placement) -> Path | None:
    """A path from one to the other; one without doubt if there is any. None where nothing leads there."""
    found = list(_paths(stack, source, target))
    return min(found, key=lambda path: path.doubt is not None, default=None)


def _paths(stack: Stack, source: Placement, target: Placement) -> Iterator[Path]:
    passages = list(_passages(stack, source, target))
    if not passages:
        return
    for start in source.subnets:
        for end in target.subnets:
            for link, doubt in _links(stack, start, end):
                for passage in passages:
                    listed = _listed(stack, start, end, passage.ports)
                    if listed is not False:
                        unsure = doubt or passage.doubt or ("a network ACL is unknown" if listed is None else None)
                        middle = (named(start), *link, named(end)) if start.urn != end.urn else (named(start),)
                        last = () if target.resource.urn == end.urn else (named(target.resource),)
                        yield Path(hops=(named(source.resource), *passage.hops, *middle, *last), doubt=unsure)


def _links(stack: Stack, start: Resource, end: Resource) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """How packets get from one subnet to another, and what of it is not known."""
    own, other = vpc_of(stack, start), vpc_of(stack, end)
    if own is not None and own == other:
        yield ("local route",), None
        return
    networks = networks_of(stack, end) or (None,)
    for network in networks:
        for route in way_to(stack, start, network):
            if route.by in LINKS:
                for reached, link in other_ends(stack, route, own):
                    if reached == other and reached is not None and link is not None:
                        doubt = None if route.destination else f"where {named(route.table)} sends it is unknown"
                        yield (named(route.table), named(link)), doubt


def _listed(stack: Stack, start: Resource, end: Resource, ports: Ports) -> bool | None:
    """Do the network ACLs of both subnets let it through; traffic inside one subnet meets none."""
    if start.urn == end.urn:
        return True
    said = {
        *(lets_through(stack, start, to, ports, egress=True) for to in networks_of(stack, end)),
        *(lets_through(stack, end, back, ports, egress=False) for back in networks_of(stack, start)),
    }
    if False in said:
        return False
    return None if None in said else True


def _passages(stack: Stack, source: Placement, target: Placement) -> Iterator[_Passage]:
    """What the security groups of both let through. A target without groups is a subnet: whoever may be in it."""
    outward = list(_outward(stack, source, target))
    inward = list(_inward(stack, source, target)) if target.groups else [_Passage(ports=Ports(), hops=())]
    for out in outward:
        for into in inward:
            common = out.ports.common(into.ports)
            if common:
                *before, last = (*out.hops, *into.hops)
                yield _Passage(ports=common, hops=(*before, f"{last} ({common})"), doubt=out.doubt or into.doubt)


def _outward(stack: Stack, source: Placement, target: Placement) -> Iterator[_Passage]:
    """Egress rules of the source; without any group it has that of its VPC, which lets out everything."""
    ranges = _ranges(stack, target.subnets)
    if not source.groups:
        yield _Passage(ports=Ports(), hops=("the default security group of its VPC",))
    for group in source.groups:
        for rule in rules(stack, group, egress=True):
            yield from _through(group, rule, target.groups, ranges)


def _inward(stack: Stack, source: Placement, target: Placement) -> Iterator[_Passage]:
    ranges = _ranges(stack, source.subnets)
    for group in target.groups:
        for rule in rules(stack, group, egress=False):
            yield from _through(group, rule, source.groups, ranges)


def _ranges(stack: Stack, subnets: Iterable[Resource]) -> tuple[Network, ...]:
    return tuple(network for subnet in subnets for network in networks_of(stack, subnet))


def _through(
    group: Resource, rule: Rule, others: Iterable[Resource], ranges: tuple[Network, ...]
) -> Iterator[_Passage]:
    """The rule, if it names a group or an address of the other side, or may do so."""
    text = named(group)
    ports = rule.ports or Ports()
    unsure = f"the ports of a rule of {text} are unknown" if rule.ports is None else None
    by_group = rule.groups & {other.urn for other in others}
    everywhere = any(network.prefixlen == 0 for network in rule.networks)
    if by_group or everywhere or any(overlap(mine, theirs) for mine in rule.networks for theirs in ranges):
        yield _Passage(ports=ports, hops=(text,), doubt=unsure)
    elif rule.doubt:
        yield _Passage(ports=ports, hops=(text,), doubt=rule.doubt)
    elif rule.networks and not ranges:
        yield _Passage(ports=ports, hops=(text,), doubt=f"the addresses behind {text} are unknown")
