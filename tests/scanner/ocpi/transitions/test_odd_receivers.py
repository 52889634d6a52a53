"""Illegal steps at receivers that behave as public servers do: no false alarm, no damage, and the truth said."""

import asyncio
from dataclasses import replace

import pytest

from checks.engine import judge
from checks.model.verdict import Outcome
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.transitions import Became, RepeatEffect, Repetition, RepetitionsTried, TransitionsTried
from scanner.model.ocpi.machines.machine import Legality
from scanner.model.party import Party
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.transitions.probe import TransitionsProbe
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of
from tests.targets.odd_receivers import TOKEN, Manners, OddReceiver, crash, drop, hide_crash, odd_receiver
from tests.targets.transition_runs import CHECKS


def look(manners, folder, **target):
    async def run():
        async with (
            odd_receiver(folder, manners) as receiver,
            open_gate(replace(receiver.target(), **target), folder, tokens={"emsp-a": TOKEN}) as gate,
        ):
            return await gate.run(DiscoveryProbe(), TransitionsProbe()), receiver

    return asyncio.run(run())


def became(facts, edge):
    (fact,) = facts_of(facts, TransitionsTried)
    return next(step.became for step in fact.steps if step.edge == edge)


def outcomes(facts, check):
    def bug(name, trace):
        raise AssertionError(f"{name}: {trace}")

    return {finding.outcome for finding in judge(CHECKS, facts, ["test"], bug) if finding.check == check}


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_a_receiver_that_keeps_no_order_is_told_what_it_takes(version, tmp_path):
    facts, _ = look(Manners(version=version), tmp_path)
    assert became(facts, "VALID-put-older") is Became.DONE
    assert became(facts, "patch-before-put") is Became.REFUSED
    assert outcomes(facts, "ocpi-transition-older-update") == {Outcome.FAIL}
    assert outcomes(facts, "ocpi-transition-unknown-object") == {Outcome.PASS}
    (repeated,) = facts_of(facts, RepetitionsTried)
    assert {one.effect for one in repeated.repeated} == {RepeatEffect.ONCE, RepeatEffect.TAKEN}


def test_a_success_for_what_was_not_done_is_the_lesser_finding(tmp_path):
    facts, _ = look(Manners(), tmp_path)  # it answers DELETE as if it were GET
    assert became(facts, "remove") is Became.IGNORED
    assert outcomes(facts, "ocpi-transition-removal") == {Outcome.PASS}
    assert outcomes(facts, "ocpi-transition-answered-truly") == {Outcome.FAIL}


