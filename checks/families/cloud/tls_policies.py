"""TLS policies: that of the API itself, and key exchange that outlives quantum computers."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_WITH_TLS: Final = ("HTTPS", "TLS")
_HYBRID: Final = "PQ"  # a word of the names of API Gateway's and Elastic Load Balancing's policies
_OLD: Final = "TLS_1_0"


def _apis(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(aws.REST_API), "REST API", _own_policy)


def _own_policy(api: Resource) -> Judgement:
    """Private APIs start with TLS 1.2, all others with TLS 1.0."""
    policy = api.get("securityPolicy")
    if policy is UNKNOWN:
        return unknown("its security policy")
    if policy in (ABSENT, None, ""):
        private = "PRIVATE" in str(api.get("endpointConfiguration.types"))
        default = "TLS 1.2" if private else "TLS 1.0"
        said = f"has no security policy of its own, and AWS takes {default}; a domain is served with that of its API"
        return passes(said) if private else fails(said)
    return fails(f"{policy} accepts TLS 1.0") if policy == _OLD else passes(f"{policy} accepts TLS 1.2 and newer only")


def _quantum(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    listeners = (one for one in stack.of(*aws.LISTENERS) if one.get("protocol") in _WITH_TLS)
    hosts = (*stack.of(aws.REST_DOMAIN, aws.HTTP_DOMAIN, aws.DISTRIBUTION), *listeners)
    return judge_each(case, hosts, "TLS host", _hybrid)


def _hybrid(one: Resource) -> Judgement:
    if one.token == aws.DISTRIBUTION:
        return passes("CloudFront offers hybrid post-quantum key exchange under each of its security policies")
    if one.token == aws.HTTP_DOMAIN:
        return fails("HTTP and WebSocket APIs have no security policy with post-quantum key exchange")
    if one.token == aws.REST_DOMAIN and at(one.get("mutualTlsAuthentication"), "truststoreUri") is not ABSENT:
        return fails("mutual TLS is not to be had with a policy that offers post-quantum key exchange")
    policy = one.get("securityPolicy" if one.token == aws.REST_DOMAIN else "sslPolicy")
    if policy is UNKNOWN:
        return unknown("its TLS policy")
    if _HYBRID in str(policy).replace("-", "_").split("_"):
        return passes(f"{policy} offers hybrid post-quantum key exchange")
    named = "the default policy" if policy in (ABSENT, None) else str(policy)
    return fails(f"{named} offers no post-quantum key exchange: what is recorded today can be read one day")


API_POLICY: Final = Check(
    id="cloud-tls-policy-of-the-api",
    title="The API itself accepts TLS 1.2 and newer only",
    controls=("OCPI-TLS-02", "OCPI-VUL-19"),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, security policies for REST APIs; default security policies",
    looks_at=_NEEDS,
    judge=_apis,
    remediation="Set security_policy (and endpoint_access_mode) on the REST API as on its domain.",
    witness=Witness.CLOUD_DECLARED,
)
POST_QUANTUM: Final = Check(
    id="cloud-tls-post-quantum",
    title="Hosts offer hybrid post-quantum key exchange",
    controls=("OCPI-EXT-13",),
    severity=Severity.LOW,
    source="API Gateway Developer Guide and Elastic Load Balancing guides, security policies with PQ in their names",
    looks_at=_NEEDS,
    judge=_quantum,
    remediation="Take SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09 or ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (API_POLICY, POST_QUANTUM)
