"""The probe of writes without a valid token beside its verdicts: what it shows, leaves, and makes of odd answers."""

import asyncio
import base64
import json
import re
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.gate.journal import FILE_NAME
from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.strangers import Became, StrangersWrites
from scanner.model.observation import Reason
from scanner.ocpi.access import AccessProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.misplaced import MisplacedTokenProbe
from scanner.ocpi.strangers.probe import StrangerWritesProbe
from scanner.probe import Focus
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_receivers import TOKEN, Manners, crash, drop, odd_receiver
from tests.targets.reference_service import running_service
from tests.targets.stranger_runs import judged
from tests.targets.transition_runs import CPO, EMSP, writing_target

AT_CDRS = "{origin}/cdrs/{id}"
ADVICE = re.compile(r"with --max-refusals (\d+) everything is asked")


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as running:
        yield running


def journal_of(folder):
    return [json.loads(line) for line in (folder / FILE_NAME).read_text().splitlines()]


def knocked(service, target, folder, *others, focus=None):
    """What was seen, and the journal."""

    async def run():
        tokens = {identity.name: service.tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=tokens) as gate:
            await gate.run(DiscoveryProbe(), *others)
            context = replace(gate.context(StrangerWritesProbe.witness), focus=focus)
            await StrangerWritesProbe().run(context)
            for observation in context.record.observations:
                gate.facts.record(observation)
            return gate.facts

    return asyncio.run(run()), journal_of(folder)


def at_an_odd_one(folder, manners):
    """Facts, findings, journal, and every message as it came."""

    async def run():
        async with (
            odd_receiver(folder, manners) as receiver,
            open_gate(receiver.target(), folder, tokens={"emsp-a": TOKEN}) as gate,
        ):
            return await gate.run(DiscoveryProbe(), StrangerWritesProbe()), receiver.came

    facts, came = asyncio.run(run())
    return facts, judged(facts), journal_of(folder), came


def anonymous(journal):
    return [entry for entry in journal if entry["kind"] == "intent" and entry.get("anonymous")]


