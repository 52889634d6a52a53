"""Reservations and charging profiles as state machines: each fault is found, and the hardened service is clean."""

from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_requests import CHECKS
from checks.model.verdict import Outcome
from infra.service.faults import FAULTS, remote_sessions, requests
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.run.leftovers import left_behind
from tests.targets.called_back import commanded_target, look
from tests.targets.protocol_runs import checks_with
from tests.targets.walked_requests import requested_findings, requested_service

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "requests.yaml").read_text())


TWICE = {"other-tenant-readable", "second-start-taken"}  # a profile and a session; the same start, and another one
RESERVING, STARTING, PROFILES = "/RESERVE_NOW", "/START_SESSION", None


def of(findings, check):
    return {f.subject.coordinates().get("path"): f for f in findings if f.check == check}


def test_the_table_names_every_fault_and_every_check_has_one():
    assert {fault.name for fault in (*requests.FAULTS, *remote_sessions.FAULTS)} <= EXPECTED.keys() <= FAULTS.keys()
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}
    assert set(CHECKS) <= set(CATALOG)


def test_all_machines_are_walked_to_their_end_on_the_hardened_service():
    found = requested_findings()
    assert {f.outcome for f in found} == {Outcome.PASS}
    illegal, legal = of(found, "ocpi-request-illegal-step"), of(found, "ocpi-request-legal-step")
    assert {path: f.population.examined for path, f in illegal.items()} == {RESERVING: 3, PROFILES: 4, STARTING: 5}
    assert {path: f.population.examined for path, f in legal.items()} == {RESERVING: 3, PROFILES: 4, STARTING: 2}
    assert "clear-nothing refused" in legal[PROFILES].message
    (started,) = of(found, "ocpi-request-session-as-started").values()
    assert "COMPLETED" in started.message


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in requested_findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert len(red) == len(EXPECTED[fault]) + (fault in TWICE)
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_what_is_made_is_taken_back_and_only_named_evses_are_asked_about(tmp_path):
    """With one identity, and no session at the EVSE that is named, charging profiles are not walked at all."""
    with requested_service() as service:
        target = commanded_target(service)
        facts = look(target, service.tokens, tmp_path)
        asked = [e for e in service.events if e["event"] == "command"]
        changed = [e for e in service.events if e["event"] == "data_change" and "chargingprofiles" in str(e)]
    assert asked
    assert changed == []
    walked = [o for o in facts if o.key.fact.__name__ == "RequestsWalked"]
    missing = [o.result.detail for o in walked if not hasattr(o.result, "fact")]
    assert missing == ["no session of this identity is ACTIVE at an EVSE that is named in `evses`"]
    journal = list(read_journal(tmp_path / FILE_NAME))
    announced = {left["what"].rpartition(", ")[2] for entry in journal for left in entry.get("leaves", ())}
    assert "until a moment that is over" in announced
    assert not [left for left in left_behind(journal) if left.leftover.module == "commands"]