def test_where_every_illegal_step_was_taken_no_answer_to_a_refused_one_is_praised(tmp_path):
    facts, _ = look(Manners(), tmp_path)
    (seen,) = (o for o in facts if o.key.fact is TransitionsTried)
    fact = seen.result.fact
    taken = tuple(s for s in fact.steps if s.legality is Legality.LEGAL or s.became is Became.DONE)
    only = FactStore()
    only.record(replace(seen, result=replace(seen.result, fact=replace(fact, steps=taken))))
    assert outcomes(only, "ocpi-transition-answered-truly") == {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("wrong", [crash, hide_crash, drop])
def test_an_error_of_the_server_is_no_refusal_and_no_change(wrong, tmp_path):
    facts, _ = look(Manners(wrong=wrong), tmp_path)
    assert became(facts, "patch-before-put") is Became.CRASHED
    assert outcomes(facts, "ocpi-transition-unknown-object") == {Outcome.PASS}
    assert outcomes(facts, "ocpi-transition-answered-truly") == {Outcome.FAIL}


def test_a_slow_first_answer_changes_nothing(tmp_path):
    facts, _ = look(Manners(first=0.5), tmp_path)
    (fact,) = facts_of(facts, TransitionsTried)
    assert fact.cut_short is None
    assert all(step.became is Became.DONE for step in fact.steps if step.legality is Legality.LEGAL)


def test_a_server_that_goes_down_is_left_alone_and_the_step_that_did_it_is_named(tmp_path):
    facts, receiver = look(Manners(dies_of=b'"type":"OTHER"'), tmp_path)
    (fact,) = facts_of(facts, TransitionsTried)
    assert len(receiver.fatal) == 1
    assert fact.cut_short is not None
    assert "did not answer any more after put-other-type" in fact.cut_short
    assert outcomes(facts, "ocpi-transition-identity") == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize(
    "refusal, place, expected",
    [
        (400, 403, Became.REFUSED),
        (400, 401, Became.REFUSED),
        (400, 429, Became.REFUSED_UNREAD),
        (200, 403, Became.UNREAD),
    ],
)
def test_a_refused_change_of_owner_needs_no_look_into_a_place_that_is_kept_from_us(
    refusal, place, expected, tmp_path, monkeypatch
):
    answer = OddReceiver.answer

    def strict(receiver, method, path, token, body):
        if path.startswith("/tokens/XX/"):
            return place, 2000, None
        if method == "PUT" and b'"NIL"' in body:
            return refusal, 2001 if refusal == 400 else 1000, None
        return answer(receiver, method, path, token, body)

    monkeypatch.setattr(OddReceiver, "answer", strict)
    facts, _ = look(Manners(), tmp_path, absent_parties=frozenset({Party(country_code="XX", party_id="NIL")}))
    assert became(facts, "VALID-put-other-owner") is expected


def test_where_nothing_can_be_read_back_nothing_passes(tmp_path, monkeypatch):
    monkeypatch.setattr(OddReceiver, "_read", lambda _self, _path: (405, 2000, None))
    facts, _ = look(Manners(), tmp_path)
    assert became(facts, "remove") is Became.REFUSED_UNREAD
    assert became(facts, "VALID-put-older") is Became.UNREAD
    found = {check.id: outcomes(facts, check.id) for check in CHECKS}
    truly = found.pop("ocpi-transition-answered-truly")
    assert all(seen <= {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE} for seen in found.values()), found
    assert truly == {Outcome.INCONCLUSIVE}


@pytest.mark.parametrize(
    "location", ["{origin}/cdrs/OF-SOMEBODY-ELSE", "{origin}/cdrs", "{origin}/cdrs?id={id}", "http://["]
)
def test_nothing_is_written_where_a_location_header_leads_to_anything_but_our_own_object(
    location, tmp_path, monkeypatch
):
    answer, written = OddReceiver.answer, []

    def watching(receiver, method, path, token, body):
        receiver.held.setdefault("/cdrs/OF-SOMEBODY-ELSE", {"id": "THEIRS", "country_code": "BE", "party_id": "GRN"})
        if method in {"PUT", "PATCH", "DELETE"}:
            written.append((method, path))
        if (method, path) == ("GET", "/cdrs"):  # a list of one, and it is ours
            return 200, 1000, [next(reversed(receiver.held.values()))]
        return answer(receiver, method, path, token, body)

    monkeypatch.setattr(OddReceiver, "answer", watching)
    facts, _ = look(Manners(location=location), tmp_path)
    assert not written
    (fact,) = facts_of(facts, TransitionsTried)
    assert {s.became for s in fact.steps if s.by in {"PUT", "PATCH", "DELETE"}} == {Became.NOT_TRIED}
    assert outcomes(facts, "ocpi-transition-cdr") <= {Outcome.INCONCLUSIVE, Outcome.FAIL}


def test_a_cdr_is_written_to_where_the_platform_shows_it(tmp_path, monkeypatch):
    answer, written = OddReceiver.answer, []

    def watching(receiver, method, path, token, body):
        written.extend([method] if method in {"PUT", "PATCH", "DELETE"} else [])
        return answer(receiver, method, path, token, body)

    monkeypatch.setattr(OddReceiver, "answer", watching)
    look(Manners(location="{origin}/cdrs/{id}"), tmp_path)
    assert set(written) == {"PUT", "PATCH", "DELETE"}


def test_what_is_read_from_a_cache_is_no_proof_that_a_step_was_without_effect(tmp_path, monkeypatch):
    read, cache = OddReceiver._read, {}

    def cached(receiver, path):
        if path not in cache and path in receiver.held:
            cache[path] = receiver.held[path]
        return (200, 1000, cache[path]) if path in cache else read(receiver, path)

    monkeypatch.setattr(OddReceiver, "_read", cached)
    facts, _ = look(Manners(), tmp_path)
    assert became(facts, "VALID-put-older") is Became.IGNORED
    assert outcomes(facts, "ocpi-transition-older-update") == {Outcome.INCONCLUSIVE}
    assert outcomes(facts, "ocpi-transition-legal-step") == {Outcome.FAIL}


REPEATED_CDR = {
    Repetition.SAME_POST: RepeatEffect.ONCE,
    Repetition.SAME_POST_SAME_IDS: RepeatEffect.ONCE,
    Repetition.OTHER_POST_SAME_IDS: RepeatEffect.TAKEN,
}


def repeated(facts):
    (fact,) = facts_of(facts, RepetitionsTried)
    return {one.repetition: one.effect for one in fact.repeated}


def test_a_cdr_that_is_not_where_its_location_header_leads_is_found_under_its_id(tmp_path):
    facts, _ = look(Manners(location="{origin}/cdrs/not-{id}"), tmp_path)
    assert became(facts, "send") is Became.DONE
    assert became(facts, "credit") is Became.DONE
    assert became(facts, "send-again-changed") is Became.DONE  # this receiver writes over what it has
    assert outcomes(facts, "ocpi-transition-legal-step") == {Outcome.PASS}
    assert outcomes(facts, "ocpi-transition-cdr") == {Outcome.FAIL}
    assert repeated(facts) == REPEATED_CDR


def test_another_cdr_with_ids_that_were_used_is_found_where_all_have_one_location(tmp_path):
    facts, _ = look(Manners(location="{origin}/cdrs/nowhere"), tmp_path)
    assert repeated(facts) == REPEATED_CDR
