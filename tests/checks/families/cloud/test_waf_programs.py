"""Checks of web ACLs, against programs that people would write."""

import pytest

from checks.families.cloud import waf_addresses, waf_bodies, waf_rates, waf_records, waf_rules
from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.cases import findings, outcomes
from tests.scanner.cloud.declared import declare

CHECKS = {
    check.id.removeprefix("cloud-waf-"): check
    for family in (waf_addresses, waf_bodies, waf_rates, waf_records, waf_rules)
    for check in family.CHECKS
}
PASS, FAIL, UNDECIDED = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_web_acl_passes(check):
    of = "set" if check == "ip-sets-not-everybody" else "acl"
    assert outcomes(CHECKS[check], "waf", "sound") == {of: PASS}


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_web_acl_in_json_passes(check):
    of = "set" if check == "ip-sets-not-everybody" else "acl"
    assert outcomes(CHECKS[check], "waf", "sound_in_json") == {of: PASS}


def test_addresses_that_add_up_to_everybody_are_seen_where_they_pass():
    assert outcomes(CHECKS["ip-sets-not-everybody"], "waf", "set_of_everybody") == {"set": FAIL}
    refused = outcomes(CHECKS["ip-sets-not-everybody"], "waf", "everybody_refused")
    assert set(refused.values()) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("check", CHECKS)
def test_a_stack_without_web_acl_has_nothing_to_judge(check):
    assert set(outcomes(CHECKS[check], "waf", "no_firewall").values()) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize(
    "check, case, outcome",
    [
        ("named-addresses-only", "default_allow", FAIL),
        ("named-addresses-only", "default_allow_and_others_blocked", PASS),
        ("named-addresses-only", "country_passes", FAIL),
        ("named-addresses-only", "address_and_country_pass", PASS),
        ("clouds-not-refused", "clouds_refused", FAIL),
        ("rules-block", "rule_counts", FAIL),
        ("rules-block", "group_counts", FAIL),
        ("rules-block", "rule_of_group_counts", FAIL),
        ("rules-block", "rule_counts_for_a_later_one", PASS),
        ("rules-block", "no_rules", FAIL),
        ("rules-block", "rules_in_json", UNDECIDED),
        ("rules-block", "rule_in_json_counts", FAIL),
        ("rules-block", "nothing_in_json", FAIL),
        ("rate-per-address", "rule_in_json_counts", FAIL),
        ("known-bad-inputs", "nothing_in_json", FAIL),
        ("nothing-passes-before-the-rules", "passes_before_the_rules", FAIL),
        ("known-bad-inputs", "no_known_bad_inputs", FAIL),
        ("known-bad-inputs", "group_counts", FAIL),
        ("known-bad-inputs", "rules_in_json", UNDECIDED),
        ("objects-pass", "core_refuses_bodies", FAIL),
        ("objects-pass", "small_bodies_only", FAIL),
        ("objects-pass", "cut_bodies_refused", FAIL),
        ("objects-pass", "short_lengths_only", FAIL),
        ("body-size-limited", "no_body_limit", FAIL),
        ("body-size-limited", "core_refuses_bodies", PASS),
        ("body-size-limited", "rules_in_json", UNDECIDED),
        ("body-inspected", "inspects_the_default", FAIL),
        ("body-inspected", "inspects_little", FAIL),
        ("rate-per-address", "no_rate", FAIL),
        ("rate-per-address", "rates_only_count", FAIL),
        ("rate-per-address", "rate_of_some", UNDECIDED),
        ("rate-per-address", "rules_of_their_own", PASS),
        ("rate-per-address", "rules_in_a_group", PASS),
        ("rate-per-token", "no_rate", FAIL),
        ("rate-per-token", "rate_of_token_by_address", FAIL),
        ("rate-per-token", "rules_in_a_group", PASS),
        ("rate-per-token", "rules_in_json", UNDECIDED),
        ("logged", "no_log", FAIL),
        ("logged", "log_of_some", UNDECIDED),
        ("logs-without-tokens", "log_with_token", FAIL),
        ("logs-without-tokens", "samples_protected", PASS),
        ("logs-without-paths", "log_with_paths", FAIL),
        ("samples-without-tokens", "samples_with_token", FAIL),
        ("samples-without-tokens", "rule_samples_with_token", FAIL),
        ("samples-without-tokens", "samples_protected", PASS),
    ],
)
def test_each_thing_that_can_be_wrong_is_seen(check, case, outcome):
    assert outcomes(CHECKS[check], "waf", case) == {"acl": outcome}


def test_what_load_balancers_hand_over_cannot_be_set():
    found = outcomes(CHECKS["body-inspected"], "waf", "in_front_of_a_balancer")
    assert set(found.values()) == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("check", CHECKS)
def test_a_web_acl_that_is_unknown_until_deploy_is_not_called_sound(check):
    token = "aws:wafv2/webAcl:WebAcl"
    hidden = ("rules", "defaultAction", "visibilityConfig", "associationConfig")
    acl = declare(token, "acl", dict.fromkeys(hidden, UNKNOWN))
    addresses = declare("aws:wafv2/ipSet:IpSet", "set", {"addresses": UNKNOWN})
    declared = DeclaredResources(stack="small/test", source="plan", resources=(acl, addresses), missing=("half",))
    assert {finding.outcome for finding in findings(CHECKS[check], declared)} == {UNDECIDED}
