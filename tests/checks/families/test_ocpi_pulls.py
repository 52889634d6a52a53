"""Lists of a partner of ours, pulled by the service: each fault is found by its check and no other."""

from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_pulls import CHECKS
from checks.model.verdict import Outcome
from infra.service.faults import pulls
from tests.targets.protocol_runs import checks_with
from tests.targets.pulled_lists import pulled_findings

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "pulls.yaml").read_text())


def test_the_table_names_every_fault_and_every_check_is_in_the_catalogue_and_has_one():
    assert EXPECTED.keys() == {fault.name for fault in pulls.FAULTS}
    assert set(CHECKS) <= set(CATALOG)
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in pulled_findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_every_check_passes_on_the_service_that_pulls_with_care():
    found = {f.check: f for f in pulled_findings()}
    assert found.keys() == {check.id for check in CHECKS}
    assert {f.outcome for f in found.values()} == {Outcome.PASS}, [f.message for f in found.values()]
    assert not any("left out" in f.message for f in found.values())


def test_a_platform_that_does_not_pull_is_inconclusive_in_all():
    found = pulled_findings(pulls=False)
    assert {f.check for f in found} == {check.id for check in CHECKS}
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("did not come for a sound list" in f.message and f.evidence for f in found)
