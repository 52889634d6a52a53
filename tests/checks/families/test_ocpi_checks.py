from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults import FAULTS as SERVICE_FAULTS
from infra.service.faults import certificates, contract, transport
from scanner.model.party import Grant, Right
from scanner.model.severity import Severity
from scanner.model.subject import Side
from tests.checks.families.service_fault_runs import protocol_findings, together
from tests.targets.odd_platforms import FAULTY, HOSTILE, ODD, TOKEN, running_platform
from tests.targets.protocol_runs import (
    CHECKS,
    ODD_CONTRACT,
    checks_with,
    findings_of,
    look,
    odd_findings,
)

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "protocol.yaml").read_text())
OF_TLS = {fault.name for fault in (*transport.FAULTS, *certificates.FAULTS)}
# Each with a table of its own.
OF_WRITING = {fault.name for fault in contract.FAULTS} | {f.name for f in SERVICE_FAULTS.values() if f.by_writing}
# The reference service links nothing inside its objects; the odd platform "plaintext-image" is what shows this check.
NOTHING_TO_JUDGE = {"ocpi-transport-no-plaintext-object-url", "ocpi-inventory-no-test-data"}
# Some lists fit on one page, and objects of 2.1.1 name no party.
IN_PLACES = {
    "ocpi-pagination-chain-ends",
    "ocpi-schema-further-pages-valid",
    "ocpi-tenancy-own-objects-only",
    # A receiver of tokens gives none without an id.
    "ocpi-token-compared-whole",
    "ocpi-token-one-encoding",
    "ocpi-token-one-header",
    "ocpi-token-checked-on-every-request",
    "ocpi-token-replayed-read-harmless",
    "ocpi-token-speaks-for-its-own-party",
}
LEFT_OPEN = {"drops-connections": ["ocpi-token-checked-on-every-request"]}
IN_PRODUCTION = {"ocpi-inventory-no-test-data"}  # proven in a test of its own
REFUSING_OTHERWISE = {f"refuses-with-{status}" for status in (403, 404, 405, 200)}


def findings(fault):
    return odd_findings(fault) if fault in FAULTY else protocol_findings(fault)


def expected(fault):
    shown = (fault,) if fault in FAULTY else together(fault)
    return sorted({check for one in shown for check in EXPECTED.get(one, ())})


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == (SERVICE_FAULTS.keys() - OF_TLS - OF_WRITING) | FAULTY.keys()


def test_every_protocol_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == expected(fault)
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_the_hardened_service(check):
    outcomes = {f.outcome for f in protocol_findings() if f.check == check.id}
    if check.id in IN_PLACES:
        assert outcomes == {Outcome.PASS, Outcome.NOT_APPLICABLE}
    else:
        assert outcomes == ({Outcome.NOT_APPLICABLE} if check.id in NOTHING_TO_JUDGE else {Outcome.PASS})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_a_fault_that_turns_it_red(check):
    assert check.id in IN_PRODUCTION or any(check.id in checks for checks in EXPECTED.values())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize("server", ["not-http", "slow-drip", "silent-close"])
def test_every_check_admits_that_it_could_not_look(check, server):
    outcomes = {f.outcome for f in odd_findings(server) if f.check == check.id}
    alone = check.id == "ocpi-tenancy-kept-apart"  # the odd platforms have one partner
    assert outcomes == {Outcome.NOT_TESTED if alone else Outcome.INCONCLUSIVE}


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_odd_but_legitimate_platform_gives_no_alarm(name):
    red = {f.check for f in odd_findings(name) if f.outcome is Outcome.FAIL}
    assert red == ({"ocpi-access-refusal-status"} if name in REFUSING_OTHERWISE else set())
    assert checks_with(odd_findings(name), Outcome.INCONCLUSIVE) == LEFT_OPEN.get(name, [])


def test_the_status_of_a_refusal_is_a_lesser_finding():
    (check,) = (check for check in CHECKS if check.id == "ocpi-access-refusal-status")
    assert check.severity is Severity.LOW


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_nothing_passes_on_a_hostile_server(name):
    assert [(f.check, f.message) for f in odd_findings(name) if f.outcome is Outcome.PASS] == []


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_server_is_described_in_one_sentence(name):
    messages = [f.message for f in odd_findings(name) if f.check == "ocpi-contract-no-superseded-version"]
    assert len(messages) == 1
    assert "\n" not in messages[0]
    assert len(messages[0]) < 300


def test_without_a_contract_the_contract_checks_say_that_nobody_asked(tmp_path):
    with running_platform(ODD["plain"]) as platform:
        found = findings_of(look(platform.target(), {"emsp-a": TOKEN}, tmp_path))
    outcomes = {f.check: f.outcome for f in found if f.check.startswith("ocpi-contract-")}
    assert outcomes.pop("ocpi-contract-no-superseded-version") is Outcome.PASS
    assert outcomes.keys() == {
        "ocpi-contract-no-surplus-module",
        "ocpi-contract-dangerous-functions-off",
        "ocpi-contract-agreed-modules-offered",
    }
    assert set(outcomes.values()) == {Outcome.NOT_TESTED}


def test_commands_in_the_contract_need_an_end_date(tmp_path):
    commands = Grant(module="commands", side=Side.RECEIVER, rights=frozenset({Right.WRITE}))
    agreed = replace(ODD_CONTRACT, grants=(*ODD_CONTRACT.grants, commands))
    outcomes = {}
    for ends in (None, date(2099, 1, 1)):
        with running_platform(FAULTY["commands-offered"]) as platform:
            target = platform.target(contracts=(replace(agreed, ends=ends),))
            found = findings_of(look(target, {"emsp-a": TOKEN}, tmp_path))
        outcomes[ends] = {f.outcome for f in found if f.check == "ocpi-contract-dangerous-functions-off"}
    assert outcomes == {None: {Outcome.FAIL}, date(2099, 1, 1): {Outcome.PASS}}
