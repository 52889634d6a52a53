from __future__ import annotations

import re
from typing import Any

import pytest

from tests.infra.recorded_program import Recorded

ACL = "aws:wafv2/webAcl:WebAcl"


@pytest.fixture
def rules(stack: Recorded) -> list[dict[str, Any]]:
    return sorted(stack.inputs(ACL)["rules"], key=lambda rule: rule["priority"])


def test_everything_is_blocked_but_the_partners_addresses(stack: Recorded, rules):
    assert stack.inputs(ACL)["defaultAction"] == {"block": {}}
    allowing = [rule for rule in rules if "allow" in rule.get("action", {})]
    assert [rule["name"] for rule in allowing] == ["partners"]
    assert allowing == rules[-1:]  # all others had their say before
    assert stack.inputs("aws:wafv2/ipSet:IpSet")["addresses"] == [
        "192.0.2.0/28", "198.51.100.16/28", "203.0.113.250/32",
    ]  # fmt: skip


def test_rates_count_by_address_and_by_token(rules):
    rates = {r["name"]: r["statement"]["rateBasedStatement"] for r in rules if "rateBasedStatement" in r["statement"]}
    assert rates["rate-per-address"] == {"aggregateKeyType": "IP", "limit": 3000}
    assert rates["rate-per-token"]["limit"] == 6000
    assert rates["rate-per-token"]["customKeys"][0]["header"]["name"] == "authorization"


def test_managed_rules_block_and_only_the_explained_ones_count(rules):
    groups = {}
    for rule in rules:
        group = rule["statement"].get("managedRuleGroupStatement")
        if group:
            assert rule["overrideAction"] == {"none": {}}
            assert all(o["actionToUse"] == {"count": {}} for o in group.get("ruleActionOverrides", []))
            groups[group["name"]] = [o["name"] for o in group.get("ruleActionOverrides", [])]
    assert groups == {
        "AWSManagedRulesKnownBadInputsRuleSet": [],
        "AWSManagedRulesAmazonIpReputationList": [],
        "AWSManagedRulesAnonymousIpList": ["HostingProviderIPList"],
        "AWSManagedRulesCommonRuleSet": ["SizeRestrictions_BODY", "NoUserAgent_HEADER"],
    }


@pytest.mark.parametrize(
    "length, blocked", [(8 * 1024, False), (700_000, False), (999_999, False), (1_000_000, True), (10**9, True)]
)
def test_bodies_of_a_million_bytes_are_blocked_and_the_largest_objects_are_not(rules, length, blocked):
    (rule,) = [rule for rule in rules if rule["name"] == "body-size"]
    statement = rule["statement"]["regexMatchStatement"]
    assert statement["fieldToMatch"] == {"singleHeader": {"name": "content-length"}}
    assert rule["action"] == {"block": {}}
    assert bool(re.search(statement["regexString"], str(length))) is blocked


def test_the_firewall_looks_as_far_into_bodies_as_it_can(stack: Recorded):
    (bodies,) = stack.inputs(ACL)["associationConfig"]["requestBodies"]
    assert bodies == {"apiGateway": {"defaultSizeInspectionLimit": "KB_64"}}


def test_no_sample_and_no_log_shows_a_token(stack: Recorded, rules):
    for visible in (stack.inputs(ACL), *rules):
        assert visible["visibilityConfig"]["sampledRequestsEnabled"] is False
        assert visible["visibilityConfig"]["cloudwatchMetricsEnabled"] is True
    logging = stack.inputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
    redacted = [next(iter(field.values())).get("name", next(iter(field))) for field in logging["redactedFields"]]
    assert redacted == ["authorization", "cookie", "queryString", "uriPath"]
    group = stack.inputs("aws:cloudwatch/logGroup:LogGroup", "firewall")
    assert group["name"].startswith("aws-waf-logs-")


def test_the_stage_is_behind_the_firewall(stack: Recorded):
    association = stack.one("aws:wafv2/webAclAssociation:WebAclAssociation")
    depends = association["property_dependencies"]
    assert any(urn.endswith("Stage::ocpi") for urn in depends["resourceArn"])
    assert any(urn.endswith("WebAcl::edge") for urn in depends["webAclArn"])
