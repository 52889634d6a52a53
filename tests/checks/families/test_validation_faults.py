"""Each fault of what a receiver takes: what its table says, and nothing else."""

from pathlib import Path

import pytest
import yaml

from infra.service.faults import validation
from tests.checks.families.service_fault_runs import failing, findings_of_writing

TABLE = Path(__file__).parents[2] / "expected_findings" / "validation.yaml"
EXPECTED = yaml.safe_load(TABLE.read_text())


def test_the_table_names_every_fault_of_validation():
    assert EXPECTED.keys() == {fault.name for fault in validation.FAULTS}


def test_nothing_fails_without_a_fault():
    assert failing(findings_of_writing()) == []


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_and_nothing_beside_its_table(fault):
    always, sampled = set(EXPECTED[fault]["always"]), set(EXPECTED[fault]["sampled"])
    found = set(failing(findings_of_writing(fault)))
    assert always <= found <= always | sampled
