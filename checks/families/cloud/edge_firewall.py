"""A web ACL in front of everything that partners can call: stages, load balancers, distributions, App Runner, URLs."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.openapi import unread, without_stage
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
_APIS: Final = (aws.REST_API, aws.HTTP_API)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _firewall(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    stages = (*stack.of(aws.REST_STAGE, aws.HTTP_STAGE), *without_stage(stack))
    balancers = (one for one in stack.of(*aws.BALANCERS) if _is_public_balancer(one))
    others = stack.of(aws.DISTRIBUTION, aws.APP_RUNNER, aws.FUNCTION_URL)
    return judge_each(case, (*stages, *balancers, *others), "entry point", lambda one: _protected(stack, one))


def _is_public_balancer(one: Resource) -> bool:
    """Application load balancers face the internet unless they are internal."""
    return one.get("internal") is not True and one.get("loadBalancerType") in {ABSENT, "application"}


def _protected(stack: Stack, one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    if one.token == aws.HTTP_STAGE:
        return fails("AWS WAF cannot stand in front of a stage of an HTTP or WebSocket API")
    if one.token == aws.FUNCTION_URL:
        return _url(one)
    if one.token == aws.DISTRIBUTION:
        return _distribution(one)
    found = stack.referring(one, "resourceArn", _ASSOCIATION)
    if found:
        return passes(f"web ACL association {found[0].name} stands in front of it")
    return fails("no web ACL is associated with it", by_absence=True)


def _url(one: Resource) -> Judgement:
    kind = one.get("authorizationType")
    if kind is UNKNOWN:
        return unknown("its authorisation")
    if kind == "AWS_IAM":
        return passes("answers signed requests only, as a distribution in front of it sends them")
    return fails("AWS WAF cannot stand in front of a function URL, and it answers everybody")


def _distribution(one: Resource) -> Judgement:
    acl = one.get("webAclId")
    if acl in {ABSENT, None, ""}:
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
