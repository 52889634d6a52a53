"""The registration scenario: what is sent, in which order, what stays, and that nobody sees a token."""

import asyncio
import json
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.gate.redaction import Redactor
from scanner.gate.sink import FileSink
from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    BootstrapTokenAtModule,
    CredentialsExchanged,
    CredentialsShown,
    DoubtfulPartnersTried,
    FormerTokenAfterRenewal,
    HalfwayRenewalsTried,
    PartiesClaimed,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.secret import Secret
from scanner.model.subject import EndpointSubject
from scanner.model.witness import Witness
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.credentials.troubles import Mishap
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.probes import PROBES
from scanner.probe import Focus
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.targets.registering import NEWCOMER, look, registering_service, registering_target

ONE_VERSION = ("2.2.1",)  # where nothing is said of versions; the whole scenario speaks all


def seen(facts, kind):
    return [o.result.fact for o in facts.of(kind) if isinstance(o.result, Seen)]


def why(facts, kind):
    return [o.result for o in facts.of(kind) if isinstance(o.result, Unavailable)]


class Interrupted:
    """The checkpoints of a run that came to some step before it was killed."""

    def kept(self, key):
        return "registered"

    def keep(self, key, value):
        return


def registered(service, target, folder, *, times=1, sinks=None, **more):
    """The scenario, run so many times one after the other on one gate; the facts of the last."""

    async def run():
        tokens = {i.name: service.tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=tokens, sinks=sinks) as opened:
            await opened.run(DiscoveryProbe())
            contexts = [replace(opened.context(Witness.PROTOCOL), **more) for _ in range(times)]
            for context in contexts:
                await RegistrationProbe(after=()).run(context)
            for observation in contexts[-1].record.observations:
                opened.facts.record(observation)
            return opened.facts

    return asyncio.run(run())


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """One whole scenario: the facts, the folder, what the service wrote down, and its tokens."""
    folder = tmp_path_factory.mktemp("run")
    with registering_service() as service:
        target = registering_target(service)
        facts = registered(service, target, folder)
        return facts, folder, list(service.events), target, dict(service.tokens)


def test_the_platform_registers_renews_and_ends_exactly_as_often_as_was_meant(once):
    events = [e["outcome"] for e in once[2] if e["event"] == "data_change" and e.get("module") == "credentials"]
    assert events == ["registered", *["renewed"] * 6, "unregistered"]


def test_every_version_is_renewed_doubted_and_claimed_in(once):
    for kind in (CredentialsExchanged, DoubtfulPartnersTried, PartiesClaimed):
        versions = [o.key.subject.version for o in once[0].of(kind) if o.key.subject.method == "PUT"]
        assert sorted(versions) == ["2.1.1", "2.2.1", "2.3.0"]
    assert len(seen(once[0], DoubtfulPartnersTried)[0].tried) == 7
    (halfway,) = seen(once[0], HalfwayRenewalsTried)
    assert len({(one.step, one.way) for one in halfway.tried}) == len(halfway.tried) == 2 * len(Mishap)
    assert all(one.reached and one.token_lives for one in halfway.tried)
    assert [len(fact.claims) for fact in seen(once[0], PartiesClaimed)] == [2, 2, 2]
    assert not any(fact.left_out for fact in seen(once[0], PartiesClaimed))


def test_the_partner_s_server_is_called_with_the_token_that_was_handed_out_last(once):
    calls = [entry for entry in read_journal(once[1] / FILE_NAME) if entry["kind"] == "call"]
    assert calls
    assert {entry["shown"] for entry in calls} == {"the token that was handed out last"}
    assert all(fact.with_our_token == 2 * fact.times for fact in seen(once[0], CredentialsExchanged))


def test_no_token_stands_in_facts_evidence_or_journal(once):
    facts, folder, _, _, tokens = once
    written = [path for path in folder.rglob("*") if path.is_file() and "sinks" not in path.parts]
    text = "".join(path.read_text() for path in written) + repr([*facts])
    sinks = [path.read_text().strip() for path in (folder / "sinks").iterdir()]
    assert len(sinks) == 2
    assert not [token for token in (*sinks, tokens["newcomer"]) if token in text]


def test_facts_come_back_from_the_journal_as_they_were(tmp_path):
    with registering_service(versions=ONE_VERSION) as service:
        facts = look(registering_target(service), service.tokens, tmp_path)
    redactor = Redactor([Secret(token) for token in service.tokens.values()])
    kinds: tuple[type[object], ...] = (CredentialsShown, BootstrapTokenAtModule, *RegistrationProbe(after=()).provides)
    for kind in kinds:
        assert seen(facts, kind), kind
        for observation in facts.of(kind):
            masked = redactor.document(json.loads(json.dumps(observation_to_json(observation))))
            assert isinstance(masked, dict)
            assert observation_from_json(masked) == observation


def test_nothing_is_sent_that_the_dry_run_did_not_announce(once):
    _, folder, _, target, _ = once
    (exchanges, _) = [line for line in RegistrationProbe(after=()).plan(target) if line.identity == "newcomer"]
    sent = [
        entry
        for entry in read_journal(folder / FILE_NAME)
        if entry["kind"] == "intent" and entry["effect"] == Effect.REGISTRATION and "method" in entry
    ]
    assert exchanges.at_least <= len(sent) <= exchanges.at_most
    assert {entry["identity"] for entry in sent} == {"newcomer"}
    assert "ENDS THE REGISTRATION" in exchanges.what
    assert sent[-1]["method"] == "DELETE"


