"""A hostile partner: each fault of the service as a client is found by its checks and no other."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_client import CHECKS
from checks.model.verdict import Outcome
from infra.service.faults import partner_calls
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.facts.ocpi.rogue import InwardUrlsOffered, Played, Proof
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness
from tests.targets.hostile_partner import findings_of, hostile_findings, hostile_target, look, service_of
from tests.targets.judged import findings_from
from tests.targets.protocol_runs import checks_with
from tests.targets.registering import registering_service

OF_THE_TEST_CA = ("expired", "wrong-name", "wrong-usage", "weak-key")
EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "partner_calls.yaml").read_text())


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == {fault.name for fault in partner_calls.FAULTS}


def test_every_check_is_in_the_catalogue_and_has_a_fault():
    assert set(CHECKS) <= set(CATALOG)
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in hostile_findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_every_check_passes_on_the_hardened_service_with_all_its_scenarios():
    found = {f.check: f for f in hostile_findings()}
    assert found.keys() == {check.id for check in CHECKS}
    assert {f.outcome for f in found.values()} == {Outcome.PASS}
    assert not any("left out" in f.message for f in found.values())


def test_a_platform_that_cannot_reach_the_partner_is_inconclusive_in_all(tmp_path):
    """The service trusts other certificates only: it calls, and hangs up."""
    with service_of(tmp_path) as service, registering_service() as other:
        target = hostile_target(service)
        chain, key = other.folder.server
        assert target.partner_server is not None
        server = replace(target.partner_server, certificate_file=chain, key_file=key)
        found = findings_of(look(replace(target, partner_server=server), service.tokens, tmp_path))
    assert {f.check for f in found} == {check.id for check in CHECKS}
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("did not call a sound partner" in f.message and f.evidence for f in found)


def test_without_a_test_ca_and_an_inward_place_the_rest_is_played_and_what_is_left_out_is_said(tmp_path):
    with service_of(tmp_path) as service:
        target = hostile_target(service)
        assert target.partner_server is not None
        server = replace(target.partner_server, issuer_certificate_file=None, issuer_key_file=None)
        found = {
            f.check: f for f in findings_of(look(replace(target, partner_server=server), service.tokens, tmp_path))
        }
    certificates = found["ocpi-client-certificate-verified"]
    assert certificates.outcome is Outcome.PASS
    assert "2 of 5" in str(certificates.population)
    assert "expired" in certificates.message


def test_a_test_ca_that_the_platform_does_not_trust_leaves_open_what_else_is_wrong_with_its_certificates(tmp_path):
    """It hangs up on each of them, and would on a sound one."""
    with service_of(tmp_path) as service, registering_service() as other:
        target = hostile_target(service)
        assert target.partner_server is not None
        certificate, key = other.folder.issuing_ca
        server = replace(target.partner_server, issuer_certificate_file=certificate, issuer_key_file=key)
        found = findings_of(look(replace(target, partner_server=server), service.tokens, tmp_path))
    unclear = [f for f in found if f.outcome is Outcome.INCONCLUSIVE]
    assert {f.field_path for f in unclear} == {f"partner/{face}" for face in OF_THE_TEST_CA}
    assert all("does not trust that CA" in f.message for f in unclear)
    told = {f.check for f in unclear}
    assert told == {"ocpi-client-certificate-verified", "ocpi-client-transport-strong"}
    assert {f.outcome for f in found if f.check not in told} == {Outcome.PASS}


def _steered_inward(*answers, at_second=2):
    """Findings where each scenario's credentials were answered so, and the second listener was called as often."""
    sound = Played(scenario="sound", story="sound", proof=Proof.ASKED, answer=answers[0], knocks=1, asked=1)
    steered = tuple(
        Played(scenario=f"inward-{n}", story="inward", proof=Proof.ELSEWHERE, answer=answer, call_due=False)
        for n, answer in enumerate(answers)
    )
    fact = InwardUrlsOffered(controls=(sound,) * (1 + at_second), played=steered, left_out=(), broken_off=())
    subject = InterfaceSubject(environment="test", endpoint="main", version="2.2.1", module="credentials", method="PUT")
    key = FactKey(fact=InwardUrlsOffered, subject=subject, witness=Witness.PROTOCOL, identity="us")
    evidence = (EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json"),)
    facts = FactStore()
    facts.record(Observation(key=key, result=Seen(fact=fact, evidence=evidence)))
    return findings_from([check for check in CHECKS if check.id == "ocpi-client-not-steered-inward"], facts)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_credentials_that_were_turned_away_unread_show_nothing_of_an_inward_url(status):
    turned_away = Reacted(reaction=Reaction.REFUSED, http_status=status, ocpi_status=None, curl="curl x")
    read = replace(turned_away, http_status=200, ocpi_status=3001)
    assert [f.outcome for f in _steered_inward(read, read)] == [Outcome.PASS]
    (found,) = _steered_inward(read, turned_away)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "nobody looked at the URL" in found.message


@pytest.mark.parametrize("at_second, outcome", [(0, "inconclusive"), (1, "inconclusive"), (2, "pass")])
def test_the_silence_of_the_second_listener_counts_between_two_calls_at_it(at_second, outcome):
    read = Reacted(reaction=Reaction.REFUSED, http_status=200, ocpi_status=3001, curl="curl x")
    assert [f.outcome for f in _steered_inward(read, at_second=at_second)] == [Outcome(outcome)]


@pytest.mark.parametrize("lack", ["hostile", "registration"])
def test_nobody_is_hostile_who_was_not_told_to(tmp_path, lack):
    with service_of(tmp_path) as service:
        target = hostile_target(service)
        if lack == "hostile":
            assert target.partner_server is not None
            target = replace(target, partner_server=replace(target.partner_server, hostile=False))
        else:
            target = replace(target, allow=frozenset())
        found = findings_of(look(target, service.tokens, tmp_path))
        assert not [e for e in service.events if e["event"] in {"data_change", "handshake"}]
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all(lack in f.message for f in found)
