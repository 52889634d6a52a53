"""How long a token lives on after it was given up: what the policy allows, and every address behind the name."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from checks.model.verdict import Outcome
from infra.service import faults
from infra.service.faults.fault import Fault
from infra.service.faults.registration import remembering
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import FormerTokenAfterRenewal
from scanner.model.intent import HttpIntent
from scanner.model.observation import Seen
from scanner.model.target import TokenPolicy
from scanner.model.witness import Witness
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.loose_ends import hang_up
from tests.targets.registering import findings_of, look, registering_service, registering_target

FORMER = "ocpi-registration-former-token-dies"
RELAY = "127.0.0.9"  # from where the second address calls the service


def fault(monkeypatch, **how):
    """A fault of this test's own: the token before a renewal lives on in some way."""
    made = Fault(name="of-a-test", summary="lives on", wrap_authenticator=remembering(times=1, **how))
    monkeypatch.setattr(faults, "_LISTED", (made,))
    monkeypatch.setattr(faults, "FAULTS", {made.name: made})
    return (made.name,)


def outcomes(facts, check=FORMER):
    return {f.outcome for f in findings_of(facts) if f.check == check}


def former(facts):
    return [o.result.fact for o in facts.of(FormerTokenAfterRenewal) if isinstance(o.result, Seen)]


@pytest.mark.parametrize("overlap_s, outcome", [(5.0, Outcome.PASS), (0.2, Outcome.FAIL)])
def test_an_overlap_is_measured_and_held_against_the_agreed_one(tmp_path, monkeypatch, overlap_s, outcome):
    with registering_service(fault(monkeypatch, for_s=2.5), ("2.2.1",)) as service:
        policy = TokenPolicy(overlap_s=overlap_s, revoked_within_s=0.5)
        facts = look(replace(registering_target(service), token_policy=policy), service.tokens, tmp_path)
    assert outcome in outcomes(facts)
    assert (Outcome.FAIL in outcomes(facts)) is (outcome is Outcome.FAIL)
    for fact in former(facts):
        (place,) = fact.at
        times = [asked.after_s for asked in place.series]
        assert times == sorted(times)
    assert former(facts)[0].at[0].series[0].access is not Access.REFUSED


@asynccontextmanager
async def relay(port):
    """The second address: what comes to it goes on to the service, from an address of its own."""

    under_way: set[asyncio.Task[None]] = set()

    async def pump(reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def accept(reader, writer):
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        onward = await asyncio.open_connection("127.0.0.1", port, local_addr=(RELAY, 0))
        await asyncio.gather(pump(reader, onward[1]), pump(onward[0], writer), return_exceptions=True)

    server = await asyncio.start_server(accept, "127.0.0.2", port)
    try:
        yield
    finally:
        await hang_up(server)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def looked_at_addresses(service, target, folder, *, answering):
    async def run():
        tokens = {i.name: service.tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=tokens) as opened:
            opened.gate.addresses.pinned["localhost"] = ("127.0.0.1", "127.0.0.2")
            if not answering:
                await opened.run(DiscoveryProbe(), RegistrationProbe(after=()))
                return opened.facts
            async with relay(urlsplit(service.versions_url).port):
                await opened.run(DiscoveryProbe(), RegistrationProbe(after=()))
        return opened.facts

    return asyncio.run(run())


def test_a_node_behind_the_second_address_that_keeps_the_token_is_found_and_named(tmp_path, monkeypatch):
    deaf = fault(monkeypatch, where=lambda request: request.client.host == RELAY)
    with registering_service(deaf, ("2.2.1",)) as service:
        facts = looked_at_addresses(service, registering_target(service), tmp_path, answering=True)
    found = [f for f in findings_of(facts) if f.check == FORMER]
    assert {f.outcome for f in found} == {Outcome.FAIL}
    assert all("127.0.0.2" in f.message and f.population.examined == 2 for f in found)
    assert all(fact.at[0].series[0].access is Access.REFUSED for fact in former(facts))


def test_an_address_that_does_not_answer_is_counted_and_not_called_clean(tmp_path):
    with registering_service((), ("2.2.1",)) as service:
        facts = looked_at_addresses(service, registering_target(service), tmp_path, answering=False)
    assert {fact.unreached for fact in former(facts)} == {("127.0.0.2",)}
    found = [f for f in findings_of(facts) if f.check == FORMER]
    assert {(f.outcome, f.population.examined, f.population.of) for f in found} == {(Outcome.PASS, 1, 2)}


def test_no_address_of_another_name_is_asked(tmp_path):
    with registering_service((), ("2.2.1",)) as service:
        target = registering_target(service)
        intent = HttpIntent(
            effect=Effect.READ,
            environment="test",
            probe="test",
            purpose="ask elsewhere",
            method="GET",
            url=service.versions_url,
            address="192.0.2.1",
        )

        async def run():
            async with open_gate(target, tmp_path) as opened:
                return await opened.context(Witness.PROTOCOL).gate.http(intent)

        assert "192.0.2.1 is no address of localhost" in asyncio.run(run()).detail
