"""Writes without a valid token: what the table says of each fault, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults import FAULTS, open_writes
from scanner.model.effect import Mode
from tests.targets.reference_service import running_service
from tests.targets.stranger_runs import CHECKS, findings_with, judged, knock
from tests.targets.transition_runs import CPO, EMSP, failing, writing_target

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "strangers.yaml").read_text())
VERSIONS = {"2.1.1", "2.2.1", "2.3.0"}
MODULES = {"locations", "tariffs", "sessions", "cdrs", "tokens"}


def places(findings):
    return {(f.subject.coordinates()["version"], f.subject.coordinates()["module"]) for f in findings}


def test_every_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


def test_the_table_names_every_fault_of_open_writes():
    assert {fault.name for fault in open_writes.FAULTS} <= EXPECTED.keys() <= FAULTS.keys()


def test_every_module_of_every_version_of_the_hardened_service_passes():
    findings = findings_with()
    assert {f.outcome for f in findings} == {Outcome.PASS}, [f.message for f in findings]
    assert places(findings) == {(version, module) for version in VERSIONS for module in MODULES}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_at_every_module_of_every_version(fault):
    findings = findings_with(fault)
    assert failing(findings) == EXPECTED[fault]
    assert {f.outcome for f in findings} == {Outcome.FAIL}
    assert places(findings) == {(version, module) for version in VERSIONS for module in MODULES}
    assert all(f.evidence and f.reproduce for f in findings)


def test_what_is_said_names_the_methods_and_who_wrote():
    said = {f.subject.coordinates()["module"]: f.message for f in findings_with("writes-without-token")}
    assert all("with no token took effect" in message for message in said.values())
    assert "DELETE with no token took effect (HTTP 200, OCPI status 1000)" in said["tariffs"]
    other = [f.message for f in findings_with("writes-with-any-token")]
    assert not [message for message in other if "no token" in message]
    assert all("a wrong token took effect" in message for message in other)


def test_a_reader_is_told_that_nothing_was_written(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        findings = judged(knock(writing_target(service, mode=Mode.OBSERVE), service.tokens, tmp_path))
    assert {f.outcome for f in findings} == {Outcome.NOT_TESTED}


def test_nothing_is_decided_where_no_valid_object_is_accepted(tmp_path):
    with running_service(versions=("2.2.1",), faults=("agreed-push-closed",)) as service:
        target = writing_target(service, EMSP, modules=("tokens",))
        (finding,) = judged(knock(target, service.tokens, tmp_path))
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "a valid Token was not accepted" in finding.message


def test_writes_that_the_refusal_budget_keeps_back_leave_it_undecided_and_say_what_lets_them_out(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        target = writing_target(service, CPO, modules=("tariffs",))
        small = replace(target, limits=replace(target.limits, max_refusals=8))
        (finding,) = judged(knock(small, service.tokens, tmp_path))
    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "5 of 6 were not sent" in finding.message
    assert "with --max-refusals " in finding.message
