"""The hostile partner and the means that it lacks, and what it leaves."""

import asyncio
import socket
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.ocpi.credentials import BootstrapTokenAfterUse
from scanner.model.facts.ocpi.rogue import ROGUE_FACTS, BadCertificatesShown, BrokenAnswersGiven, InwardUrlsOffered
from scanner.model.observation import Reason, Seen
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.probes import PROBES
from scanner.ocpi.rogue.probe import RogueProbe
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.targets.hostile_partner import PARTNER_DRIPS_S, hostile_target, look, service_of


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """A run whose second port is somebody else's."""
    folder = tmp_path_factory.mktemp("run")
    with service_of(folder) as service, socket.create_server(("127.0.0.1", 0)) as other:
        target = hostile_target(service)
        assert target.partner_server is not None
        server = replace(target.partner_server, second_port=other.getsockname()[1])
        target = replace(target, partner_server=server)
        return look(target, service.tokens, folder), folder, target, dict(service.tokens), list(service.events)


def result(facts, kind):
    (observation,) = facts.of(kind)
    return observation.result


def test_a_second_port_that_is_taken_costs_what_needs_it_and_says_so(taken):
    for kind in (BadCertificatesShown, InwardUrlsOffered):
        assert result(taken[0], kind).reason is Reason.CONTROL_FAILED
        assert "in use" in result(taken[0], kind).detail
    assert isinstance(result(taken[0], BrokenAnswersGiven), Seen)


def test_a_sound_platform_is_not_registered_with_and_every_request_is_known_to_cleanup(taken):
    changes = [e for e in taken[4] if e["event"] == "data_change"]
    assert not changes
    entries = list(read_journal(taken[1] / FILE_NAME))
    assert not left_behind(entries)
    sent = [e for e in entries if e.get("effect") == "registration" and "method" in e]
    assert sent
    assert all(entry["leaves"] for entry in sent)
    (planned,) = RogueProbe(after=()).plan(taken[2])
    assert planned.at_least <= len(sent) <= planned.at_most


def test_no_token_stands_in_what_is_written(taken):
    written = [p for p in taken[1].rglob("*") if p.is_file() and not {"sinks", "deployment"} & set(p.parts)]
    given = [(taken[1] / "sinks" / name).read_text() for name in ("newcomer",) if (taken[1] / "sinks" / name).exists()]
    secrets = [*taken[3].values(), *(text.strip() for text in given if text.strip())]
    assert written
    assert not [p for p in written if any(secret in p.read_text(errors="replace") for secret in secrets)]


def test_all_facts_are_answered_for(taken):
    assert RogueProbe(after=()).provides == set(ROGUE_FACTS)
    assert all(len(taken[0].of(kind)) == 1 for kind in ROGUE_FACTS)


def test_a_bootstrap_token_is_still_there_for_who_registers_next(tmp_path):
    """All is refused, so that the registration that comes after begins where it would have begun."""

    async def run(target, tokens):
        async with open_gate(target, tmp_path, tokens=tokens) as gate:
            return await gate.run(
                DiscoveryProbe(), RogueProbe(after=(), patience_s=PARTNER_DRIPS_S), RegistrationProbe(after=())
            )

    with service_of(tmp_path) as service:
        target = hostile_target(service)
        facts = asyncio.run(run(target, {i.name: service.tokens[i.name] for i in target.identities}))
    bootstrap = [o.result for o in facts.of(BootstrapTokenAfterUse)]
    assert bootstrap
    assert all(isinstance(one, Seen) for one in bootstrap)


def test_who_comes_after_everybody_else_but_before_registrations():
    names = [probe.name for probe in PROBES]
    registration = PROBES[names.index("ocpi-registration")]
    rogue = PROBES[names.index("ocpi-hostile-partner")]
    assert rogue.name in registration.after
    assert rogue.after >= {"ocpi-discovery"}
