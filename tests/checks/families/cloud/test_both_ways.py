"""Every check of a declared cloud has a small program that passes it, and one that it fails."""

import pytest

from checks.model.verdict import Outcome
from tests.checks.families.cloud.shown import CHECKS, FAMILIES, outcomes_of, shown


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_of_programs_has_good_and_bad_ones(family):
    assert {Outcome.PASS, Outcome.FAIL} <= outcomes_of(family)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.FAIL])
def test_a_small_program_leads_to_each_outcome(check, outcome):
    said = shown()[check.id]
    assert outcome in said, said
