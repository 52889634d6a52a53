"""The credentials module: each fault is found by its checks and no other, the hardened service is clean.

Several faults are looked at in one run; `make verify` shows each alone.
"""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults import half_way, new_tokens, partner_claims, registration
from scanner.model.effect import Mode
from tests.targets.protocol_runs import checks_with
from tests.targets.registering import (
    CHECKS,
    NEWCOMER,
    TOGETHER,
    findings_of,
    findings_of_two,
    look,
    registering_findings,
    registering_service,
    registering_target,
    together,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "credentials.yaml").read_text())
FAULTS = {fault.name for fault in (*registration.FAULTS, *half_way.FAULTS, *new_tokens.FAULTS, *partner_claims.FAULTS)}
VERSIONS = {"2.1.1", "2.2.1", "2.3.0"}
OF_TWO = "ocpi-registration-token-kept-from-others"  # it takes a second partner
IN_EVERY_VERSION = {
    "ocpi-credentials-own-token-only",
    "ocpi-credentials-bootstrap-opens-no-module",
    "ocpi-registration-token-fresh",
    "ocpi-registration-token-works",
    "ocpi-registration-partner-fetched",
    "ocpi-registration-bootstrap-token-dies",
    "ocpi-registration-former-token-dies",
    "ocpi-registration-end-is-final",
    "ocpi-registration-partner-verified",
    "ocpi-registration-failed-renewal-harmless",
    "ocpi-registration-parties-verified",
}


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == FAULTS


def test_every_check_is_in_the_catalogue_and_has_a_fault():
    assert set(CHECKS) <= set(CATALOG)
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    of_two = EXPECTED[fault] == [OF_TWO]
    found = findings_of_two(fault) if of_two else registering_findings(*together(fault))
    red = [f for f in found if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == sorted({check for one in together(fault) for check in EXPECTED[one]})
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_faults_that_are_looked_at_together_share_no_check():
    for faults in TOGETHER:
        checks = [check for fault in faults for check in EXPECTED[fault]]
        assert len(checks) == len(set(checks)), faults
    everyone = [fault for faults in TOGETHER for fault in faults]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) <= EXPECTED.keys()


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(fault for faults in TOGETHER for fault in faults))
def test_a_fault_alone_turns_exactly_the_checks_of_the_table_red(fault):
    assert checks_with(registering_findings(fault), Outcome.FAIL) == EXPECTED[fault]


@pytest.mark.parametrize("check", [c for c in CHECKS if c.id != OF_TWO], ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_service(check):
    found = [f for f in registering_findings() if f.check == check.id]
    # A module that has no list answers 404 whoever asks.
    allowed = {Outcome.PASS, Outcome.NOT_APPLICABLE} if "opens-no-module" in check.id else {Outcome.PASS}
    assert {f.outcome for f in found} == allowed
    passed = {f.subject.coordinates().get("version") for f in found if f.outcome is Outcome.PASS}
    assert check.id not in IN_EVERY_VERSION or passed >= VERSIONS


def test_a_token_is_seen_kept_from_others_where_two_partners_register():
    found = [f for f in findings_of_two() if f.check == OF_TWO]
    assert {(f.identity, f.outcome) for f in found} == {
        ("newcomer", Outcome.NOT_TESTED),  # before anybody else had given the platform a token
        ("emsp-e", Outcome.PASS),
    }
    assert not [f for f in findings_of_two() if f.outcome is Outcome.FAIL]


def test_a_step_that_the_platform_never_came_to_decides_nothing():
    found = [f for f in registering_findings("partner-not-fetched") if f.check == "ocpi-registration-halfway-harmless"]
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("never came to where our side fails" in f.message for f in found)


def test_a_lock_out_ends_the_scenario_and_names_the_sink_and_the_way_back():
    found = registering_findings("slow-partner-locked-out")
    ended = [f for f in found if f.check == "ocpi-registration-parties-verified"]
    assert {f.outcome for f in ended} == {Outcome.INCONCLUSIVE}
    assert all("sinks/newcomer" in f.message and "new CREDENTIALS_TOKEN_A" in f.message for f in ended)


def test_what_is_not_permitted_is_not_tested_and_nothing_is_sent(tmp_path):
    with registering_service() as service:
        target = replace(registering_target(service), mode=Mode.OBSERVE, allow=frozenset())
        found = findings_of(look(target, service.tokens, tmp_path))
        changes = [e for e in service.events if e["event"] in {"data_change", "handshake"}]
    registering = {f.outcome for f in found if f.check.startswith("ocpi-registration-")}
    assert registering == {Outcome.NOT_TESTED}
    assert not changes
    reading = {f.outcome for f in found if f.check.startswith("ocpi-credentials-")}
    assert reading == {Outcome.PASS, Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("missing", ["partner_server", "sink"])
def test_without_the_means_nothing_is_tested(tmp_path, missing):
    with registering_service() as service:
        target = registering_target(service)
        if missing == "partner_server":
            target = replace(target, partner_server=None)
        else:
            target = registering_target(service, replace(NEWCOMER, has_sink=False))
        found = findings_of(look(target, service.tokens, tmp_path))
    registering = [f for f in found if f.check.startswith("ocpi-registration-")]
    assert {f.outcome for f in registering} == {Outcome.NOT_TESTED}
    assert all(missing in f.message for f in registering)


def test_a_platform_that_cannot_be_reached_is_inconclusive(tmp_path):
    with registering_service() as service:
        target = registering_target(service)
        (endpoint,) = target.endpoints
        gone = "https://localhost:1/ocpi/versions"
        origin = replace(endpoint.origin, port=1)
        target = replace(target, endpoints=(replace(endpoint, versions_url=gone, origin=origin),))
        found = findings_of(look(target, service.tokens, tmp_path))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert {f.check for f in found} == {check.id for check in CHECKS}


def test_an_end_that_nobody_asked_for_is_not_made(tmp_path):
    with registering_service() as service:
        target = registering_target(service, replace(NEWCOMER, unregister=False))
        found = findings_of(look(target, service.tokens, tmp_path))
        changes = [e["outcome"] for e in service.events if e.get("module") == "credentials" and "outcome" in e]
    assert {f.outcome for f in found if f.check == "ocpi-registration-end-is-final"} == {Outcome.NOT_TESTED}
    assert "unregistered" not in changes
    assert changes[0] == "registered"
