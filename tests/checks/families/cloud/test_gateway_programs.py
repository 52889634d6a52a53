"""Authoriser, validation and rates of gateways, against programs that people would write."""

import pytest

from checks.families.cloud import authoriser, throttling, validation, validation_models
from checks.model.verdict import Outcome
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.cases import findings, outcomes
from tests.scanner.cloud.declared import declare

CHECKS = {
    check.id.removeprefix("cloud-"): check
    for family in (authoriser, throttling, validation, validation_models)
    for check in family.CHECKS
}
PASS, FAIL, UNDECIDED, NOTHING = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_gateway_passes(check):
    expected = NOTHING if check == "authoriser-token-form" else PASS
    assert set(outcomes(CHECKS[check], "gateway", "sound").values()) == {expected}


@pytest.mark.parametrize("check", CHECKS)
def test_a_stack_without_gateway_has_nothing_to_judge(check):
    assert set(outcomes(CHECKS[check], "gateway", "no_api").values()) == {NOTHING}


@pytest.mark.parametrize(
    "check, case, outcome",
    [
        ("authoriser-forgets-in-time", "long_cache", FAIL),
        ("authoriser-forgets-in-time", "http_authoriser", PASS),
        ("authoriser-asked-with-the-header", "no_identity_source", FAIL),
        ("authoriser-asked-with-the-header", "asked_with_another_header", FAIL),
        ("authoriser-asked-with-the-header", "asked_by_token", PASS),
        ("authoriser-asked-with-the-header", "http_authoriser", PASS),
        ("authoriser-token-form", "asked_by_token", PASS),
        ("authoriser-token-form", "any_token", FAIL),
        ("authoriser-token-form", "bearer_only", FAIL),
        ("authoriser-called-by-its-gateway", "asked_by_every_api", FAIL),
        ("authoriser-called-by-its-gateway", "asked_by_nobody", FAIL),
        ("authoriser-called-by-its-gateway", "asked_by_role", PASS),
        ("authoriser-called-by-its-gateway", "function_elsewhere", UNDECIDED),
        ("validation-on-every-method", "no_validator", FAIL),
        ("validation-on-every-method", "parameters_only", FAIL),
        ("validation-on-every-method", "http_authoriser", FAIL),
        ("validation-on-every-method", "in_an_openapi_body", UNDECIDED),
        ("validation-models", "no_model", FAIL),
        ("validation-models", "empty_model", FAIL),
        ("validation-models", "json_only", PASS),
        ("validation-every-content-type", "json_only", FAIL),
        ("validation-every-content-type", "other_types_refused", PASS),
        ("validation-every-content-type", "other_types_passed_to_a_proxy", FAIL),
        ("validation-unknown-fields-pass", "closed_model", FAIL),
        ("throttling-on-every-stage", "no_rate", FAIL),
        ("throttling-on-every-stage", "rate_switched_off", FAIL),
        ("throttling-on-every-stage", "http_authoriser", FAIL),
        ("throttling-on-every-stage", "http_stage_with_rate", PASS),
        ("throttling-on-every-stage", "in_an_openapi_body", UNDECIDED),
        ("throttling-plans-have-rates", "plan_without_rate", FAIL),
        ("throttling-plans-have-rates", "plan_without_key", FAIL),
        ("throttling-by-partner", "no_plan", FAIL),
        ("throttling-by-partner", "keys_from_partners", FAIL),
        ("throttling-by-partner", "http_authoriser", FAIL),
        ("throttling-every-method-counted", "not_counted", FAIL),
        ("throttling-every-method-counted", "key_as_only_authentication", FAIL),
        ("throttling-every-method-counted", "in_an_openapi_body", UNDECIDED),
    ],
)
def test_each_thing_that_can_be_wrong_is_seen(check, case, outcome):
    assert set(outcomes(CHECKS[check], "gateway", case).values()) == {outcome}


@pytest.mark.parametrize(
    "check, token, name",
    [
        ("authoriser-forgets-in-time", "aws:apigateway/authorizer:Authorizer", "authorizerResultTtlInSeconds"),
        ("authoriser-asked-with-the-header", "aws:apigateway/authorizer:Authorizer", "identitySource"),
        ("authoriser-token-form", "aws:apigateway/authorizer:Authorizer", "identityValidationExpression"),
        ("validation-models", "aws:apigateway/method:Method", "requestModels"),
        ("validation-every-content-type", "aws:apigateway/method:Method", "requestModels"),
        ("validation-unknown-fields-pass", "aws:apigateway/model:Model", "schema"),
        ("throttling-on-every-stage", "aws:apigatewayv2/stage:Stage", "defaultRouteSettings"),
        ("throttling-every-method-counted", "aws:apigateway/method:Method", "apiKeyRequired"),
    ],
)
def test_what_is_unknown_until_deploy_decides_nothing(check, token, name):
    one = declare(token, "one", {name: UNKNOWN, "httpMethod": "POST"})
    declared = DeclaredResources(stack="small/test", source="preview", resources=(one,))
    assert {finding.outcome for finding in findings(CHECKS[check], declared)} == {UNDECIDED}


def test_what_is_not_declared_is_missing_only_in_a_stack_seen_whole():
    plan = declare("aws:apigateway/usagePlan:UsagePlan", "plan", {"throttleSettings": {"rateLimit": 5}})
    declared = DeclaredResources(stack="small/test", source="preview", resources=(plan,), missing=("it stopped",))
    (found,) = findings(CHECKS["throttling-plans-have-rates"], declared)
    assert found.outcome is UNDECIDED
