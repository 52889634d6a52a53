"""The smallest message that a receiver treats wrongly stands in the fact, and a person can send it again."""

import asyncio
import base64
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.mutation import MutantExample, MutantsTreated, Treatment
from scanner.model.observation import Seen
from scanner.model.party import Identity, Party, Role
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.mutation.probe import MutationProbe
from scanner.ocpi.mutation.shrinking import wrongly_treated
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.odd_receivers import TOKEN, Manners, OddReceiver, crash, drop, odd_receiver
from tests.targets.reference_service import running_service

# Token of OCPI 2.2.1: properties of cardinality 1.
REQUIRED = {
    "country_code",
    "party_id",
    "uid",
    "type",
    "contract_id",
    "issuer",
    "valid",
    "whitelist",
    "last_updated",
}


def look(manners: Manners, folder: Path, most: int) -> tuple[dict[str, MutantsTreated], OddReceiver, int]:
    """What the probe says of each method, the receiver, and how many requests went out."""

    async def run() -> tuple[dict[str, MutantsTreated], OddReceiver, int]:
        async with (
            odd_receiver(folder, manners) as receiver,
            open_gate(receiver.target(replace(FAST, max_requests=most)), folder, tokens={"emsp-a": TOKEN}) as gate,
        ):
            facts = await gate.run(DiscoveryProbe(), MutationProbe())
            found = {
                o.key.subject.coordinates()["method"]: o.result.fact
                for o in facts.of(MutantsTreated)
                if isinstance(o.result, Seen)
            }
            return found, receiver, gate.gate.requests_sent

    return asyncio.run(run())


def examples(fact: MutantsTreated, treatment: Treatment) -> list[MutantExample]:
    return [t.example for group in fact.groups for t in group.treated if t.treatment is treatment]


@pytest.fixture(scope="module")
def crashing(tmp_path_factory):
    return look(Manners(wrong=crash), tmp_path_factory.mktemp("crashing"), 3000)


def test_nothing_optional_is_left_but_what_was_changed(crashing):
    wrong = examples(crashing[0]["PUT"], Treatment.SERVER_ERROR)
    shrunk = [e for e in wrong if e.smallest is not None and ":/" in e.mutant]  # of one property, so JSON
    assert len(shrunk) >= 4
    for example in shrunk:
        changed = example.mutant.partition(":/")[2].partition("#")[0].partition("/")[0]
        assert example.smallest is not None
        assert set(json.loads(example.smallest)) <= REQUIRED | {changed}, example.mutant


def test_the_smallest_message_is_treated_in_the_same_way_again(crashing):
    facts, receiver, _ = crashing
    token = base64.b64encode(TOKEN.encode()).decode()
    for example in examples(facts["PUT"], Treatment.SERVER_ERROR):
        if example.smallest is not None:
            assert receiver.answer("PUT", "/tokens/DE/VLT/X", token, example.smallest.encode())[0] == 500


def test_the_command_repeats_the_smallest_message(crashing):
    for example in examples(crashing[0]["PUT"], Treatment.SERVER_ERROR):
        if example.smallest is not None:
            words = shlex.split(example.curl)
            assert words[words.index("--data-binary") + 1] == example.smallest
            assert TOKEN not in example.curl


def test_each_rule_is_shrunk_once_and_those_beyond_the_bounds_are_named(crashing):
    fact = crashing[0]["PUT"]
    shrunk = {group.rule for group in fact.groups for t in group.treated if t.example.smallest is not None}
    assert 10 <= len(shrunk) <= 12
    assert fact.not_shrunk
    assert not shrunk & set(fact.not_shrunk)


def test_a_patch_is_as_small_as_it_can_be(crashing):
    fact = crashing[0]["PATCH"]
    assert examples(fact, Treatment.SERVER_ERROR)
    assert all(example.smallest is None for example in examples(fact, Treatment.SERVER_ERROR))
    assert fact.not_shrunk == ()


def test_a_small_budget_ends_it_and_the_fact_says_so(tmp_path):
    facts, _, sent = look(Manners(wrong=crash), tmp_path, 140)
    fact = facts["PUT"]
    assert sum(e.smallest is not None for e in examples(fact, Treatment.SERVER_ERROR)) <= 2
    assert fact.not_shrunk
    assert sent <= 140


def test_where_nothing_is_treated_wrongly_nothing_is_asked(tmp_path):
    async def run() -> list[MutantsTreated]:
        with running_service() as service:
            own = Party(country_code="DE", party_id="VLT")
            identity = Identity(name="emsp-a", party=own, role=Role.EMSP, disposable=True)
            target = loopback_target(
                service.versions_url,
                ca_file=service.ca_path,
                identities=[identity],
                limits=replace(FAST, max_requests=900),
            )
            target = replace(target, mode=Mode.EXERCISE, allow=frozenset({Effect.LASTING}))
            async with open_gate(target, tmp_path, tokens={"emsp-a": service.tokens["emsp-a"]}) as gate:
                facts = await gate.run(DiscoveryProbe(), MutationProbe())
                return [o.result.fact for o in facts.of(MutantsTreated) if isinstance(o.result, Seen)]

    facts = asyncio.run(run())
    assert sum(fact.sent for fact in facts) > 200
    assert [list(wrongly_treated(fact.groups)) for fact in facts] == [[]] * len(facts)
    assert all(fact.not_shrunk == () for fact in facts)
    assert not any(t.example.smallest for fact in facts for group in fact.groups for t in group.treated)


def test_connections_that_are_dropped_do_not_end_the_shrinking(tmp_path):
    facts, receiver, _ = look(Manners(wrong=drop), tmp_path, 1500)
    assert receiver.alive
    assert any(e.smallest for e in examples(facts["PUT"], Treatment.DROPPED))
