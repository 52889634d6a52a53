"""A statement of a function's policy lets every account in, or names who calls; whoever that is may not be known."""

import pytest

from checks.resource_graph import types as aws
from checks.resource_graph.permissions import invoked_by_anybody
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue
from tests.scanner.cloud.declared import declare

_INVOKE: dict[str, CloudValue] = {"action": "lambda:InvokeFunction"}


@pytest.mark.parametrize(
    "inputs",
    [
        {"principal": "apigateway.amazonaws.com", "sourceArn": UNKNOWN},
        {"principal": "apigateway.amazonaws.com", "sourceArn": HIDDEN},
        {"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::uploads"},
        {"principal": "s3.amazonaws.com", "sourceAccount": UNKNOWN},
        {"principal": "*", "principalOrgId": UNKNOWN},
        {"principal": "*", "invokedViaFunctionUrl": True},
        {"principal": "*", "functionUrlAuthType": "NONE"},
        {"principal": "arn:aws:iam::210987654321:root"},
    ],
)
def test_who_calls_is_named(inputs: dict[str, CloudValue]):
    assert not invoked_by_anybody(declare(aws.PERMISSION, "it", _INVOKE | inputs))


@pytest.mark.parametrize(
    "inputs",
    [
        {"principal": "*"},
        {"principal": "events.amazonaws.com"},
        {"principal": "events.amazonaws.com.cn"},
        {"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::*"},
        {"principal": "apigateway.amazonaws.com", "sourceArn": "arn:aws:execute-api:*:*:*"},
    ],
)
def test_every_account_is_let_in(inputs: dict[str, CloudValue]):
    assert invoked_by_anybody(declare(aws.PERMISSION, "it", _INVOKE | inputs))
