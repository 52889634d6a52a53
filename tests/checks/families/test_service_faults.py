"""Each fault of the reference service, seen by both witnesses at once: what its tables say, and nothing else."""

from pathlib import Path

import pytest
import yaml

from infra.service.faults import FAULTS
from tests.checks.families.service_fault_runs import ALL_VERSIONS, failing, findings_in, service_findings

TABLES = Path(__file__).parents[2] / "expected_findings"
OF_PROTOCOL = yaml.safe_load((TABLES / "protocol.yaml").read_text())
OF_TLS = yaml.safe_load((TABLES / "service_tls.yaml").read_text())
OF_CONTRACT = yaml.safe_load((TABLES / "contract.yaml").read_text())
FOR_READERS = yaml.safe_load((TABLES / "contract_for_readers.yaml").read_text())
TABLES_OF_A_FAULT = (OF_PROTOCOL, OF_TLS, OF_CONTRACT, FOR_READERS)
SEEN_BY_READING = sorted(name for name, fault in FAULTS.items() if not fault.by_writing)


def test_the_table_names_faults_that_there_are():
    assert OF_TLS.keys() <= FAULTS.keys()
    assert FOR_READERS.keys() <= set(SEEN_BY_READING)


def test_nothing_fails_without_a_fault():
    assert failing(service_findings()) == []


@pytest.mark.parametrize("fault", SEEN_BY_READING)
def test_a_fault_is_found_and_nothing_beside_its_tables(fault):
    expected = _tables_of(fault)
    assert expected, "a fault that nothing finds has no place here"
    assert failing(service_findings(fault)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("fault", SEEN_BY_READING)
def test_a_fault_is_found_in_all_versions_together_and_nothing_beside_its_tables(fault):
    assert failing(findings_in(ALL_VERSIONS, fault)) == _tables_of(fault)


def _tables_of(fault: str) -> list[str]:
    return sorted({check for table in TABLES_OF_A_FAULT for check in table.get(fault, ())})
