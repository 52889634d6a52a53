"""The firewall's rules as data, in order of evaluation.

Requests are blocked unless the last rule, the partners' addresses, allows them; every rule before it can only block.
No rule keeps sampled requests: a sample shows the Authorization header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.weaknesses import Weakness

Rule = aws.wafv2.WebAclRuleArgsDict
Statement = aws.wafv2.WebAclRuleStatementArgsDict

# The largest object a partner may send. OCPI sets no limit. A location with 1,000 EVSEs of two connectors is about
# 0.7 MB of JSON, a CDR with a charging period per minute for three days about 0.6 MB. The managed body rule
# (8 KB) would refuse both, so it only counts, and this one takes its place.
_TOO_LARGE: Final = "^[0-9]{7,}$"  # a Content-Length of a million bytes and more


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesArgs:
    """Limits are requests per 5 minutes."""

    partners_set_arn: pulumi.Input[str]
    address_limit: int
    token_limit: int
    weaknesses: frozenset[Weakness] = frozenset()


def rules(args: RulesArgs) -> list[Rule]:
    """All rules, in order."""
    weak = args.weaknesses
    partners = _rule("partners", {"ip_set_reference_statement": {"arn": args.partners_set_arn}}, action={"allow": {}})
    # Partners run in clouds: that an address is a hosting provider's only counts; Tor and open proxies are blocked.
    clouds = () if Weakness.CLOUDS_REFUSED in weak else ("HostingProviderIPList",)
    # 8 KB for a body is less than OCPI objects need; a partner's HTTP client often sends no User-Agent.
    sizes = () if Weakness.SMALL_OBJECTS_ONLY in weak else ("SizeRestrictions_BODY",)
    refusing = {
        Weakness.NO_ADDRESS_RATE: _rate_per_address(args.address_limit),
        Weakness.NO_TOKEN_RATE: _rate_per_token(args.token_limit),
        Weakness.BODIES_UNLIMITED: _body_size(),
        # Log4Shell and others in headers, path and body
        Weakness.NO_KNOWN_ATTACKS: _known_attacks(counted=Weakness.ATTACKS_COUNTED in weak),
    }
    ordered = [
        *(rule for without, rule in refusing.items() if without not in weak),
        _managed("bad-reputation", "AWSManagedRulesAmazonIpReputationList"),
        _managed("anonymous-addresses", "AWSManagedRulesAnonymousIpList", count=clouds),
        _managed("common", "AWSManagedRulesCommonRuleSet", count=(*sizes, "NoUserAgent_HEADER")),
    ]
    ordered.insert(0 if Weakness.PARTNERS_FIRST in weak else len(ordered), partners)
    for priority, rule in enumerate(ordered):
        rule["priority"] = priority
    return ordered


def _known_attacks(*, counted: bool) -> Rule:
    rule = _managed("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet")
    if counted:
        rule["override_action"] = {"count": {}}
    return rule


def _rate_per_address(limit: int) -> Rule:
    return _blocking("rate-per-address", {"rate_based_statement": {"limit": limit, "aggregate_key_type": "IP"}})


def _rate_per_token(limit: int) -> Rule:
    """One token used from many addresses shows here, many tokens tried from one address show above."""
    keyed: aws.wafv2.WebAclRuleStatementRateBasedStatementArgsDict = {
        "limit": limit,
        "aggregate_key_type": "CUSTOM_KEYS",
        "custom_keys": [
            {"header": {"name": "authorization", "text_transformations": [{"priority": 0, "type": "NONE"}]}},
        ],
    }
    return _blocking("rate-per-token", {"rate_based_statement": keyed})


def _body_size() -> Rule:
    """By the declared length: the firewall sees the first 64 KB of a body only. The service counts the bytes again."""
    declared: aws.wafv2.WebAclRuleStatementRegexMatchStatementArgsDict = {
        "regex_string": _TOO_LARGE,
        "field_to_match": {"single_header": {"name": "content-length"}},
        "text_transformations": [{"priority": 0, "type": "NONE"}],
    }
    return _blocking("body-size", {"regex_match_statement": declared})


def _managed(name: str, group: str, count: Sequence[str] = ()) -> Rule:
    managed: aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgsDict = {"vendor_name": "AWS", "name": group}
    if count:
        managed["rule_action_overrides"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in count]
    return _rule(name, {"managed_rule_group_statement": managed}, override_action={"none": {}})


def _blocking(name: str, statement: Statement) -> Rule:
    return _rule(name, statement, action={"block": {}})


def _rule(
    name: str,
    statement: Statement,
    *,
    action: aws.wafv2.WebAclRuleActionArgsDict | None = None,
    override_action: aws.wafv2.WebAclRuleOverrideActionArgsDict | None = None,
) -> Rule:
    """Metrics yes, samples never. A managed group takes an override, every other rule an action."""
    rule: Rule = {
        "name": name,
        "priority": 0,
        "statement": statement,
        "visibility_config": {
            "cloudwatch_metrics_enabled": True,
            "metric_name": name,
            "sampled_requests_enabled": False,
        },
    }
    if action is not None:
        rule["action"] = action
    if override_action is not None:
        rule["override_action"] = override_action
    return rule
