"""Addresses at the web ACL: named ones pass and no others, and partners that run in a cloud are among those."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.judge_firewalls import NEEDS, judge_firewalls
from checks.model.check import Case, Check
from checks.model.verdict import Verdict
from checks.resource_graph.address_ranges import is_everybody, network_of, size
from checks.resource_graph.firewall import IP_SET, WEB_ACL, RuleSet, overridden, rules_of
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ANONYMOUS: Final = "AWSManagedRulesAnonymousIpList"
_HOSTING: Final = "HostingProviderIPList"


def _named(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _named_only)


def _named_only(_stack: Stack, acl: Resource, rules: RuleSet) -> Judgement:
    default = acl.get("defaultAction")
    if not isinstance(default, Mapping):
        return unknown("its default action")
    if at(default, "block") is not ABSENT:
        return _openings(rules)
    closing = [rule for rule in rules.rules if rule.refuses and any(_shuts_others_out(rule.statement))]
    shut = [rule.name for rule in closing if not any(_by_header(one) for one in rule.every_statement())]
    if closing and not shut:
        return fails(f"{closing[0].name} takes the address from a header, which callers write themselves")
    if shut:
        return passes(f"{shut[0]} blocks everybody whose address is not in an IP set")
    return fails("its default action lets every address pass, and no rule blocks those not named", by_absence=True)


def _openings(rules: RuleSet) -> Judgement:
    opening = [rule for rule in rules.rules if rule.action == "allow"]
    written = [rule.name for rule in opening if any(_by_header(one) for one in rule.every_statement())]
    if written:
        return fails(f"{written[0]} takes the address from a header, which callers write themselves")
    wide = [rule.name for rule in opening if not _by_address(rule.statement)]
    if wide:
        return fails(f"{wide[0]} lets requests pass whatever address they come from")
    if any(not rule.action for rule in rules.rules):
        return undecided("what some of its rules do is unknown until deploy")
    named = ", ".join(rule.name for rule in opening) or "no rule"
    return passes(f"blocks by default; {named} lets addresses of an IP set pass", by_absence=True)


def _by_header(statement: Mapping[str, CloudValue]) -> bool:
    forwarded = at(statement, "ipSetReferenceStatement.ipSetForwardedIpConfig")
    return forwarded is not ABSENT and forwarded is not None


def _by_address(statement: Mapping[str, CloudValue]) -> bool:
    """True where a match needs an address of an IP set: alone, in each branch of `or`, in one of `and`."""
    if at(statement, "ipSetReferenceStatement") is not ABSENT:
        return True
    both, either = (items(at(statement, f"{name}Statement.statements")) for name in ("and", "or"))
    if any(isinstance(one, Mapping) and _by_address(one) for one in both):
        return True
    return bool(either) and all(isinstance(one, Mapping) and _by_address(one) for one in either)


def _shuts_others_out(statement: Mapping[str, CloudValue]) -> Iterator[bool]:
    for inner in (at(statement, "notStatement.statement"), *items(at(statement, "notStatement.statements"))):
        yield isinstance(inner, Mapping) and _by_address(inner)


def _clouds(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _clouds_pass)


def _clouds_pass(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    for rule, settings in rules.managed(_ANONYMOUS):
        narrowed = at(settings, "scopeDownStatement") is not ABSENT
        if rule.action == "group" and not overridden(settings, _HOSTING):
            if narrowed:
                return undecided(f"{rule.name} refuses addresses of clouds among some requests, by its scope-down")
            return fails(f"{rule.name}: {_HOSTING} refuses every partner whose platform runs in a cloud")
    return passes(f"no rule refuses addresses of clouds ({_HOSTING})", by_absence=True)


def _sets(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    sets = (one for one in stack.of(IP_SET) if not _only_refused(stack, one))
    return judge_each(case, sets, "allowing IP set", _few)


def _only_refused(stack: Stack, ip_set: Resource) -> bool:
    """True where every rule that names the set refuses its addresses: then a wide one shuts people out."""
    arn = ip_set.outputs.get("arn")
    rules = [rule for acl in stack.of(WEB_ACL) for rule in rules_of(stack, acl).rules if _names(rule.statement, arn)]
    return bool(rules) and all(rule.refuses and not any(_shuts_others_out(rule.statement)) for rule in rules)


def _names(statement: CloudValue, arn: CloudValue) -> bool:
    return isinstance(arn, str) and arn in texts(statement)


def _few(ip_set: Resource) -> Judgement:
    given = items(ip_set.get("addresses"))
    networks = [network for network in map(network_of, given) if network is not None]
    if is_everybody(networks):
        return fails(f"its {len(given)} ranges add up to everybody")
    if len(networks) < len(given):
        return unknown("some of its addresses")
    return passes(f"its {len(given)} ranges hold {size(networks, 4)} IPv4 addresses")


SETS: Final = Check(
    id="cloud-waf-ip-sets-not-everybody",
    title="The addresses that a web ACL lets pass do not add up to everybody",
    controls=("OCPI-NET-01",),
    severity=Severity.HIGH,
    source="AWS WAF Developer Guide, IP sets; IANA IPv4 and IPv6 address registries",
    looks_at=NEEDS,
    judge=_sets,
    remediation="List the networks that partners call from, as they stand in their contracts.",
    witness=Witness.CLOUD_DECLARED,
)
NAMED_ONLY: Final = Check(
    id="cloud-waf-named-addresses-only",
    title="Only addresses that somebody named pass the web ACL",
    controls=("OCPI-NET-01",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, IP set match rule statement; web ACL default action",
    looks_at=NEEDS,
    judge=_named,
    remediation="Block by default, and let the partners' IP set pass in the last rule.",
    witness=Witness.CLOUD_DECLARED,
)
CLOUDS_PASS: Final = Check(
    id="cloud-waf-clouds-not-refused",
    title="The web ACL does not shut out partners whose platforms run in a cloud",
    controls=("OCPI-NET-01",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, anonymous IP list managed rule group, HostingProviderIPList",
    looks_at=NEEDS,
    judge=_clouds,
    remediation=f"Override {_HOSTING} to count in {_ANONYMOUS}.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SETS, NAMED_ONLY, CLOUDS_PASS)