def test_after_the_end_nothing_is_left_behind(once):
    assert left_behind(read_journal(once[1] / FILE_NAME)) == ()


def test_a_registration_that_may_not_be_ended_is_left_and_cannot_be_taken_back(tmp_path):
    with registering_service(versions=ONE_VERSION) as service:
        target = registering_target(service, replace(NEWCOMER, unregister=False))
        registered(service, target, tmp_path)
        events = [e["outcome"] for e in service.events if e.get("module") == "credentials" and "outcome" in e]
    (left,) = left_behind(read_journal(tmp_path / FILE_NAME))
    assert not left.leftover.removable
    assert "unregistered" not in events


def test_an_identity_that_is_registered_already_is_renewed_and_never_posted_for(tmp_path):
    with registering_service(versions=ONE_VERSION) as service:
        target = registering_target(service, replace(NEWCOMER, unregister=False))
        facts = registered(service, target, tmp_path, times=2)
        changes = [e["outcome"] for e in service.events if e.get("module") == "credentials" and "outcome" in e]
    assert changes.count("registered") == 1
    assert [reason.reason for reason in why(facts, BootstrapTokenAfterUse)] == [Reason.NOT_CONFIGURED]
    assert {o.key.subject.method for o in facts.of(WrongStateCall)} == {"POST"}
    assert seen(facts, FormerTokenAfterRenewal)
    assert seen(facts, TokensGiven)[0].sequence.repeated == 0


def test_a_resumed_run_says_what_the_interruption_cost(tmp_path):
    with registering_service(versions=ONE_VERSION) as service:
        target = registering_target(service, replace(NEWCOMER, bootstrap=False, name="emsp-b", unregister=False))
        target = replace(target, identities=target.identities[-1:])
        facts = registered(service, target, tmp_path, checkpoints=Interrupted())
    assert [reason.reason for reason in why(facts, BootstrapTokenAfterUse)] == [Reason.STOPPED]


def test_a_replay_of_another_identity_registers_nobody(tmp_path):
    with registering_service() as service:
        target = registering_target(service)
        subject = EndpointSubject(environment="test", endpoint="main")
        focus = Focus(subject=subject, identity="emsp-a", field_path="")
        facts = registered(service, target, tmp_path, focus=focus)
        assert not [e for e in service.events if e["event"] == "data_change"]
    assert not seen(facts, CredentialsExchanged)


def test_with_a_sink_that_cannot_be_written_nothing_is_started(tmp_path):
    (tmp_path / "a-file").write_text("in the way")
    with registering_service((), ("2.2.1",)) as service:
        sinks = {"newcomer": FileSink(tmp_path / "a-file" / "token")}
        facts = registered(service, registering_target(service), tmp_path, sinks=sinks)
        assert not [e for e in service.events if e["event"] in {"data_change", "handshake"}]
    sent = [e for e in read_journal(tmp_path / FILE_NAME) if e["kind"] == "intent" and "method" in e]
    assert {entry["effect"] for entry in sent} == {Effect.READ}
    assert all("a-file/token" in reason.detail for reason in why(facts, CredentialsExchanged))
    assert why(facts, CredentialsExchanged)


def test_a_partner_server_that_cannot_be_opened_is_said(tmp_path):
    with registering_service() as service:
        target = registering_target(service)
        server = target.partner_server
        assert server is not None
        target = replace(target, partner_server=replace(server, key_file=tmp_path / "missing.pem"))
        facts = registered(service, target, tmp_path)
    reasons = {(r.reason, "partner_server" in r.detail) for r in why(facts, CredentialsExchanged)}
    assert reasons == {(Reason.CONTROL_FAILED, True)}


def test_a_platform_that_is_not_let_back_is_told_from_one_that_is_silent(tmp_path):
    """The service trusts other certificates only: it calls, and hangs up."""
    with registering_service() as service, registering_service() as other:
        chain, key = other.folder.server
        target = registering_target(service)
        assert target.partner_server is not None
        server = replace(target.partner_server, certificate_file=chain, key_file=key)
        facts = registered(service, replace(target, partner_server=server), tmp_path)
    (post,) = [r for o, r in ((o, o.result) for o in facts.of(CredentialsExchanged)) if o.key.subject.method == "POST"]
    assert post.reason is Reason.CONTROL_FAILED
    assert "OCPI status 3001" in post.detail
    assert "called 0 times" in post.detail


def test_registration_comes_after_everybody_whose_token_it_replaces():
    (probe,) = [probe for probe in PROBES if probe.name == "ocpi-registration"]
    others = {p.name for p in PROBES} - {probe.name}
    partners = {"ocpi-callbacks", "ocpi-invitation", "ocpi-sent-commands"}  # these are called by the platform, too
    later = {*partners, "ocpi-revocation", "ocpi-stress", "ocpi-token-guessing"}
    assert {name for name in others if name not in probe.after} == others & later
