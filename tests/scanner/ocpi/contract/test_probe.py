from dataclasses import replace

import pytest

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.contract import Conduct, ContractMatrix, OwnersCompared, UrlSource
from scanner.model.observation import Reason, Seen
from scanner.model.party import Right
from scanner.model.subject import Side
from scanner.ocpi.contract.probe import ContractProbe
from scanner.probe import Focus
from tests.scanner.ocpi.contract.probe_runs import NAMES, Kept, run
from tests.targets.contract_runs import contract_service, contract_target


@pytest.fixture(scope="module")
def service():
    with contract_service() as running:
        yield running


@pytest.fixture(scope="module")
def whole(service, tmp_path_factory):
    kept = Kept()
    return (*run(service, tmp_path_factory.mktemp("whole"), checkpoints=kept), kept)


def matrices(observations):
    return {(o.key.identity, o.key.subject): o.result.fact for o in observations if o.key.fact is ContractMatrix}


def of(observations, identity, version, module, side):
    wanted = (identity, version, module, side)
    return next(fact for (i, s), fact in matrices(observations).items() if (i, s.version, s.module, s.side) == wanted)


def test_every_interface_of_three_versions_is_asked_for_offered_or_not(whole):
    facts = matrices(whole[0])
    assert {(s.module, s.side) for (i, s) in facts if i == "emsp-a" and s.version == "2.2.1"} >= {
        ("locations", Side.SENDER),
        ("locations", Side.RECEIVER),
        ("commands", Side.RECEIVER),
        ("chargingprofiles", Side.RECEIVER),
        ("hubclientinfo", Side.SENDER),
    }
    assert {s.version for _, s in facts} == {"2.1.1", "2.2.1", "2.3.0"}
    assert {fact.source for fact in facts.values()} == set(UrlSource)


def test_an_object_of_its_own_goes_through_its_whole_life(whole):
    tariffs = of(whole[0], "cpo-c", "2.2.1", "tariffs", Side.RECEIVER)
    assert [(c.method, c.conduct) for c in tariffs.cells] == [
        ("GET", Conduct.WORKED),
        ("PUT", Conduct.WORKED),
        ("DELETE", Conduct.ACCEPTED),
    ]


def test_all_eight_combinations_of_owners_are_tried_and_only_the_own_one_is_taken(whole):
    compared = [o.result.fact for o in whole[0] if o.key.fact is OwnersCompared]
    by_count = sorted(len(fact.combinations) for fact in compared)
    assert by_count == [2, 2, 8, 8, 8, 8]  # 2.1.1 names the owner in the URL only
    for fact in compared:
        assert [c.agrees for c in fact.combinations if c.conduct is Conduct.WORKED] == [True]


def test_every_write_is_declared_with_what_it_may_do_and_for_parties_of_ours(whole):
    effects = {entry["effect"] for entry in whole[1]}
    assert effects == {Effect.READ, Effect.WRITE, Effect.LASTING, Effect.ACTUATE}
    assert all(entry["method"] == "GET" for entry in whole[1] if entry["effect"] == Effect.READ)


def test_a_scan_that_may_not_leave_anything_writes_what_can_be_removed(service, tmp_path):
    observations, intents, _ = run(service, tmp_path, allow=frozenset())
    assert {entry["effect"] for entry in intents if entry.get("sent", True)} >= {Effect.WRITE}
    locations = of(observations, "cpo-c", "2.2.1", "locations", Side.RECEIVER)
    put = next(c for c in locations.cells if c.method == "PUT")
    assert (put.conduct, put.reason) == (Conduct.NOT_ASKED, Reason.NOT_PERMITTED)
    tariffs = of(observations, "cpo-c", "2.2.1", "tariffs", Side.RECEIVER)
    assert all(c.conduct is not Conduct.NOT_ASKED for c in tariffs.cells)


def test_in_mode_observe_nothing_but_reads_is_sent(service, tmp_path):
    observations, intents, _ = run(service, tmp_path, mode=Mode.OBSERVE, allow=frozenset())
    assert {entry["effect"] for entry in intents} == {Effect.READ}
    writes = [c for fact in matrices(observations).values() for c in fact.cells if c.right is Right.WRITE]
    assert {(c.conduct, c.reason) for c in writes} == {(Conduct.NOT_ASKED, Reason.NOT_PERMITTED)}


def test_what_was_asked_before_an_interruption_is_not_asked_again(service, whole, tmp_path):
    again, intents, _ = run(service, tmp_path, checkpoints=whole[3])
    assert matrices(again) == matrices(whole[0])
    assert len(intents) < len(whole[1]) / 2


def test_a_door_at_which_the_run_was_stopped_is_asked_again(service, tmp_path_factory):
    kept, reads = Kept(), {"mode": Mode.OBSERVE}
    stopped, _, sent = run(service, tmp_path_factory.mktemp("stopped"), checkpoints=kept, stops_after=40, **reads)
    assert sent == 40
    assert any(cell.reason is Reason.STOPPED for fact in matrices(stopped).values() for cell in fact.cells)
    resumed, intents, _ = run(service, tmp_path_factory.mktemp("resumed"), checkpoints=kept, **reads)
    straight, all_intents, _ = run(service, tmp_path_factory.mktemp("straight"), **reads)
    assert conducts(resumed) == conducts(straight)
    assert len(intents) < len(all_intents)


def conducts(observations):
    """What came of each request at each door; the ids of messages differ."""
    return {door: [(c.method, c.what, c.conduct) for c in fact.cells] for door, fact in matrices(observations).items()}


def test_a_replay_asks_at_its_own_door_only(service, whole, tmp_path):
    subject = next(s for (i, s) in matrices(whole[0]) if s.module == "commands" and s.side)
    focus = Focus(subject=subject, identity="emsp-a", field_path="")
    observations, _, sent = run(service, tmp_path, focus=focus)
    assert [(o.key.identity, o.key.subject) for o in observations] == [("emsp-a", subject)]
    assert sent < 20


def test_it_stays_within_its_plan_and_the_plan_says_what_stays_behind(service, whole):
    target = contract_target(service, NAMES)
    lines = list(ContractProbe().plan(target))
    assert 0 < whole[2] <= sum(line.at_most for line in lines)
    writing = [line for line in lines if line.leaves]
    assert {line.identity for line in writing} == set(NAMES)
    assert {line.effect for line in writing} == {Effect.LASTING}
    observing = list(ContractProbe().plan(replace(target, mode=Mode.OBSERVE)))
    assert {line.effect for line in observing} == {Effect.READ}


def test_a_small_budget_is_used_up_and_the_rest_says_so(service, tmp_path):
    limits = replace(contract_target(service, NAMES).limits, max_requests=100)
    observations, _, sent = run(service, tmp_path, limits=limits)
    assert sent <= 100
    cells = [c for o in observations if isinstance(o.result, Seen) for c in getattr(o.result.fact, "cells", ())]
    assert Reason.BUDGET_EXHAUSTED in {c.reason for c in cells}


def test_a_bootstrap_token_is_asked_for_no_module(service, tmp_path):
    identities = contract_target(service, NAMES).identities
    newcomers = tuple(replace(identity, bootstrap=identity.name == "cpo-c") for identity in identities)
    observations, entries, _ = run(service, tmp_path, identities=newcomers)
    assert {identity for identity, _ in matrices(observations)} == {"emsp-a"}
    assert {entry["identity"] for entry in entries} == {"emsp-a"}
