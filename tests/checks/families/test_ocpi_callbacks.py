"""Results of commands at a named EVSE: each fault is found by its check and no other, the hardened service is clean."""

import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_callbacks import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome
from infra.service.faults import callbacks
from infra.service.modules import charge_point
from infra.service.outbound_https import HttpsClient
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.callbacks import CommandFollowed, CommandResultsSeen, ResultCame
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness
from tests.targets.called_back import (
    ALLOWED,
    COMMANDING,
    called_back_findings,
    calling_service,
    commanded_target,
    findings_of,
    look,
)
from tests.targets.protocol_runs import checks_with

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "callbacks.yaml").read_text())


def test_the_table_names_every_fault_and_every_check_has_one():
    assert EXPECTED.keys() == {fault.name for fault in callbacks.FAULTS}
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}
    assert set(CHECKS) <= set(CATALOG)


def test_every_check_passes_on_the_hardened_service():
    found = {f.check: f for f in called_back_findings()}
    assert found.keys() == {check.id for check in CHECKS}
    assert {f.outcome for f in found.values()} == {Outcome.PASS}
    assert found["ocpi-callback-url-of-the-partner"].population.examined == 7
    assert found["ocpi-callback-result-comes"].population.examined == 4


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in called_back_findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_where_no_result_comes_at_all_its_absence_elsewhere_shows_nothing():
    found = {f.check: f for f in called_back_findings("results-never-sent")}
    silent = found["ocpi-callback-url-of-the-partner"]
    assert silent.outcome is Outcome.INCONCLUSIVE
    assert "silence shows nothing" in silent.message


def test_a_platform_that_a_firewall_keeps_from_the_second_port_shows_nothing_by_its_silence_there(
    tmp_path, monkeypatch
):
    """It would send results anywhere, and cannot."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        blocked = taken.getsockname()[1]
    fetch = HttpsClient._fetch

    async def behind_a_firewall(client, method, url, headers, body):
        if urlsplit(url).port == blocked:
            raise ConnectionRefusedError
        return await fetch(client, method, url, headers, body)

    monkeypatch.setattr(HttpsClient, "_fetch", behind_a_firewall)
    with calling_service("results-sent-anywhere") as service:
        target = commanded_target(service)
        assert target.partner_server is not None
        target = replace(target, partner_server=replace(target.partner_server, second_port=blocked))
        found = {f.check: f for f in findings_of(look(target, service.tokens, tmp_path))}
    assert found["ocpi-callback-result-comes"].outcome is Outcome.PASS
    at_home = found["ocpi-callback-url-of-the-partner"]
    assert at_home.outcome is Outcome.INCONCLUSIVE
    assert "second port" in at_home.message


def test_a_platform_that_refuses_the_command_anyway_is_not_held_for_one_that_refuses_its_url(tmp_path, monkeypatch):
    monkeypatch.setattr(charge_point, "_CAPABILITY", {"UNLOCK_CONNECTOR": "NOBODY_HAS_IT"})
    with calling_service() as service:
        found = findings_of(look(commanded_target(service), service.tokens, tmp_path))
    outcomes = {f.check: f.outcome for f in found}
    assert outcomes["ocpi-callback-result-comes"] is Outcome.PASS  # of reservations
    assert outcomes["ocpi-callback-url-of-the-partner"] is Outcome.INCONCLUSIVE


@pytest.fixture(scope="module")
def untouched():
    """A service that nobody changes."""
    with calling_service() as service:
        yield service


@pytest.mark.parametrize(
    "lack, word",
    [
        ({"mode": Mode.OBSERVE}, "mode exercise"),
        ({"allow": ALLOWED - {Effect.REGISTRATION}}, "registration"),
        ({"allow": ALLOWED - {Effect.ACTUATE}}, "actuate"),
        ({"evses": frozenset()}, "evses"),
        ({"partner_server": None}, "partner_server"),
        ({"identities": (replace(COMMANDING, unregister=True),)}, "stays registered"),
    ],
)
def test_without_the_means_nothing_is_commanded(tmp_path, untouched, lack, word):
    target = replace(commanded_target(untouched), **lack)
    found = findings_of(look(target, untouched.tokens, tmp_path))
    assert not [e for e in untouched.events if e["event"] in {"command", "data_change", "handshake"}]
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all(word in f.message for f in found)


def test_an_evse_that_the_platform_does_not_show_is_not_commanded(tmp_path, untouched):
    target = replace(commanded_target(untouched), evses=frozenset({"NO-SUCH-EVSE"}))
    found = findings_of(look(target, untouched.tokens, tmp_path))
    assert not [e for e in untouched.events if e["event"] in {"command", "handshake"}]
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("NO-SUCH" not in f.message and "`evses`" in f.message for f in found)


def test_a_platform_that_cannot_reach_ours_is_inconclusive_in_all(tmp_path, untouched):
    """It trusts other certificates only, so the registration that would tell it of our platform is refused."""
    with calling_service() as service:
        target = commanded_target(service)
        chain, key = untouched.folder.server
        assert target.partner_server is not None
        server = replace(target.partner_server, certificate_file=chain, key_file=key)
        found = findings_of(look(replace(target, partner_server=server), service.tokens, tmp_path))
        assert not [e for e in service.events if e["event"] == "command"]
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}


def cancelled_again(asked, *came):
    first = Asked(command="CANCEL_RESERVATION", took=Took.ACCEPTED, http_status=200)
    done = ResultCame(after_s=0.1, with_our_token=True, result="ACCEPTED")
    again = tuple(ResultCame(after_s=0.1, with_our_token=True, result=result) for result in came)
    fact = CommandResultsSeen(
        followed=(
            CommandFollowed(asked=first, within_s=1.0, came=(done,)),
            CommandFollowed(asked=replace(first, **asked), within_s=1.0, came=again),
        ),
        calls=1,
    )
    subject = InterfaceSubject(environment="test", endpoint="main", module="commands")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    seen = Sighting(fact=fact, subject=subject, witness=Witness.PROTOCOL, identity="a", evidence=(ref,))
    check = next(check for check in CHECKS if check.id == "ocpi-callback-cancelled-once")
    (verdict,) = check.judge(Case(subject=subject, drivers=(seen,)))
    return verdict.outcome


@pytest.mark.parametrize(
    "asked, came, outcome",
    [
        ({"took": Took.REFUSED}, (), Outcome.PASS),
        ({"took": Took.OF_THE_MESSAGE}, (), Outcome.PASS),
        ({}, ("UNKNOWN_RESERVATION",), Outcome.PASS),
        ({}, ("ACCEPTED",), Outcome.FAIL),
        ({}, ("TIMEOUT",), Outcome.INCONCLUSIVE),
        ({}, ("FAILED",), Outcome.INCONCLUSIVE),
        ({}, (), Outcome.INCONCLUSIVE),
        ({"took": Took.FAILED, "http_status": 500}, (), Outcome.INCONCLUSIVE),
        ({"took": Took.UNREADABLE}, (), Outcome.INCONCLUSIVE),
        ({"took": Took.NOT_SENT, "http_status": None}, (), Outcome.INCONCLUSIVE),
        ({"took": Took.NOT_LET_IN, "http_status": 429}, (), Outcome.INCONCLUSIVE),
    ],
)
def test_only_a_refusal_shows_that_what_was_cancelled_cannot_be_cancelled_again(asked, came, outcome):
    assert cancelled_again(asked, *came) is outcome
