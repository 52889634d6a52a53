"""Each fault of what a receiver takes: what its table says, and nothing else.

As many messages as show it; `make verify` sends more.
"""

from pathlib import Path

import pytest
import yaml

from checks.model.verdict import Outcome
from infra.service.faults import validation
from tests.checks.families.service_fault_runs import ALL_VERSIONS, failing, findings_of_writing

TABLE = Path(__file__).parents[2] / "expected_findings" / "validation.yaml"
PUSHED = ("locations", "sessions", "tariffs")
PARTS = ("{location_id}", "{evse_uid}", "{connector_id}", "{session_id}")
IN_TARIFFS = {"versions": ("2.2.1",)}
SEEN_IN = {
    "patch-unvalidated": {"versions": ("2.1.1",)},  # the only one in which tariffs are changed in part
    "parts-unvalidated": {"versions": ("2.2.1",), "modules": ("locations",)},
}
ENOUGH = 400  # messages
MANY = 1000
OF_MORE = {"unvalidated-values": MANY}  # a line break in a string is one of many values
EXPECTED = yaml.safe_load(TABLE.read_text())


def test_the_table_names_every_fault_of_validation():
    assert EXPECTED.keys() == {fault.name for fault in validation.FAULTS}


@pytest.fixture(scope="module")
def sound():
    """What a service without a fault made of everything that a CPO may push, in three versions."""
    return findings_of_writing(modules=PUSHED, max_requests=3000)


def test_nothing_fails_without_a_fault(sound):
    assert failing(sound) == []


def test_every_interface_of_a_receiver_took_a_valid_object_and_let_nothing_malformed_in(sound):
    proven = [f for f in sound if f.check == "ocpi-mutation-valid-object" and f.outcome is Outcome.PASS]
    places = [(c["version"], c["method"], c.get("path", "").rpartition("/")[2]) for c in map(coordinates, proven)]
    for version in ALL_VERSIONS:
        objects = {(method, last) for of, method, last in places if of == version}
        assert objects >= {(m, p) for m in ("PUT", "PATCH") for p in PARTS}
        assert ("PUT", "{tariff_id}") in objects


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_and_nothing_beside_its_table(fault):
    _is_as_the_table_says(fault, OF_MORE.get(fault, ENOUGH))


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_among_many_messages_and_nothing_beside_its_table(fault):
    _is_as_the_table_says(fault, MANY)


def _is_as_the_table_says(fault, most):
    always, sampled = set(EXPECTED[fault]["always"]), set(EXPECTED[fault]["sampled"])
    found = set(failing(findings_of_writing(fault, max_requests=most, **SEEN_IN.get(fault, IN_TARIFFS))))
    assert always <= found <= always | sampled


def coordinates(finding):
    return finding.subject.coordinates()
