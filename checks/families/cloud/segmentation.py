"""What OCPI workloads can reach, and what can reach them, over routes, network ACLs and security groups."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.internet_ways import tagged_egress, ways_out
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.neighbours import ADMIN_OR_FINANCE, links_elsewhere, neighbours
from checks.resource_graph.ocpi_workloads import ocpi_workloads
from checks.resource_graph.placement import Placement, placement
from checks.resource_graph.reachability import Path, path_between
from checks.resource_graph.routes import tables_of
from checks.resource_graph.stack import Stack
from checks.resource_graph.words import called
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_IN_AWS_NETWORK: Final = (aws.FUNCTION, aws.APP_RUNNER)


def _segments(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    others = neighbours(stack)
    return _judge_workloads(case, stack, lambda one, place: _apart(stack, one, place, others))


def _ways_out(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return _judge_workloads(case, stack, lambda one, place: _stays_in(stack, one, place))


def _judge_workloads(
    case: Case[DeclaredResources], stack: Stack, judge: Callable[[Resource, Placement | None], Judgement]
) -> Iterator[Verdict]:
    workloads = (one for one in ocpi_workloads(stack) if not called(one, ADMIN_OR_FINANCE))

    def placed(one: Resource) -> Judgement:
        place = placement(stack, one)
        if (place is None and one.token not in _IN_AWS_NETWORK) or (place and place.foreign):
            return undecided("it stands in subnets that this stack does not declare")
        return judge(one, place)

    return judge_each(case, workloads, "OCPI workload", placed)


def _apart(stack: Stack, one: Resource, place: Placement | None, others: tuple[Placement, ...]) -> Judgement:
    """No path to or from what is called admin or finance."""
    if place is None:
        return passes("it runs in AWS's own network, from which no private network of the stack can be reached")
    found: list[Path] = []
    for other in others:
        there = path_between(stack, place, other)
        back = path_between(stack, other, place) if one.token != aws.FUNCTION else None  # functions take no connections
        found += [path for path in (there, back) if path]
    certain = next((path for path in found if not path.doubt), None)
    if certain:
        return fails(f"a connection is possible: {certain}", path=certain.hops)
    if found:
        return undecided(f"{found[0].doubt}; then a connection may be possible: {found[0]}", path=found[0].hops)
    elsewhere = next(links_elsewhere(stack, place), None)
    if elsewhere:
        return undecided(f"{elsewhere} leads to a network that this stack does not declare")
    seen = (
        f"none of {len(others)} resources called admin or finance can be reached" if others else "nothing of this stack"
    )
    text = seen if others else f"{seen} is called admin or finance, and no link leads out of its network"
    return passes(text, by_absence=True)


def _stays_in(stack: Stack, one: Resource, place: Placement | None) -> Judgement:
    """No way to the internet but the one that is called so."""
    if tagged_egress(one):
        return passes("it is the named egress itself")
    if place is None:
        return fails("it runs in AWS's own network, which has the open internet, and nothing calls it the egress")
    hidden = next((subnet for subnet in place.subnets if not tables_of(stack, subnet)), None)
    if hidden:
        return undecided(f"subnet {hidden.name}: its route table is not declared in this stack")
    found = list(ways_out(stack, place))
    certain = next((path for path in found if not path.doubt), None)
    if certain:
        return fails(f"it has the open internet: {certain}", path=certain.to_the_internet)
    if found:
        return undecided(f"{found[0].doubt}: {found[0]}", path=found[0].to_the_internet)
    return passes("no route leads it to the internet but through a named egress", by_absence=True)


SEGMENTS: Final = Check(
    id="cloud-segmentation-no-path-to-admin-or-finance",
    title="No path leads from OCPI workloads to admin or finance systems, or back",
    controls=("OCPI-NET-03",),
    severity=Severity.HIGH,
    source="Amazon VPC User Guide, route tables, network ACLs and security groups; AWS Transit Gateway, route tables",
    looks_at=_NEEDS,
    judge=_segments,
    remediation="Take the route, the peering or the rule away that the path passes; let the two speak over an API.",
    witness=Witness.CLOUD_DECLARED,
)
WAYS_OUT: Final = Check(
    id="cloud-segmentation-internet-by-named-egress-only",
    title="OCPI workloads have no way to the internet but the named egress",
    controls=("OCPI-NET-03", "OCPI-EXT-01"),
    severity=Severity.HIGH,
    source="Amazon VPC User Guide, NAT and internet gateways; AWS Well-Architected Framework, SEC05-BP02",
    looks_at=_NEEDS,
    judge=_ways_out,
    remediation="Route it through a network firewall or proxy, and tag that way out segment=egress.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SEGMENTS, WAYS_OUT)
