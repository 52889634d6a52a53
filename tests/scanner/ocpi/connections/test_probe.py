"""The connections probe beside its verdicts: what it leaves, what it says before, what it leaves alone."""

import asyncio
import json
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME
from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.connections import Disturbance, DisturbancesTried, Race, RacesTried, Returned
from scanner.model.observation import Reason
from scanner.ocpi.connections.probe import ConnectionsProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.probe import Focus
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import CPO, EMSP, writing_target


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as running:
        yield running


def disturbed(service, target, folder, *, focus=None):
    """What was seen, how many requests it took, and the journal."""

    async def run():
        tokens = {identity.name: service.tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=tokens) as gate:
            await gate.run(DiscoveryProbe())
            before = gate.gate.requests_sent
            context = replace(gate.context(ConnectionsProbe.witness), focus=focus)
            await ConnectionsProbe().run(context)
            for observation in context.record.observations:
                gate.facts.record(observation)
            return gate.facts, gate.gate.requests_sent - before

    facts, requests = asyncio.run(run())
    return facts, requests, [json.loads(line) for line in (folder / FILE_NAME).read_text().splitlines()]


def test_every_disturbance_and_every_race_of_a_module_is_tried_and_nothing_in_service_stays(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions", "tariffs"))
    facts, requests, journal = disturbed(service, target, tmp_path)
    for fact in facts_of(facts, DisturbancesTried):
        assert [one.disturbance for one in fact.disturbed] == list(Disturbance)
        assert {one.returned for one in fact.disturbed} == {Returned.ONCE}
    races = {fact.object_type: {one.race for one in fact.raced} for fact in facts_of(facts, RacesTried)}
    assert races == {"Session": {Race.PUTS, Race.PATCHES, Race.CHURN}, "Tariff": {Race.PUTS}}
    left = [one.leftover for one in left_behind(journal)]
    assert not [one.what for one in left if one.removable]
    assert {one.module for one in left} == {"sessions"}
    assert requests <= sum(line.at_most for line in ConnectionsProbe().plan(target))


def test_the_plan_names_who_writes_and_what_stays(service):
    target = writing_target(service, CPO, EMSP)
    lines = list(ConnectionsProbe().plan(target))
    assert [line.identity for line in lines] == ["cpo-c", "emsp-a"]
    assert all(line.leaves and line.effect is Effect.LASTING for line in lines)
    assert list(ConnectionsProbe().plan(replace(target, mode=Mode.OBSERVE))) == []


def test_nothing_lasting_is_disturbed_without_leave(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions",), allow=frozenset())
    facts, _, journal = disturbed(service, target, tmp_path)
    missing = reasons_of(facts, DisturbancesTried)
    assert {one.reason for one in missing} == {Reason.NOT_PERMITTED}
    assert {entry["effect"] for entry in journal if entry["kind"] == "intent"} == {"read"}


def test_a_budget_that_runs_out_is_said_and_proves_nothing(service, tmp_path):
    target = writing_target(service, CPO, modules=("tariffs",))
    small = replace(target, limits=replace(target.limits, max_requests=60))
    facts, _, _ = disturbed(service, small, tmp_path)
    (fact,) = facts_of(facts, DisturbancesTried)
    assert fact.cut_short is not None
    assert "max_requests" in fact.cut_short


def test_a_replay_disturbs_one_interface_alone(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions", "tariffs"))
    tariffs = replace(target, contracts=writing_target(service, CPO, modules=("tariffs",)).contracts)
    (tmp_path / "whole").mkdir()
    whole, _, _ = disturbed(service, tariffs, tmp_path / "whole")
    (subject,) = {observation.key.subject for observation in whole.of(RacesTried)}
    (tmp_path / "again").mkdir()
    focus = Focus(subject=subject, identity="cpo-c", field_path="puts")
    again, _, _ = disturbed(service, target, tmp_path / "again", focus=focus)
    assert [fact.object_type for fact in facts_of(again, RacesTried)] == ["Tariff"]
