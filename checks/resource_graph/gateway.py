"""The gateway before the OCPI service: what a request has to pass, so that everything else is a way around it."""

from collections.abc import Iterable
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import is_set
from checks.resource_graph.ocpi_service import OcpiService
from checks.resource_graph.stack import Stack
from scanner.model.resource import Resource

_ASSOCIATIONS: Final = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafregional/webAclAssociation:WebAclAssociation",
)
# What can be a gateway, the one that validates most first: the first kind that a firewall stands in front of is it.
_RANKS: Final = (
    (aws.REST_STAGE, aws.HTTP_STAGE, aws.GRAPHQL_API),
    (aws.DISTRIBUTION,),
    (*aws.BALANCERS, aws.APP_RUNNER),
    (aws.REST_API, aws.HTTP_API),
)


def gateways(stack: Stack, service: OcpiService) -> tuple[Resource, ...]:
    """The best kind of gateway before the service that has a firewall; without any firewall the best kind there is."""
    before: dict[str, Resource] = {
        one.urn: one
        for _, reach in service.reached
        for way in reach.ways
        if way.workload.urn in service.workloads
        for one in way.resources
    }
    protected = [one for one in before.values() if has_firewall(stack, one)]
    return _best(protected) or _best(before.values())


def has_firewall(stack: Stack, one: Resource) -> bool:
    """True if a web ACL is declared to stand in front of it."""
    if one.token == aws.DISTRIBUTION:
        return is_set(one.get("webAclId"))
    return bool(stack.referring(one, "resourceArn", *_ASSOCIATIONS))


def _passes_packets(one: Resource) -> bool:
    """True for load balancers of the transport and network layers, which see no requests."""
    return one.token in aws.BALANCERS and one.get("loadBalancerType") in ("network", "gateway")


def _best(found: Iterable[Resource]) -> tuple[Resource, ...]:
    known = tuple(one for one in found if not _passes_packets(one))
    ranked = (tuple(one for one in known if one.token in rank) for rank in _RANKS)
    return next((rank for rank in ranked if rank), ())
