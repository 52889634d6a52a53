"""Each fault of the reference service: what its tables say, and nothing else.

Several are looked at in one run, by the witnesses that have something to say; `make verify` shows each alone, to both
witnesses, in all versions.
"""

from pathlib import Path

import pytest
import yaml

from infra.service.faults import FAULTS
from tests.checks.families.service_fault_runs import (
    ALL_VERSIONS,
    OF_TLS,
    TOGETHER,
    failing,
    findings_in,
    service_findings,
    together,
)

TABLES = Path(__file__).parents[2] / "expected_findings"
OF_PROTOCOL = yaml.safe_load((TABLES / "protocol.yaml").read_text())
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
    assert _tables_of(fault), "a fault that nothing finds has no place here"
    assert failing(service_findings(fault)) == sorted({check for one in together(fault) for check in _tables_of(one)})


def test_faults_that_are_looked_at_together_share_no_check():
    for faults in TOGETHER:
        checks = [check for fault in faults for check in _tables_of(fault)]
        assert len(checks) == len(set(checks)), faults
    everyone = [fault for faults in TOGETHER for fault in faults]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) <= set(SEEN_BY_READING)


@pytest.mark.slow
@pytest.mark.parametrize("fault", SEEN_BY_READING)
def test_a_fault_is_found_in_all_versions_together_and_nothing_beside_its_tables(fault):
    assert failing(findings_in(ALL_VERSIONS, fault)) == _tables_of(fault)


def _tables_of(fault: str) -> list[str]:
    return sorted({check for table in TABLES_OF_A_FAULT for check in table.get(fault, ())})
