"""Rates at the web ACL: one limit for each address, one for each credentials token from wherever it is used."""

from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_firewalls import NEEDS, judge_firewalls
from checks.model.check import Case, Check
from checks.model.verdict import Verdict
from checks.resource_graph.firewall import RuleSet
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ADDRESS: Final = "address"
_TOKEN: Final = "token"
_WINDOW_S: Final = 300  # AWS WAF's own
# From one address, or under one token: a tenth of what API Gateway gives a whole account in a region (quotas).
_MOST_A_SECOND: Final = 1_000
_SOURCE: Final = "AWS WAF Developer Guide, rate-based rule aggregation options"


def _address(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, lambda _stack, _acl, rules: _limits(rules, _ADDRESS))


def _token(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, lambda _stack, _acl, rules: _limits(rules, _TOKEN))


def _limits(rules: RuleSet, wanted: str) -> Judgement:
    found = [(rule, settings) for rule, settings in rules.of_kind("rateBasedStatement") if _by(settings) == wanted]
    if not found and any(_by(settings) == "" for _, settings in rules.of_kind("rateBasedStatement")):
        return unknown("what its rate-based rule counts by")
    if not found:
        return fails(f"no rate-based rule counts by {wanted}", by_absence=True)
    blocking = [(rule, settings) for rule, settings in found if rule.action == "block"]
    if not blocking:
        return fails(f"{found[0][0].name} counts by {wanted}, and does not block")
    rule, settings = blocking[0]
    if all(at(each, "scopeDownStatement") is not ABSENT for _, each in blocking):
        return undecided(f"{rule.name} counts some requests only, by its scope-down statement")
    if not isinstance(settings.get("limit"), int | float):
        return unknown(f"the limit of {rule.name}")
    window = settings.get("evaluationWindowSec") or 300
    if all(is_beyond_reach(each) for _, each in blocking):
        return fails(f"{rule.name} lets {settings['limit']} requests in {window} s pass, which is no limit")
    if wanted == _ADDRESS and all(each.get("aggregateKeyType") == "FORWARDED_IP" for _, each in blocking):
        return undecided(f"{rule.name} counts by a header, which callers write unless a proxy of yours replaces it")
    return passes(f"{rule.name} blocks above {settings['limit']} requests in {window} s by {wanted}")


def is_beyond_reach(settings: Mapping[str, CloudValue]) -> bool:
    """True for a limit that no caller meets."""
    limit, window = settings.get("limit"), settings.get("evaluationWindowSec")
    seconds = window if isinstance(window, int | float) and window > 0 else _WINDOW_S
    return isinstance(limit, int | float) and limit / seconds > _MOST_A_SECOND


def _by(settings: Mapping[str, CloudValue]) -> str:
    """What a rule counts by: an address, a credentials token and nothing else, something else; "" if not known."""
    kind = settings.get("aggregateKeyType")
    keys = items(settings.get("customKeys", ABSENT))
    if kind is UNKNOWN or UNKNOWN in keys:
        return ""
    if kind in ("IP", "FORWARDED_IP", ABSENT, None):
        return _ADDRESS
    named = [str(at(key, "header.name")).lower() for key in keys]
    if named == ["authorization"]:
        return _TOKEN
    alone = len(keys) == 1 and any(at(keys[0], name) is not ABSENT for name in ("ip", "forwardedIp"))
    return _ADDRESS if alone else "something else"


PER_ADDRESS: Final = Check(
    id="cloud-waf-rate-per-address",
    title="The web ACL limits the rate of each address",
    controls=("OCPI-NET-04",),
    severity=Severity.HIGH,
    source=_SOURCE,
    looks_at=NEEDS,
    judge=_address,
    remediation="Add a rate_based_statement with aggregate_key_type IP that blocks.",
    witness=Witness.CLOUD_DECLARED,
)
PER_TOKEN: Final = Check(
    id="cloud-waf-rate-per-token",
    title="The web ACL limits the rate of each credentials token, over all addresses it comes from",
    controls=("OCPI-NET-04",),
    severity=Severity.MEDIUM,
    source=_SOURCE,
    looks_at=NEEDS,
    judge=_token,
    remediation="Add a rate_based_statement with CUSTOM_KEYS and the authorization header as its only key.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (PER_ADDRESS, PER_TOKEN)
