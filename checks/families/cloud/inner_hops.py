"""The hops behind the edge: gateway to upstream, load balancer to target, CloudFront to origin - all with TLS."""

from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.openapi import described_apis, unread
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_BY_URL: Final = ("HTTP", "HTTP_PROXY")
_ENCRYPTED: Final = ("HTTPS", "TLS")
_PLAIN: Final = ("HTTP",)
_FUNCTION_TARGET: Final = "lambda"


def _hops(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    hops = stack.of(aws.REST_INTEGRATION, aws.HTTP_INTEGRATION, *aws.TARGET_GROUPS, aws.DISTRIBUTION)
    return judge_each(case, (*hops, *described_apis(stack)), "inner hop", lambda one: _hop(stack, one))


def _hop(stack: Stack, one: Resource) -> Judgement:
    if one.token in (aws.REST_API, aws.HTTP_API):
        return unread(one)
    if one.token == aws.REST_INTEGRATION:
        return _rest(one)
    if one.token == aws.HTTP_INTEGRATION:
        return _http(stack, one)
    return _origins(one) if one.token == aws.DISTRIBUTION else _targets(one)


def _rest(one: Resource) -> Judgement:
    if one.get("type") == "MOCK":
        return passes("the gateway answers by itself")
    if one.get("type") not in _BY_URL:
        return passes("calls an AWS service, which API Gateway does over TLS")
    if at(one.get("tlsConfig"), "insecureSkipVerification") is True:
        return fails("takes whatever certificate its upstream shows (insecure_skip_verification)")
    return _url(one.get("uri"))


def _http(stack: Stack, one: Resource) -> Judgement:
    """A private integration names a listener or a service; TLS is spoken where it names a server (`tlsConfig`)."""
    if one.get("integrationType") != "HTTP_PROXY":
        return passes("calls an AWS service, which API Gateway does over TLS")
    if one.get("connectionType") != "VPC_LINK":
        return _url(one.get("integrationUri"))
    if at(one.get("tlsConfig"), "serverNameToVerify") not in (ABSENT, ""):
        return passes("verifies the name of its upstream behind the VPC link")
    listeners = stack.referred(one, "integrationUri", *aws.LISTENERS)
    named = f"listener {listeners[0].name}" if listeners else "its upstream"
    return fails(f"speaks to {named} behind the VPC link without TLS: tls_config is not set")


def _url(uri: CloudValue) -> Judgement:
    if not isinstance(uri, str):
        return unknown("where it calls")
    scheme = uri.partition("://")[0].lower()
    if scheme == "https":
        return passes("calls its upstream over HTTPS")
    return fails("calls its upstream over plain HTTP") if scheme == "http" else undecided(f"calls {scheme}")


def _targets(one: Resource) -> Judgement:
    protocol = one.get("protocol")
    if one.get("targetType") == _FUNCTION_TARGET:
        return passes("its target is a function, which the load balancer calls over TLS")
    if protocol is UNKNOWN:
        return unknown("its protocol")
    if protocol in _ENCRYPTED:
        return passes(f"its targets are spoken to by {protocol}")
    if protocol in _PLAIN:
        return fails("its targets are spoken to by plain HTTP")
    return undecided(f"passes {protocol} on as it is: whether its targets speak TLS is not declared")


def _origins(one: Resource) -> Judgement:
    origins = items(one.get("origins"))
    if UNKNOWN in origins:
        return unknown("what its origins speak")
    custom = {
        str(at(origin, "domainName")): at(origin, "customOriginConfig.originProtocolPolicy")
        for origin in origins
        if isinstance(origin, Mapping) and at(origin, "customOriginConfig") is not ABSENT
    }
    plain = [name for name, policy in custom.items() if policy in ("http-only", "match-viewer")]
    if plain:
        return fails(f"speaks to {plain[0]} by plain HTTP ({custom[plain[0]]})")
    if UNKNOWN in custom.values():
        return unknown("what its origins speak")
    return passes(f"speaks HTTPS to its {len(custom)} custom origins; S3 and VPC origins go over AWS's own network")


HOPS: Final = Check(
    id="cloud-inner-hops-with-tls",
    title="Every hop behind the edge is spoken with TLS",
    controls=("OCPI-TLS-01", "OCPI-BP-05"),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, private integrations; Elastic Load Balancing guides, target groups",
    looks_at=_NEEDS,
    judge=_hops,
    remediation="Name https:// in integrations, tls_config behind VPC links, HTTPS for targets, https-only origins.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (HOPS,)
