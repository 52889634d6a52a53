"""The organisation's example, applied to moto: what AWS refuses without an organisation comes after it."""

from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from tests.infra.applied.apply import apply
from tests.infra.recorded_program import PYTHON, example

_MOTO: Any = {"iam": {"load_aws_managed_policies": True}, "lambda": {"use_docker": False}}


@pytest.mark.slow
def test_the_organisation_can_be_made_in_the_order_of_the_program():
    if not PYTHON.exists():
        pytest.skip("infra/.venv is not there: `make setup` makes it")
    with mock_aws(config=_MOTO):
        applied = apply(example("org"))
        policies = applied.account.client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert (applied.account.complaints, applied.sdk_complaints, applied.overlooked) == ([], [], [])
    assert len([policy for policy in policies if not policy["AwsManaged"]]) > 3
