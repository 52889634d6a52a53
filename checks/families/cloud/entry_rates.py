"""Rates at entry points without stages of an API: the web ACL in front of them is all that limits callers."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.waf_rates import is_beyond_reach
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import EntryKind
from checks.resource_graph.firewall import WEB_ACL, rules_of
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.ocpi_service import ocpi_service
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_BY_FIREWALL: Final = frozenset({EntryKind.APPLICATION_BALANCER, EntryKind.DISTRIBUTION, EntryKind.APP_RUNNER})
_BY_NOTHING: Final = frozenset(
    {
        EntryKind.FUNCTION_URL,
        EntryKind.NETWORK_BALANCER,
        EntryKind.CLASSIC_BALANCER,
        EntryKind.INSTANCE,
        EntryKind.CONTAINERS,
    }
)


def _limited(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    """Those entry points of the OCPI service that have no method settings."""
    stack = Stack(declared=case.driver.fact)
    service = ocpi_service(stack)
    kinds = {
        entry.resource.urn: entry.kind
        for entry, reach in service.reached
        if entry.kind in _BY_FIREWALL | _BY_NOTHING and any(way.workload.urn in service.workloads for way in reach.ways)
    }
    entries = tuple(
        {entry.resource.urn: entry.resource for entry, _ in service.reached if entry.resource.urn in kinds}.values()
    )
    return judge_each(case, entries, "stageless OCPI entry point", lambda one: _rate(stack, one, kinds[one.urn]))


def _rate(stack: Stack, one: Resource, kind: EntryKind) -> Judgement:
    if kind is EntryKind.FUNCTION_URL and one.get("authorizationType") == "AWS_IAM":
        return passes("only signed requests of principals of IAM come in: the limit is that of whoever signs them")
    if kind in _BY_NOTHING:
        return fails(f"nothing can limit the rate at a {kind}")
    acls = _acls(stack, one)
    for acl in acls:
        rules = rules_of(stack, acl)
        used = ((rule, each) for rule, each in rules.of_kind("rateBasedStatement") if rule.action == "block")
        limits = [rule.name for rule, each in used if not is_beyond_reach(each)]
        if limits:
            return passes(f"rule {limits[0]} of web ACL {acl.name} limits the rate")
        if rules.hidden:
            return undecided(f"web ACL {acl.name}: {rules.hidden}")
    if acls:
        return fails(f"web ACL {acls[0].name} in front of it has no rate-based rule that blocks within reach")
    if one.token == aws.DISTRIBUTION and one.get("webAclId") not in (ABSENT, None, ""):
        return undecided("its web ACL is not declared in this stack")
    return fails("nothing limits its rate: it has no web ACL", by_absence=True)


def _acls(stack: Stack, one: Resource) -> tuple[Resource, ...]:
    if one.token == aws.DISTRIBUTION:
        return stack.referred(one, "webAclId", WEB_ACL)
    fronts = stack.referring(one, "resourceArn", _ASSOCIATION)
    return tuple(acl for front in fronts for acl in stack.referred(front, "webAclArn", WEB_ACL))


LIMITED: Final = Check(
    id="cloud-throttling-without-a-stage",
    title="Entry points that are no stage of an API have a rate at their web ACL",
    controls=("OCPI-NET-04",),
    severity=Severity.HIGH,
    source="AWS WAF Developer Guide, rate-based rule statement",
    looks_at=_NEEDS,
    judge=_limited,
    remediation="Put a web ACL with a rate-based rule in front of it, or let partners come through API Gateway only.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (LIMITED,)
