"""Which networks a route leads to: its own VPC, a peered one, those that a transit gateway joins.

Amazon VPC User Guide, VPC peering; AWS Transit Gateway, route tables, associations and propagations.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph.address_ranges import Network, covers
from checks.resource_graph.other_accounts import SHARED
from checks.resource_graph.placement import VPCS, vpc_of
from checks.resource_graph.routes import Route, routes_of, tables_of
from checks.resource_graph.stack import Stack
from scanner.model.resource import Resource

_PEERING: Final = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
_GATEWAY: Final = "aws:ec2transitgateway/transitGateway:TransitGateway"
_ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_OTHER_ATTACHMENTS: Final = (
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
    "aws:ec2transitgateway/connect:Connect",
    "aws:ec2/vpnConnection:VpnConnection",
)
_ACCEPTED: Final = "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter"
_ASSOCIATION: Final = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
_PROPAGATION: Final = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
_ROUTE: Final = "aws:ec2transitgateway/route:Route"
_TABLE: Final = "aws:ec2transitgateway/routeTable:RouteTable"
LINKS: Final = ("vpcPeeringConnectionId", "transitGatewayId", "coreNetworkArn", "localGatewayId")


def way_to(stack: Stack, subnet: Resource, network: Network | None) -> tuple[Route, ...]:
    """The routes of a subnet that a packet for `network` may take: of those that hold all of it, the longest prefixes.

    Routes inside `network`, and those whose destination is not known, may be taken as well. None: any route.
    """
    routes = [route for table in tables_of(stack, subnet) for route in routes_of(stack, table)]
    if network is None:
        return tuple(routes)
    whole = [route for route in routes if route.destination and covers([route.destination], network)]
    longest = max((route.destination.prefixlen for route in whole if route.destination), default=0)
    inside = [route for route in routes if route.destination and covers([network], route.destination)]
    unknown = [route for route in routes if route.destination is None]
    best = [route for route in whole if route.destination and route.destination.prefixlen == longest]
    return tuple({id(route): route for route in (*best, *inside, *unknown)}.values())


def other_ends(stack: Stack, route: Route, own: str | None) -> Iterator[tuple[str | None, Resource | None]]:
    """The VPCs that a route over a link leads to, each with what joins it; None for one that is not declared."""
    link = route.target
    if link is None:
        yield None, None
    elif link.token == _PEERING:
        yield from ((end, link) for end in _peers(stack, link) if end != own)
    elif link.token == _GATEWAY:
        yield from _attached(stack, link, own)


def _peers(stack: Stack, peering: Resource) -> Iterator[str | None]:
    for name in ("vpcId", "peerVpcId"):
        declared = stack.referred(peering, name, *VPCS)
        value = peering.get(name)
        yield declared[0].urn if declared else value if isinstance(value, str) else None


def _attached(stack: Stack, gateway: Resource, own: str | None) -> Iterator[tuple[str | None, Resource | None]]:
    attachments = stack.referring(gateway, "transitGatewayId", _ATTACHMENT)
    mine = [one for one in attachments if vpc_of(stack, one) == own]
    for one in attachments:
        if one not in mine and any(_routed(stack, start, one) for start in mine or attachments):
            yield vpc_of(stack, one), one
    if len(mine) == len(attachments) or _joins_others(stack, gateway):
        yield None, gateway  # a gateway joins something: what, is declared elsewhere


def _joins_others(stack: Stack, gateway: Resource) -> bool:
    """True where it is joined to what is no VPC of this stack, or other accounts may join it."""
    by = (("transitGatewayId", _OTHER_ATTACHMENTS), ("resourceArn", (SHARED,)))
    joined = any(stack.referring(gateway, name, *tokens) for name, tokens in by)
    return joined or gateway.get("autoAcceptSharedAttachments") == "enable" or bool(stack.of(_ACCEPTED))


def _routed(stack: Stack, start: Resource, end: Resource) -> bool:
    """True if the table that `start` is associated with has a route to `end`, static or propagated."""
    associated = stack.referring(start, "transitGatewayAttachmentId", _ASSOCIATION)
    if not associated:
        default = start.get("transitGatewayDefaultRouteTableAssociation") is not False
        return default and end.get("transitGatewayDefaultRouteTablePropagation") is not False
    tables = {table.urn for one in associated for table in stack.referred(one, "transitGatewayRouteTableId", _TABLE)}
    learnt = stack.referring(end, "transitGatewayAttachmentId", _PROPAGATION, _ROUTE)
    return any(
        table.urn in tables
        for one in learnt
        if one.get("blackhole") is not True
        for table in stack.referred(one, "transitGatewayRouteTableId", _TABLE)
    )
