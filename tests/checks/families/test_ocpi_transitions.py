"""Each fault of a lifecycle: what its table says, and nothing else."""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults import FAULTS, transitions
from scanner.model.effect import Mode
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import (
    CHECKS,
    CPO,
    TOGETHER,
    failing,
    findings_with,
    judged,
    together,
    walk,
    writing_target,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "transitions.yaml").read_text())
VERSIONS = {"2.1.1", "2.2.1", "2.3.0"}
PASSING = {Outcome.PASS, Outcome.NOT_APPLICABLE}


def red(fault, check):
    return [f for f in findings_with(fault) if f.outcome is Outcome.FAIL and f.check == check]


def test_every_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


def test_the_table_names_every_fault_of_a_lifecycle():
    assert {fault.name for fault in transitions.FAULTS} <= EXPECTED.keys() <= FAULTS.keys()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_service_in_every_version_that_it_speaks_of(check):
    findings = [f for f in findings_with() if f.check == check.id]
    assert {f.outcome for f in findings} <= PASSING, [f.message for f in findings if f.outcome not in PASSING]
    passed = {f.subject.coordinates().get("version") for f in findings if f.outcome is Outcome.PASS}
    without = {"ocpi-transition-credit": {"2.1.1"}}.get(check.id, set())
    assert passed == ({None} if check.id == "ocpi-transition-alike" else VERSIONS - without)


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_is_found_and_nothing_beside_its_table(fault):
    rows = [EXPECTED[one] for one in together(fault)]
    assert failing(findings_with(*together(fault))) == sorted({check for row in rows for check in row})


def test_faults_that_are_looked_at_together_share_no_check():
    for faults in TOGETHER:
        checks = [check for fault in faults for check in EXPECTED[fault]]
        assert len(checks) == len(set(checks)), faults
    everyone = [fault for faults in TOGETHER for fault in faults]
    assert len(everyone) == len(set(everyone))


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(fault for faults in TOGETHER for fault in faults))
def test_a_fault_alone_turns_exactly_the_checks_of_the_table_red(fault):
    assert failing(findings_with(fault)) == EXPECTED[fault]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_a_fault_that_turns_it_red(check):
    assert any(check.id in checks for checks in EXPECTED.values())


def test_a_session_that_is_opened_again_is_named_step_by_step_with_a_way_to_repeat_it():
    findings = red("session-reopened", "ocpi-transition-ended-session")
    assert {"COMPLETED-patch-ACTIVE", "COMPLETED-put-COMPLETED"} <= {f.field_path for f in findings}
    assert {f.subject.coordinates()["version"] for f in findings} == VERSIONS
    assert all(f.evidence and f.identity == "cpo-c" and (f.reproduce or "").startswith("curl ") for f in findings)


def test_a_version_that_is_laxer_than_the_others_is_named():
    (finding, *_) = red("session-reopened-in-one-version", "ocpi-transition-alike")
    assert "taken by 2.1.1 sessions, and refused elsewhere" in finding.message


def test_a_second_record_of_one_cdr_is_found_in_every_version():
    findings = red("cdr-duplicated", "ocpi-repetition-once")
    assert {(f.subject.coordinates()["version"], f.field_path) for f in findings} == {
        (version, kind) for version in VERSIONS for kind in ("same-post", "same-post-same-ids")
    }


def test_a_reader_is_told_that_nothing_was_tried(tmp_path):
    with running_service() as service:
        findings = judged(walk(writing_target(service, mode=Mode.OBSERVE), service.tokens, tmp_path))
    assert {f.outcome for f in findings} == {Outcome.NOT_TESTED}


def test_what_stays_is_not_written_without_leave_and_what_goes_is(tmp_path):
    with running_service() as service:
        target = writing_target(service, CPO, allow=frozenset())
        findings = judged(walk(target, service.tokens, tmp_path))
    by_module: defaultdict[str, set[Outcome]] = defaultdict(set)
    for finding in findings:
        by_module[finding.subject.coordinates().get("module", "")].add(finding.outcome)
    assert by_module["tariffs"] <= {*PASSING, Outcome.INCONCLUSIVE}
    assert Outcome.PASS in by_module["tariffs"]
    assert all(by_module[module] == {Outcome.NOT_TESTED} for module in ("sessions", "cdrs"))


def test_nothing_is_decided_where_no_valid_object_is_accepted():
    with running_service() as service, TemporaryDirectory() as folder:
        target = writing_target(service, CPO, modules=("sessions", "cdrs"))
        strangers = service.tokens | {"cpo-c": service.tokens["emsp-a"]}  # may see the modules, and push to none
        findings = judged(walk(target, strangers, Path(folder)))
    assert {f.outcome for f in findings} <= {Outcome.INCONCLUSIVE, Outcome.NOT_TESTED}
