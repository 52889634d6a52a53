"""Checks of the way in, against programs that people would write."""

import pytest

from checks.families.cloud.balancer_actions import LOGINS
from checks.families.cloud.ddos import FLOODS
from checks.families.cloud.edge import TLS
from checks.families.cloud.edge_firewall import FIREWALL
from checks.families.cloud.edge_logs import ACCESS_LOGS
from checks.families.cloud.entry_rates import LIMITED
from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.cases import findings, outcomes
from tests.scanner.cloud.declared import declare

PASS, FAIL, UNDECIDED, NOTHING = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    "case, name, outcome",
    [
        ("stage_behind_firewall", "stage", PASS),
        ("stage_without_firewall", "stage", FAIL),
        ("http_stage", "stage", FAIL),
        ("balancer_behind_firewall", "balancer", PASS),
        ("balancer_alone", "balancer", FAIL),
        ("distribution_behind_firewall", "distribution", PASS),
        ("distribution_alone", "distribution", FAIL),
        ("app_runner_behind_firewall", "runner", PASS),
        ("app_runner_alone", "runner", FAIL),
        ("open_function_url", "url", FAIL),
        ("signed_function_url", "url", PASS),
    ],
)
def test_every_entry_point_needs_a_firewall(case, name, outcome):
    assert outcomes(FIREWALL, "edge", case)[name] is outcome


@pytest.mark.parametrize(
    "case, name, outcome",
    [
        ("balancer_behind_firewall", "balancer", PASS),
        ("balancer_alone", "balancer", FAIL),
        ("distribution_behind_firewall", "distribution", PASS),
        ("distribution_with_delivered_logs", "distribution", PASS),
        ("distribution_alone", "distribution", FAIL),
        ("stage_without_firewall", "stage", FAIL),
        ("stage_with_log", "stage", PASS),
    ],
)
def test_every_entry_point_writes_access_logs(case, name, outcome):
    assert outcomes(ACCESS_LOGS, "edge", case)[name] is outcome


@pytest.mark.parametrize(
    "case, outcome",
    [
        ("distribution_behind_firewall", PASS),
        ("distribution_alone", FAIL),
        ("distribution_that_allows_all", FAIL),
        ("distribution_under_the_name_of_cloudfront", FAIL),
    ],
)
def test_a_distribution_negotiates_new_versions_only(case, outcome):
    assert outcomes(TLS, "edge", case)["distribution"] is outcome


@pytest.mark.parametrize(
    "case, name, outcome",
    [
        ("balancer_behind_firewall", "balancer", PASS),
        ("balancer_behind_firewall_without_rate", "balancer", FAIL),
        ("balancer_alone", "balancer", FAIL),
        ("open_function_url", "url", FAIL),
    ],
)
def test_entry_points_without_stages_are_limited_by_their_firewall(case, name, outcome):
    assert outcomes(LIMITED, "edge", case)[name] is outcome


@pytest.mark.parametrize(
    "case, outcome",
    [
        ("balancer_behind_shield", PASS),
        ("balancer_behind_rules_for_floods", PASS),
        ("balancer_behind_firewall", UNDECIDED),
        ("balancer_behind_firewall_without_rate", FAIL),
        ("balancer_alone", FAIL),
    ],
)
def test_floods_need_a_protection_or_a_decision(case, outcome):
    assert outcomes(FLOODS, "edge", case)["balancer"] is outcome


def test_a_stage_of_an_api_is_nothing_that_shield_advanced_protects():
    assert set(outcomes(FLOODS, "edge", "stage_behind_firewall").values()) == {NOTHING}


@pytest.mark.parametrize(
    "case, outcome", [("login_that_turns_away", PASS), ("login_that_lets_through", FAIL), ("balancer_alone", NOTHING)]
)
def test_a_login_that_lets_everybody_through_is_seen(case, outcome):
    assert set(outcomes(LOGINS, "edge", case).values()) == {outcome}


def test_stages_have_rates_of_their_own():
    assert set(outcomes(LIMITED, "edge", "stage_without_firewall").values()) == {NOTHING}


@pytest.mark.parametrize(
    "check, token, inputs",
    [
        (FIREWALL, "aws:lambda/functionUrl:FunctionUrl", {"authorizationType": UNKNOWN}),
        (ACCESS_LOGS, "aws:apigateway/stage:Stage", {"accessLogSettings": UNKNOWN}),
        (ACCESS_LOGS, "aws:lb/loadBalancer:LoadBalancer", {"accessLogs": UNKNOWN}),
        (TLS, "aws:cloudfront/distribution:Distribution", {"viewerCertificate": UNKNOWN}),
        (LOGINS, "aws:lb/listener:Listener", {"defaultActions": ({"authenticateOidc": UNKNOWN},)}),
    ],
    ids=["url", "stage", "balancer", "distribution", "listener"],
)
def test_what_is_unknown_until_deploy_decides_nothing(check, token, inputs):
    declared = DeclaredResources(stack="small/test", source="preview", resources=(declare(token, "one", inputs),))
    assert {finding.outcome for finding in findings(check, declared)} == {UNDECIDED}
