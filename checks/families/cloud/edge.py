"""The way in, as declared: TLS on every host that partners call, and an authoriser on every method."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.openapi import HTTP_API, REST_API, described_apis, unread
from checks.resource_graph.public_endpoints import is_fronted
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_DISTRIBUTION: Final = "aws:cloudfront/distribution:Distribution"
_DOMAIN: Final = "aws:apigateway/domainName:DomainName"
_DOMAIN_V2: Final = "aws:apigatewayv2/domainName:DomainName"
_LISTENERS: Final = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_TARGETS: Final = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
_WITHOUT_TLS: Final = ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")  # those of a network load balancer
_METHOD: Final = "aws:apigateway/method:Method"
_ROUTE_V2: Final = "aws:apigatewayv2/route:Route"
_APIS: Final = (REST_API, HTTP_API)
_OPENS: Final = "$connect"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_DOMAIN_TLS12: Final = ("TLS_1_2", "SecurityPolicy_TLS12_", "SecurityPolicy_TLS13_1_2_", "SecurityPolicy_TLS13_1_3_")
_DISTRIBUTION_TLS12: Final = ("TLSv1.2", "TLSv1.3")
_BALANCER_TLS12: Final = tuple(
    f"ELBSecurityPolicy-{name}" for name in ("TLS13-1-2-", "TLS13-1-3-", "TLS-1-2-", "FS-1-2-")
)


def _tls(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    hosts = stack.of(_DOMAIN, _DOMAIN_V2, *_LISTENERS, _DISTRIBUTION, *aws.CLASSIC_BALANCERS)
    return judge_each(case, hosts, "domain, listener or distribution", lambda one: _negotiates(stack, one))


def _negotiates(stack: Stack, one: Resource) -> Judgement:
    if one.token in _LISTENERS:
        return _listener(stack, one)
    if one.token in aws.CLASSIC_BALANCERS:
        return _classic(one)
    if one.token == _DISTRIBUTION:
        return _distribution(one)
    policy = one.get("securityPolicy" if one.token == _DOMAIN else "domainNameConfiguration.securityPolicy")
    return _by_policy(policy, _DOMAIN_TLS12)


def _listener(stack: Stack, one: Resource) -> Judgement:
    protocol = one.get("protocol")
    if protocol is UNKNOWN:
        return unknown("its protocol")
    if protocol == "HTTP":
        return _without_tls(stack, one)
    if protocol in _WITHOUT_TLS:
        return _passed_on(stack, one, str(protocol))
    return _by_policy(one.get("sslPolicy"), _BALANCER_TLS12)


def _without_tls(stack: Stack, one: Resource) -> Judgement:
    """It may send everybody to HTTPS; each rule on it may do something else."""
    if not _redirects(one, "defaultActions"):
        return fails("answers without TLS")
    rules = stack.referring(one, "listenerArn", *aws.LISTENER_RULES)
    beside = [rule.name for rule in rules if not _redirects(rule, "actions")]
    if beside:
        return fails(f"answers without TLS by its rule {beside[0]}, beside the redirect")
    return passes("only redirects to HTTPS")


def _redirects(one: Resource, name: str) -> bool:
    actions = items(one.get(name))
    return bool(actions) and at(actions[-1], "redirect.protocol") == "HTTPS"


def _classic(one: Resource) -> Judgement:
    """Listeners of a classic load balancer are part of it; their TLS policy is a resource of its own."""
    if one.get("internal") is True:
        return passes("is an internal load balancer, which no partner calls")
    spoken = {str(at(listener, "lbProtocol")).lower() for listener in items(one.get("listeners"))}
    if "http" in spoken:
        return fails("answers without TLS")
    return undecided("which versions of TLS a classic load balancer negotiates is not read here")


def _passed_on(stack: Stack, one: Resource, protocol: str) -> Judgement:
    """A listener of the transport layer ends no TLS: what stands behind it does, or nobody."""
    owners = stack.referred(one, "loadBalancerArn", *_BALANCERS)
    if owners and all(owner.get("internal") is True and not is_fronted(stack, owner) for owner in owners):
        return passes("belongs to an internal load balancer, which no partner calls")
    behind = tuple(target for target in stack.referred(one, "defaultActions", *_TARGETS) if _is_balancer(target))
    if behind:
        return passes(f"passes {protocol} on to a load balancer, whose listeners are judged themselves")
    return undecided(f"passes {protocol} on as it is: whether what stands behind it negotiates TLS is not declared")


def _distribution(one: Resource) -> Judgement:
    """Under the name that CloudFront gives it, a distribution accepts TLS 1.0, whatever else is set."""
    behaviours = (one.get("defaultCacheBehavior"), *items(one.get("orderedCacheBehaviors")))
    if any(at(behaviour, "viewerProtocolPolicy") == "allow-all" for behaviour in behaviours):
        return fails("answers without TLS, too (viewer_protocol_policy allow-all)")
    if one.get("viewerCertificate.cloudfrontDefaultCertificate") is True:
        return fails("with CloudFront's own certificate it negotiates TLS 1.0")
    return _by_policy(one.get("viewerCertificate.minimumProtocolVersion"), _DISTRIBUTION_TLS12)


def _is_balancer(target: Resource) -> bool:
    """A target group of application load balancers (`alb`), which have listeners of their own."""
    return target.get("targetType") == "alb"


def _by_policy(policy: CloudValue, new_enough: tuple[str, ...]) -> Judgement:
    if policy is UNKNOWN:
        return unknown("the TLS policy")
    if policy is ABSENT:
        return fails("no TLS policy is declared: what is negotiated is left to a default that AWS may change")
    if str(policy).startswith(new_enough):
        return passes(f"{policy} negotiates TLS 1.2 or newer")
    return fails(f"{policy} negotiates versions older than TLS 1.2")


def _authoriser(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(
        case, (*stack.of(_METHOD, _ROUTE_V2), *described_apis(stack)), "API method", lambda one: _authorised(stack, one)
    )


def _authorised(stack: Stack, one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    kind = one.get("authorization" if one.token == _METHOD else "authorizationType")
    if kind is UNKNOWN:
        return unknown("its authorisation")
    if kind not in (ABSENT, None, "") and str(kind).upper() != "NONE":
        return passes(f"authorisation {kind}")
    if one.get("httpMethod") == "OPTIONS":
        return passes("a CORS preflight, which carries no credentials and returns no data")
    if _of_connection(stack, one):
        return passes("comes over a connection, whose caller is asked when it is opened ($connect)")
    return fails("anybody may call it: authorisation NONE")


def _of_connection(stack: Stack, route: Resource) -> bool:
    """A WebSocket API asks for authorisation where a connection is opened, and nowhere else: where it has $connect."""
    apis = [one for one in stack.referred(route, "apiId", HTTP_API) if one.get("protocolType") == "WEBSOCKET"]
    routes = [one for api in apis for one in stack.referring(api, "apiId", _ROUTE_V2)]
    return route.get("routeKey") != _OPENS and any(one.get("routeKey") == _OPENS for one in routes)


TLS: Final = Check(
    id="cloud-edge-tls-1-2",
    title="Every host that partners call is declared to negotiate TLS 1.2 or newer",
    controls=("OCPI-TLS-02", "OCPI-VUL-19"),
    severity=Severity.CRITICAL,
    source="RFC 9325, section 3.1.1; API Gateway Developer Guide, security policies for custom domains",
    looks_at=_NEEDS,
    judge=_tls,
    remediation="Declare a security policy of TLS 1.2 or newer on the domain or listener.",
    claim="tls-minimum-1.2",
    witness=Witness.CLOUD_DECLARED,
)
AUTHORISER: Final = Check(
    id="cloud-edge-authoriser-on-every-method",
    title="No method of the API can be called without an authoriser",
    controls=("OCPI-AZ-02", "OCPI-VUL-09"),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, control and manage access to REST APIs",
    looks_at=_NEEDS,
    judge=_authoriser,
    remediation="Give the method an authoriser (authorization CUSTOM, AWS_IAM or COGNITO_USER_POOLS).",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (TLS, AUTHORISER)
