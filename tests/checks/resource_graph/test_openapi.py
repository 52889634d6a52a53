"""An API whose methods stand in a body is judged by it; where it cannot be read, undecided, never without methods."""

import pytest

from checks.model.verdict import Outcome
from scanner.model.resource import UNKNOWN
from tests.checks.families.cloud.test_stack_checks import API, METHOD, STAGE, findings, one, outcome
from tests.scanner.cloud.declared import declare

HTTP_API = "aws:apigatewayv2/api:Api"
AUTHORISER = "cloud-edge-authoriser-on-every-method"
OF_STAGES = ("cloud-edge-firewall-on-every-entry", "cloud-edge-access-logs")
UNREAD = '{"paths": {"/x": {"$ref": "x.json"}}}'
BODY = '{"paths": {"/x": {"get": {"security": []}}}}'


@pytest.mark.parametrize("check", [AUTHORISER, *OF_STAGES])
@pytest.mark.parametrize(
    "token, inputs",
    [(API, {"body": UNREAD}), (API, {"body": UNKNOWN}), (HTTP_API, {"body": UNREAD}), (HTTP_API, {"target": "arn:x"})],
)
def test_an_api_that_is_described_and_not_declared_is_undecided(check, token, inputs):
    assert outcome(check, one(token, inputs)) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("token", [API, HTTP_API])
def test_a_body_that_can_be_read_gives_methods_and_no_stage(token):
    described = one(token, {"body": BODY})
    assert outcome(AUTHORISER, described) is Outcome.FAIL
    assert {outcome(check, described) for check in OF_STAGES} == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("check", [AUTHORISER, *OF_STAGES])
def test_an_api_without_a_body_is_judged_by_its_methods_and_stages_alone(check):
    (found,) = (f for f in findings(one(API)) if f.check == check)
    assert found.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("check", OF_STAGES)
def test_a_described_api_with_a_declared_stage_is_judged_by_the_stage(check):
    (api,) = one(API, {"body": BODY})
    (found,) = (f for f in findings([api, declare(STAGE, "s", {}, {"restApi": (api,)})]) if f.check == check)
    assert found.outcome is Outcome.FAIL


def test_declared_methods_do_not_hide_the_body():
    method = declare(METHOD, "m", {"authorization": "NONE", "httpMethod": "GET"})
    said = {f.outcome for f in findings([*one(API, {"body": UNREAD}), method]) if f.check == AUTHORISER}
    assert said == {Outcome.FAIL, Outcome.INCONCLUSIVE}