def test_each_method_is_tried_as_nobody_and_as_a_stranger_and_nothing_in_service_stays(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions", "tariffs", "cdrs"))
    facts, journal = knocked(service, target, tmp_path)
    tried = {
        fact.object_type: [(one.method, one.caller) for one in fact.tried] for fact in facts_of(facts, StrangersWrites)
    }
    scheme = next(caller for _, caller in tried["CDR"] if "scheme" in caller)
    nobody, stranger, empty = "no token", "a wrong token", "an empty token"
    assert tried["CDR"] == [("POST", nobody), ("POST", stranger), ("POST", empty), ("POST", scheme)]
    for kind, further in (("Session", "PATCH"), ("Tariff", "DELETE")):
        everywhere = [(method, caller) for caller in (nobody, stranger) for method in ("PUT", further)]
        assert tried[kind] == [*everywhere, ("PUT", empty), ("PUT", scheme)]
    left = [one.leftover for one in left_behind(journal)]
    assert not [one.what for one in left if one.removable]
    assert sorted(one.module or "" for one in left) == ["cdrs", "sessions"]  # what the valid token wrote, and no more


def test_the_identity_whose_object_it_is_answers_for_what_is_sent_as_nobody(service, tmp_path):
    target = writing_target(service, CPO, modules=("tariffs",))
    _, journal = knocked(service, target, tmp_path)
    sent = anonymous(journal)
    assert len(sent) == 6
    assert {(entry["identity"], entry["effect"]) for entry in sent} == {("cpo-c", "write")}


def test_what_strangers_made_stays_on_record_also_where_the_scanner_is_killed_before_the_answer(tmp_path):
    with running_service(versions=("2.2.1",), faults=("writes-without-token",)) as open_to_all:
        target = writing_target(open_to_all, CPO, modules=("cdrs",))
        _, journal = knocked(open_to_all, target, tmp_path)
    assert len(left_behind(journal)) == 2  # the valid one, and nobody's
    posted = anonymous(journal)[0]
    killed = journal[: journal.index(posted) + 1]
    assert [one.status for one in left_behind(killed)] == [201, None]
    assert posted["leaves"][0]["what"] in {one.leftover.what for one in left_behind(killed)}


def test_no_message_that_counts_as_without_a_valid_token_holds_the_real_one(tmp_path):
    *_, journal, came = at_an_odd_one(tmp_path, Manners())
    forms = (TOKEN.encode(), base64.b64encode(TOKEN.encode()))
    without = [message for message in came if not any(form in message for form in forms)]
    assert len(without) == len(anonymous(journal)) == 6
    assert {message.split()[0] for message in without} == {b"PUT", b"PATCH"}
    assert sum(b"uthorization:" not in message for message in without) == 2  # nobody's PUT and PATCH
    assert all(form not in (tmp_path / FILE_NAME).read_bytes() for form in forms)


@pytest.mark.parametrize(
    "strange,became,outcome",
    [
        (lambda: (401, 2000, None), Became.REFUSED, Outcome.PASS),
        (lambda: (403, None, None), Became.REFUSED, Outcome.PASS),
        (lambda: (404, 2000, None), Became.REFUSED, Outcome.PASS),
        (lambda: (405, None, None), Became.REFUSED, Outcome.PASS),
        (lambda: (200, 2001, None), Became.REFUSED, Outcome.PASS),
        (lambda: (200, 1000, None), Became.SAID_DONE, Outcome.FAIL),
        (lambda: (200, None, None), Became.UNDECIDED, Outcome.INCONCLUSIVE),  # a page for people
        (lambda: (302, None, None), Became.UNDECIDED, Outcome.INCONCLUSIVE),
        (lambda: (429, None, None), Became.UNDECIDED, Outcome.INCONCLUSIVE),
        (crash, Became.UNDECIDED, Outcome.INCONCLUSIVE),
        (drop, Became.UNDECIDED, Outcome.INCONCLUSIVE),
    ],
    ids=["401", "403", "404", "405", "OCPI-2001", "success", "page", "redirect", "429", "500", "dropped"],
)
def test_an_answer_to_a_stranger_is_taken_for_what_it_says(tmp_path, strange, became, outcome):
    facts, findings, *_ = at_an_odd_one(tmp_path, Manners(strange=strange))
    (fact,) = facts_of(facts, StrangersWrites)
    assert {one.became for one in fact.tried} == {became}
    assert [f.outcome for f in findings] == [outcome]


def test_an_answer_that_says_no_is_not_believed_where_the_write_took_effect(tmp_path):
    facts, findings, *_ = at_an_odd_one(tmp_path, Manners(stores_first=True))
    (fact,) = facts_of(facts, StrangersWrites)
    became = {(one.method, one.became, one.http_status) for one in fact.tried}
    assert became == {("PUT", Became.TOOK_EFFECT, 401), ("PATCH", Became.REFUSED, 401)}
    assert [f.outcome for f in findings] == [Outcome.FAIL]


@pytest.mark.parametrize("place", ["", "{origin}/cdrs/not-{id}"], ids=["nowhere", "elsewhere"])
def test_a_refusal_that_cannot_be_read_back_decides_nothing(tmp_path, place):
    facts, findings, *_ = at_an_odd_one(tmp_path, Manners(location=place))
    (fact,) = facts_of(facts, StrangersWrites)
    assert {one.became for one in fact.tried} == {Became.UNREAD}
    assert [f.outcome for f in findings] == [Outcome.INCONCLUSIVE]


def test_a_cdr_that_strangers_may_not_post_is_looked_for_beside_the_valid_one(tmp_path):
    facts, findings, *_ = at_an_odd_one(tmp_path, Manners(location=AT_CDRS))
    (fact,) = facts_of(facts, StrangersWrites)
    assert {one.became for one in fact.tried} == {Became.REFUSED}
    assert [f.outcome for f in findings] == [Outcome.PASS]


def test_nothing_lasting_is_written_without_leave(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions",), allow=frozenset())
    facts, journal = knocked(service, target, tmp_path)
    assert {one.reason for one in reasons_of(facts, StrangersWrites)} == {Reason.NOT_PERMITTED}
    assert {entry["effect"] for entry in journal if entry["kind"] == "intent"} == {"read"}


def test_a_small_refusal_budget_is_kept_to_and_each_interface_has_one_of_it(service, tmp_path):
    target = writing_target(service)
    small = replace(target, limits=replace(target.limits, max_refusals=60))
    facts, journal = knocked(service, small, tmp_path, AccessProbe(), MisplacedTokenProbe())
    assert len(anonymous(journal)) <= 60
    found = facts_of(facts, StrangersWrites)
    assert len(found) == 5
    assert all(fact.tried[0].became is Became.REFUSED for fact in found)
    kept_back = [one.why for fact in found for one in fact.tried if one.became is Became.NOT_SENT]
    (advised,) = {number for why in kept_back for number in ADVICE.findall(why)}
    (tmp_path / "enough").mkdir()
    enough = replace(target, limits=replace(target.limits, max_refusals=int(advised)))
    facts, _ = knocked(service, enough, tmp_path / "enough", AccessProbe(), MisplacedTokenProbe())
    assert {one.became for fact in facts_of(facts, StrangersWrites) for one in fact.tried} == {Became.REFUSED}


def test_the_plan_names_who_writes_and_what_stays(service):
    target = writing_target(service, CPO, EMSP)
    lines = list(StrangerWritesProbe().plan(target))
    assert [line.identity for line in lines] == ["cpo-c", "emsp-a"]
    assert all(line.leaves and line.effect is Effect.LASTING and "without a token" in line.what for line in lines)
    assert list(StrangerWritesProbe().plan(replace(target, mode=Mode.OBSERVE))) == []


def test_a_replay_writes_to_one_interface_alone(service, tmp_path):
    target = writing_target(service, CPO, modules=("sessions", "tariffs"))
    (tmp_path / "whole").mkdir()
    whole, _ = knocked(service, target, tmp_path / "whole")
    subject = next(o.key.subject for o in whole.of(StrangersWrites) if "tariff_id" in str(o.key.subject))
    (tmp_path / "again").mkdir()
    focus = Focus(subject=subject, identity="cpo-c", field_path="")
    again, _ = knocked(service, target, tmp_path / "again", focus=focus)
    assert [fact.object_type for fact in facts_of(again, StrangersWrites)] == ["Tariff"]
