"""Checks of the way in, against programs that people would write."""

import pytest

from checks.families.cloud.edge import FIREWALL
from checks.model.verdict import Outcome
from tests.checks.families.cloud.cases import outcomes


@pytest.mark.parametrize(
    "case, outcome", [("stage_behind_firewall", Outcome.PASS), ("stage_without_firewall", Outcome.FAIL)]
)
def test_a_stage_needs_a_firewall(case, outcome):
    assert outcomes(FIREWALL, "edge", case) == {"stage": outcome}
