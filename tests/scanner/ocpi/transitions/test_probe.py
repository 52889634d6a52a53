import asyncio
import json
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME
from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.transitions import Became, RepetitionsTried, TransitionsTried
from scanner.model.observation import Reason
from scanner.model.ocpi.machines.catalog import machine
from scanner.model.ocpi.machines.machine import Legality, illegal_edges
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.transitions.probe import TransitionsProbe
from scanner.probe import Focus
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import CPO, EMSP, walk, writing_target


class Interrupted(Exception):
    pass


class Kept:
    """Checkpoints in memory; the run is interrupted after so many."""

    def __init__(self, interrupted_after=10**6):
        self.values, self.left = {}, interrupted_after

    def kept(self, key):
        return self.values.get(key)

    def keep(self, key, value):
        self.values[key] = json.loads(json.dumps(value))
        self.left -= 1
        if self.left == 0:
            raise Interrupted


def walked(target, tokens, folder, *, checkpoints=None, focus=None):
    """What the probe saw, and how many requests it sent."""

    async def run():
        wanted = {identity.name: tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            await gate.run(DiscoveryProbe())
            before = gate.gate.requests_sent
            context = replace(gate.context(TransitionsProbe.witness), focus=focus)
            if checkpoints:
                context = replace(context, checkpoints=checkpoints)
            try:
                await TransitionsProbe().run(context)
            except Interrupted:
                return None, gate.gate.requests_sent - before
            for observation in context.record.observations:
                gate.facts.record(observation)
            return gate.facts, gate.gate.requests_sent - before

    folder.mkdir(exist_ok=True)
    return asyncio.run(run())


def entries(folder):
    return [json.loads(line) for line in (folder / FILE_NAME).read_text().splitlines()]


@pytest.fixture(scope="module")
def service():
    with running_service() as running:
        yield running


@pytest.fixture(scope="module")
def whole(service, tmp_path_factory):
    """Everything is walked: what was seen, how many requests it took, and the folder of the run."""
    folder = tmp_path_factory.mktemp("whole")
    return (*walked(writing_target(service), service.tokens, folder), folder)


@pytest.fixture(scope="module")
def sessions(service, tmp_path_factory):
    """Sessions alone, as `whole` without its folder."""
    target = writing_target(service, CPO, modules=("sessions",))
    return walked(target, service.tokens, tmp_path_factory.mktemp("sessions"))


def test_every_illegal_step_of_every_machine_is_tried_in_three_versions(whole):
    facts = facts_of(whole[0], TransitionsTried)
    assert len(facts) == 3 * len(("locations", "evses", "tariffs", "tokens", "sessions", "cdrs"))
    versions = ("2.1.1", "2.2.1", "2.3.0")
    for name in {fact.machine for fact in facts}:
        wanted = sorted([edge.name for edge in illegal_edges(machine(version, name))] for version in versions)
        tried = sorted(
            [step.edge for step in fact.steps if step.legality is Legality.ILLEGAL]
            for fact in facts
            if fact.machine == name
        )
        assert tried == wanted
    assert all(step.became is not Became.NOT_TRIED for fact in facts for step in fact.steps)


def test_a_run_that_was_interrupted_goes_on_where_it_was(service, sessions, tmp_path):
    target = writing_target(service, CPO, modules=("sessions",))
    undisturbed, requests = sessions
    kept = Kept(interrupted_after=40)
    nothing, first = walked(target, service.tokens, tmp_path / "first", checkpoints=kept)
    kept.left = 10**6
    rest, second = walked(target, service.tokens, tmp_path / "second", checkpoints=kept)
    assert nothing is None
    assert second < requests
    assert first + second < requests * 1.2
    assert facts_of(rest, TransitionsTried)[0].steps
    for kind in (TransitionsTried, RepetitionsTried):
        assert names(rest, kind) == names(undisturbed, kind)


def names(store, kind):
    if kind is TransitionsTried:
        return [{(step.edge, step.became) for step in fact.steps} for fact in facts_of(store, kind)]
    return [{(one.repetition, one.effect) for one in fact.repeated} for fact in facts_of(store, kind)]


def test_a_replay_asks_for_one_step_alone(service, sessions, tmp_path):
    target = writing_target(service, CPO, modules=("sessions",))
    seen, requests = sessions
    (subject,) = {o.key.subject for o in seen.of(TransitionsTried) if o.key.subject.coordinates()["version"] == "2.3.0"}
    focus = Focus(subject=subject, identity="cpo-c", field_path="COMPLETED-patch-ACTIVE")
    again, fewer = walked(target, service.tokens, tmp_path / "again", focus=focus)
    (fact,) = facts_of(again, TransitionsTried)
    assert [step.edge for step in fact.steps if step.legality is Legality.ILLEGAL] == ["COMPLETED-patch-ACTIVE"]
    assert facts_of(again, RepetitionsTried)[0].repeated == ()
    assert fewer < requests / 3


def test_what_is_left_is_announced_before_and_taken_out_of_use_after(whole):
    left = [one.leftover for one in left_behind(entries(whole[2]))]
    assert left
    assert not [one.what for one in left if one.removable]
    assert {one.module for one in left} == {"locations", "sessions", "tokens", "cdrs"}


def test_cleanup_takes_out_of_use_what_a_killed_run_left(service, tmp_path, monkeypatch):
    async def killed(_desk, _specimens):
        """Nothing: the process was gone."""

    monkeypatch.setattr("scanner.ocpi.transitions.trial.take_back", killed)
    target = writing_target(service, CPO, EMSP, modules=("sessions", "tokens", "tariffs"))
    walked(target, service.tokens, tmp_path / "run")
    left = entries(tmp_path / "run")
    removable = [one.leftover.what for one in left_behind(left) if one.leftover.removable]

    async def run():
        tokens = {identity.name: service.tokens[identity.name] for identity in target.identities}
        (tmp_path / "cleanup").mkdir()
        async with open_gate(target, tmp_path / "cleanup", tokens=tokens) as gate:
            return await clean_up(left, gate.gate)

    cleaned = asyncio.run(run())
    assert removable
    assert {one.what for one in cleaned.removed} <= set(removable)
    ended = [one.what for one, why in cleaned.remaining if one.removable and "OCPI status 2001" not in why]
    assert ended == []  # a session that had ended already is refused, and is over


def test_tokens_that_were_made_valid_are_invalid_in_the_end(service, tmp_path):
    target = writing_target(service, EMSP, modules=("tokens",))
    walk(target, service.tokens, tmp_path)
    taken_back = [e for e in entries(tmp_path) if e["kind"] == "removed"]
    assert taken_back
    assert all('"valid":false' in e["undo_body"] for e in taken_back)


def test_nothing_is_written_in_mode_observe(service, tmp_path):
    store, requests = walked(writing_target(service, mode=Mode.OBSERVE), service.tokens, tmp_path / "run")
    assert requests == 0
    assert {missing.reason for missing in reasons_of(store, TransitionsTried)} == {Reason.NOT_PERMITTED}


def test_what_is_lasting_needs_leave(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions", "cdrs"), allow=frozenset())
    store, _ = walked(target, service.tokens, tmp_path / "run")
    missing = reasons_of(store, TransitionsTried)
    assert {one.reason for one in missing} == {Reason.NOT_PERMITTED}
    assert all("allow: [lasting]" in one.detail for one in missing)


def test_a_budget_that_runs_out_is_said(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions",))
    small = replace(target, limits=replace(target.limits, max_requests=60))
    store, _ = walked(small, service.tokens, tmp_path / "run")
    facts = facts_of(store, TransitionsTried)
    assert any(fact.cut_short for fact in facts) or Reason.BUDGET_EXHAUSTED in {
        missing.reason for missing in reasons_of(store, TransitionsTried)
    }


def test_the_plan_names_who_writes_and_what_stays(service, whole):
    target = writing_target(service)
    lines = list(TransitionsProbe().plan(target))
    assert [line.identity for line in lines] == ["cpo-c", "emsp-a"]
    assert 0 < whole[1] <= sum(line.at_most for line in lines)
    assert all(line.leaves and line.effect is Effect.LASTING for line in lines)
    assert list(TransitionsProbe().plan(replace(target, mode=Mode.OBSERVE))) == []
