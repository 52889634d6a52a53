"""A web ACL in front of everything that partners can call: stages, load balancers, distributions, App Runner, URLs."""

from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import api_of, entry_points
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.openapi import unread, without_stage
from checks.resource_graph.opening import OPEN
from checks.resource_graph.other_accounts import is_private, private_api
from checks.resource_graph.stack import Stack
from checks.resource_graph.ways import follow
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
_BY_MANAGER: Final = "aws:fms/policy:Policy"
_APIS: Final = (aws.REST_API, aws.HTTP_API)
_OTHERS: Final = (
    *(*aws.BALANCERS, *aws.CLASSIC_BALANCERS, aws.DISTRIBUTION, aws.APP_RUNNER, aws.FUNCTION_URL, aws.GRAPHQL_API),
    *aws.OTHER_FRONTS,
)
_WITHOUT: Final[Mapping[str, str]] = {
    aws.HTTP_STAGE: "a stage of an HTTP or WebSocket API",
    **dict.fromkeys(aws.CLASSIC_BALANCERS, "a classic load balancer"),
}
_ACCESS_INSTANCE: Final = "aws:verifiedaccess/instance:Instance"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _firewall(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    stages = (
        *(one for one in stack.of(aws.REST_STAGE, aws.HTTP_STAGE) if _is_public(stack, one)),
        *without_stage(stack),
    )
    public = {entry.resource.urn for entry in entry_points(stack)}
    others = (one for one in stack.of(*_OTHERS) if one.urn in public)
    return judge_each(case, (*stages, *others), "entry point", lambda one: _protected(stack, one))


def _is_public(stack: Stack, stage: Resource) -> bool:
    """All but stages of private APIs, which only networks that have an endpoint for them can call: any, or some."""
    api = api_of(stack, stage)
    return api is None or not is_private(api) or private_api(stack, api) == OPEN


def _protected(stack: Stack, one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    if one.token in aws.OTHER_FRONTS:
        return undecided("whether a web ACL stands in front of one of its kind is not read here")
    if one.token in _WITHOUT:
        return fails(f"AWS WAF cannot stand in front of {_WITHOUT[one.token]}")
    if one.token == aws.FUNCTION_URL:
        return _url(one)
    if one.token == aws.DISTRIBUTION:
        return _distribution(one)
    if one.token in aws.BALANCERS and one.get("loadBalancerType") not in (ABSENT, None, UNKNOWN, "application"):
        return _passed_on(stack, one)
    found = stack.referring(one, "resourceArn", _ASSOCIATION)
    if found:
        return passes(f"web ACL association {found[0].name} stands in front of it")
    at_the_door = [each for each in stack.of(_ASSOCIATION) if stack.referred(each, "resourceArn", _ACCESS_INSTANCE)]
    if at_the_door and stack.referring(one, "loadBalancerOptions", aws.VERIFIED_ACCESS):
        return undecided(f"web ACL association {at_the_door[0].name} stands in front of Verified Access, and not of it")
    if stack.of(_BY_MANAGER):
        return undecided("Firewall Manager may associate a web ACL with it: which resources it takes is not read")
    return fails("no web ACL is associated with it", by_absence=True)


def _passed_on(stack: Stack, balancer: Resource) -> Judgement:
    """AWS WAF sees no packets: what a network load balancer leads to has to have the web ACL."""
    reach = follow(stack, balancer)
    guarded = [one for one in stack.of(*aws.BALANCERS) if stack.referring(one, "resourceArn", _ASSOCIATION)]
    if not reach.ways and reach.loose and not guarded:
        return undecided(f"AWS WAF cannot stand in front of a load balancer of this type; {reach.loose[0]}")
    around = follow(stack, balancer, [one.urn for one in guarded])
    if around.ways or not guarded or around.loose:
        return fails("AWS WAF cannot stand in front of a load balancer of this type, and none stands behind it")
    return passes(f"leads to {guarded[0].name} only, which a web ACL stands in front of", by_absence=True)


def _url(one: Resource) -> Judgement:
    kind = one.get("authorizationType")
    if kind is UNKNOWN:
        return unknown("its authorisation")
    if kind == "AWS_IAM":
        return passes("answers signed requests only, as a distribution in front of it sends them")
    return fails("AWS WAF cannot stand in front of a function URL, and it answers everybody")


def _distribution(one: Resource) -> Judgement:
    acl = one.get("webAclId")
    if acl in (ABSENT, None, ""):
        return fails("no web ACL is named by the distribution")
    return passes("the distribution names a web ACL")


FIREWALL: Final = Check(
    id="cloud-edge-firewall-on-every-entry",
    title="A web ACL stands in front of everything that partners can call",
    controls=("OCPI-NET-02",),
    severity=Severity.CRITICAL,
    source="AWS WAF Developer Guide, associating protection with AWS resources",
    looks_at=_NEEDS,
    judge=_firewall,
    remediation="Associate a WAFv2 web ACL with it (aws.wafv2.WebAclAssociation); use a REST API where WAF is needed.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (FIREWALL,)
