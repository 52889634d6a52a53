"""Each fault of connections and of parallel messages: what its table says, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults import FAULTS, connections
from scanner.model.effect import Mode
from tests.targets.connection_runs import CHECKS, disturb, findings_with, judged
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import CPO, failing, writing_target

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "connections.yaml").read_text())
VERSIONS = {"2.1.1", "2.2.1", "2.3.0"}
PASSING = {Outcome.PASS, Outcome.NOT_APPLICABLE}


def red(fault, check):
    return [f for f in findings_with(fault) if f.outcome is Outcome.FAIL and f.check == check]


def test_every_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


def test_the_table_names_every_fault_of_connections():
    assert {fault.name for fault in connections.FAULTS} <= EXPECTED.keys() <= FAULTS.keys()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_service_in_every_version(check):
    findings = [f for f in findings_with() if f.check == check.id]
    assert {f.outcome for f in findings} <= PASSING, [f.message for f in findings if f.outcome not in PASSING]
    assert {f.subject.coordinates().get("version") for f in findings if f.outcome is Outcome.PASS} == VERSIONS


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_and_nothing_beside_its_table(fault):
    assert failing(findings_with(fault)) == EXPECTED[fault]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_a_fault_that_turns_it_red(check):
    assert any(check.id in checks for checks in EXPECTED.values())


def test_a_half_message_that_was_taken_is_named_by_what_happened_to_its_connection():
    findings = red("half-message-taken", "ocpi-connection-half-message")
    assert {f.field_path for f in findings} == {"behind-object", "half-closed-behind"}
    assert all(f.evidence and f.identity == "cpo-c" for f in findings)


def test_a_lost_update_names_the_property_that_was_lost():
    (finding,) = red("update-lost", "ocpi-race-lost-update")
    assert "/address" in finding.message or "/city" in finding.message
    assert finding.field_path == "patches"


def test_a_reader_is_told_that_nothing_was_disturbed(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        findings = judged(disturb(writing_target(service, mode=Mode.OBSERVE), service.tokens, tmp_path))
    assert {f.outcome for f in findings} == {Outcome.NOT_TESTED}


def test_nothing_is_decided_where_no_valid_object_is_accepted(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        target = writing_target(service, CPO, modules=("sessions", "cdrs"))
        strangers = service.tokens | {"cpo-c": service.tokens["emsp-a"]}  # may see the modules, and push to none
        findings = judged(disturb(target, strangers, tmp_path))
    assert {f.outcome for f in findings} <= {Outcome.INCONCLUSIVE, Outcome.NOT_TESTED}


def test_messages_that_never_meet_prove_nothing(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        target = writing_target(service, CPO, modules=("tariffs",))
        slow = replace(target, limits=replace(target.limits, max_connections=1))
        findings = judged(disturb(slow, service.tokens, tmp_path))
    raced = [f for f in findings if f.check.startswith("ocpi-race-") and f.outcome is not Outcome.NOT_APPLICABLE]
    assert {f.outcome for f in raced} == {Outcome.INCONCLUSIVE}
    assert all("never under way at the same time" in f.message for f in raced)
