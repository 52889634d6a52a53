from pathlib import Path

import pytest
import yaml

from checks.model.verdict import Outcome
from scanner.model.facts.tls import TLS_FACTS
from tests.targets.tls_runs import CHECKS, tls_runs
from tests.targets.tls_servers import DOCUMENT_FAULTS, FAULTS

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "tls.yaml").read_text())
# Not applicable where nothing older than TLS 1.2 is spoken, and where nobody wants a client certificate.
CANNOT_PASS_ON_ONE_SERVER = {"tls-fallback-refused", "tls-mutual-strangers-kept-out"}
# With faults of their own: tests/checks/families/test_tls_mutual.py, tests/scanner/tls/test_probe.py
NOT_IN_THE_TABLE = {"tls-addresses-alike", "tls-mutual-strangers-kept-out"}


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == FAULTS.keys() | DOCUMENT_FAULTS.keys()


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red(fault):
    assert tls_runs().failing(fault) == EXPECTED[fault]


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_leaves_every_other_check_decided(fault):
    undecided = [f for f in tls_runs().findings[fault] if f.outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_TESTED}]
    assert undecided == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_server(check):
    outcomes = {f.outcome for f in tls_runs().findings["hardened"] if f.check == check.id}
    expected = {Outcome.NOT_APPLICABLE} if check.id in CANNOT_PASS_ON_ONE_SERVER else {Outcome.PASS}
    assert outcomes == expected


def test_the_fallback_check_passes_where_there_is_a_version_to_fall_back_to():
    found = [f for f in tls_runs().findings["old-version"] if f.check == "tls-fallback-refused"]
    assert [f.outcome for f in found] == [Outcome.PASS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_admits_that_an_unreachable_server_was_not_seen(check):
    outcomes = {f.outcome for f in tls_runs().findings["unreachable"] if f.check == check.id}
    assert outcomes == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("check", [c for c in CHECKS if c.id not in NOT_IN_THE_TABLE], ids=lambda check: check.id)
def test_every_check_has_a_fault_that_turns_it_red(check):
    assert any(check.id in checks for checks in EXPECTED.values())


def test_every_red_finding_names_the_evidence_and_what_to_do():
    red = [f for fault in EXPECTED for f in tls_runs().findings[fault] if f.outcome is Outcome.FAIL]
    assert all(f.evidence and f.remediation and f.source for f in red)


def test_findings_on_versions_suites_and_groups_name_the_profile():
    messages = [
        f.message for f in tls_runs().findings["hardened"] if f.check.endswith("-in-profile") or f.check == "tls-hsts"
    ]
    assert len(messages) == 4
    assert all("profile ocpi-2026-1" in message for message in messages)


def test_every_fact_of_the_witness_is_judged_or_chooses_the_profile():
    read = {need.fact for check in CHECKS for need in (check.looks_at, *check.joins)}
    assert set(TLS_FACTS) <= read
