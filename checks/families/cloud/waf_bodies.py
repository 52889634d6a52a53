"""Bodies at the web ACL: OCPI objects of every size pass, larger ones do not, and as much as possible is looked at."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.judge_firewalls import NEEDS, judge_firewalls
from checks.model.check import Case, Check
from checks.model.verdict import Verdict
from checks.resource_graph.body_limits import CORE_LIMIT, MOST_INSPECTED, body_limits, refusing_length
from checks.resource_graph.firewall import WEB_ACL, RuleSet
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_LARGEST_OBJECT: Final = 700_000  # bytes: a location with 1,000 EVSEs of two connectors; OCPI itself sets no limit
_FAR_TOO_LARGE: Final = 10_000_000_000  # bytes
_WORDS_OF_LIMITS: Final = {"KB_8": 8, "KB_16": 16, "KB_32": 32, "KB_48": 48, "KB_64": 64}
_DEFAULT_KB: Final = 16
_ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_KINDS: Final = ("apiGateway", "appRunnerService", "cloudfront")


def _pass(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _objects_pass)


def _objects_pass(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    for limit in body_limits(rules):
        if limit.cut:
            return fails(f"{limit.rule} refuses every body that AWS WAF is not handed whole ({MOST_INSPECTED} bytes)")
        if limit.size < MOST_INSPECTED:
            return fails(
                f"{limit.rule} refuses bodies over {limit.size:g} bytes; a location may have {_LARGEST_OBJECT}"
            )
    tight = refusing_length(rules, _LARGEST_OBJECT)
    if tight:
        return fails(f"{tight} refuses a Content-Length of {_LARGEST_OBJECT}, which a location may have")
    return passes(f"no rule refuses bodies of {_LARGEST_OBJECT} bytes for their size", by_absence=True)


def _limited(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _has_limit)


def _has_limit(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    limits = [limit.rule for limit in body_limits(rules) if limit.cut or limit.size < MOST_INSPECTED]
    limits += [rule for rule in (refusing_length(rules, _FAR_TOO_LARGE),) if rule]
    if limits:
        return passes(f"{limits[0]} refuses bodies that no OCPI object needs")
    return fails("no rule limits the size of a body", by_absence=True)


def _inspected(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    acls = (acl for acl in stack.of(WEB_ACL) if not _only_balancers(stack, acl))
    return judge_each(case, acls, "adjustable web ACL", _depth)


def _only_balancers(stack: Stack, acl: Resource) -> bool:
    """Load balancers hand the first 8 KB over, which nobody can change."""
    fronts = stack.referring(acl, "webAclArn", _ASSOCIATION)
    return bool(fronts) and all(stack.referred(front, "resourceArn", *_BALANCERS) for front in fronts)


def _depth(acl: Resource) -> Judgement:
    bodies = acl.get("associationConfig.requestBodies")
    if bodies is UNKNOWN:
        return unknown("how much of a body it looks at")
    set_to = [at(one, f"{kind}.defaultSizeInspectionLimit") for one in items(bodies) for kind in _KINDS]
    words = [word for word in set_to if word is not ABSENT]
    if UNKNOWN in words:
        return unknown("how much of a body it looks at")
    least = min((_WORDS_OF_LIMITS.get(str(word), _DEFAULT_KB) for word in words), default=_DEFAULT_KB)
    if least * 1024 < MOST_INSPECTED:
        return fails(f"looks at the first {least} KB of a body; an attack may come after them")
    return passes(f"looks at the first {least} KB of a body, the most that AWS WAF can")


OBJECTS_PASS: Final = Check(
    id="cloud-waf-objects-pass",
    title="The web ACL refuses no OCPI object for its size",
    controls=("OCPI-NET-02",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, core rule set managed rule group, SizeRestrictions_BODY",
    looks_at=NEEDS,
    judge=_pass,
    remediation=f"Override {CORE_LIMIT} to count, and limit bodies by Content-Length at a size no object reaches.",
    witness=Witness.CLOUD_DECLARED,
)
LIMITED: Final = Check(
    id="cloud-waf-body-size-limited",
    title="The web ACL limits the size of a body",
    controls=("OCPI-NET-02", "OCPI-NET-04"),
    severity=Severity.LOW,
    source="AWS WAF Developer Guide, size constraint rule statement; oversize web request components",
    looks_at=NEEDS,
    judge=_limited,
    remediation="Block requests whose Content-Length is above the largest object that partners send.",
    witness=Witness.CLOUD_DECLARED,
)
INSPECTED: Final = Check(
    id="cloud-waf-body-inspected",
    title="The web ACL looks as far into a body as AWS WAF can",
    controls=("OCPI-NET-02",),
    severity=Severity.LOW,
    source="AWS WAF Developer Guide, managing body inspection size limits",
    looks_at=NEEDS,
    judge=_inspected,
    remediation="Set association_config.request_bodies to KB_64 for the kind of resource that it protects.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (OBJECTS_PASS, LIMITED, INSPECTED)
