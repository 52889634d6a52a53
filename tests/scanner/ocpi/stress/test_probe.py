"""The stress lab: only with leave, within what it announced, one load after the other, and away where it hurts."""

import json
from dataclasses import replace

import pytest

from scanner.cli.probes import all_probes
from scanner.cli.selection import select
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.codec import observation_from_json, observation_to_json
from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.stress import (
    HELD,
    STRESS_FACTS,
    BrokenBodiesSeen,
    ExpensiveLoadSeen,
    MisframedTreated,
    SlowHeadersHeld,
    VolumeSeen,
)
from scanner.model.facts.tls import DEFAULT_TLS_PROFILE
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.ocpi.stress.bodies import BROKEN
from scanner.ocpi.stress.probe import StressProbe
from tests.targets.stressed import AGREED, BRISK, LIMITS, limited_service, look, stressed_target

TINY = replace(BRISK, before_s=0.2, during_s=0.3, after_s=0.2, recovery_s=5.0, held_s=0.2)


def seen(facts, kind):
    return [o.result.fact for o in facts.of(kind) if isinstance(o.result, Seen)]


def reasons(facts):
    return {
        o.key.fact: o.result.reason for o in facts if isinstance(o.result, Unavailable) and o.key.fact in STRESS_FACTS
    }


def bursts(folder):
    return [e for e in read_journal(folder / FILE_NAME) if e["kind"] == "intent" and e["effect"] == Effect.BURST]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """All loads, briefly: the facts, the folder, and the target."""
    folder = tmp_path_factory.mktemp("run")
    with limited_service() as service:
        target = stressed_target(service)
        return look(target, service.tokens, folder, pace=TINY), folder, target


def test_every_load_is_sent_once_and_told(whole):
    facts, folder, _ = whole
    assert not reasons(facts)
    assert all(len(seen(facts, kind)) == 1 for kind in STRESS_FACTS)
    purposes = {entry["purpose"] for entry in bursts(folder)}
    assert {"a list, again and again", "a malformed question", "a request whose headers never end"} <= purposes
    assert {"a broken body", "a connection on which nothing is asked"} <= purposes


def test_broken_bodies_are_written_under_one_name_of_our_own_and_are_seen_to_leave_nothing(whole):
    facts, folder, _ = whole
    entries = list(read_journal(folder / FILE_NAME))
    written = [e for e in entries if e.get("purpose") == "a broken body"]
    assert len(written) == len(BROKEN)
    assert {(e["method"], e["burst_url"].rsplit("/", 3)[1:3] == ["DE", "VLT"]) for e in written} == {("PUT", True)}
    announced = [left["what"] for e in written for left in e["leaves"]]
    assert set(announced) == {e["what"] for e in entries if e["kind"] == "removed"}
    (load,) = (seen.load for seen in seen(facts, BrokenBodiesSeen))
    assert load.refused > 0
    assert not load.answered


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_no_broken_body_is_one_that_a_parser_gets_through(body):
    assert len(body) < 10_000
    with pytest.raises((ValueError, RecursionError)):
        json.loads(body)


def test_a_partner_that_may_not_write_sends_no_bodies(tmp_path):
    with limited_service() as service:
        target = replace(stressed_target(service), allow=frozenset())
        facts = look(target, service.tokens, tmp_path, frozenset({BrokenBodiesSeen}), TINY)
    assert reasons(facts)[BrokenBodiesSeen] is Reason.NOT_PERMITTED
    assert not bursts(tmp_path)


def test_no_more_is_sent_than_the_dry_run_announced(whole):
    _, folder, target = whole
    lines = list(StressProbe((), TINY).plan(target))
    assert {line.effect for line in lines} == {Effect.BURST}
    counted = [e["requests"] for e in read_journal(folder / FILE_NAME) if e["kind"] == "burst"]
    raw = [e for e in bursts(folder) if "raw_burst" in e]
    assert 0 < sum(counted) + len(raw) <= sum(line.at_most for line in lines)
    assert sum(counted) + len(raw) <= LIMITS.max_requests
    assert all("3000 requests" in line.what for line in lines)


def test_the_load_exceeds_the_agreed_rate_and_the_others_keep_it(whole):
    facts = whole[0]
    assert seen(facts, VolumeSeen)[0].per_second == 3 * AGREED
    assert seen(facts, ExpensiveLoadSeen)[0].per_second == AGREED
    assert seen(facts, VolumeSeen)[0].good.apart


def test_facts_come_back_from_the_journal_as_they_were(whole):
    for observation in whole[0]:
        assert observation_from_json(json.loads(json.dumps(observation_to_json(observation)))) == observation


def test_the_evidence_of_a_load_holds_its_curve_and_no_token(whole):
    facts, folder, _ = whole
    (observation,) = facts.of(VolumeSeen)
    assert isinstance(observation.result, Seen)
    (ref,) = observation.result.evidence
    told = json.loads((folder / ref.path).read_text())
    assert told["title"] == "stress: the first object of a list"
    assert sum(moment["load"] for moment in told["artefact"]["curve"]) == told["artefact"]["load"]["asked"]
    assert "$" in told["artefact"]["curl"]


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"mode": Mode.OBSERVE}, Reason.NOT_CONFIGURED),
        ({"mode": Mode.EXERCISE}, Reason.NOT_CONFIGURED),
        ({"authorisations": ()}, Reason.NOT_PERMITTED),
        ({"stress": replace(LIMITS, max_seconds=1e-9, max_requests=1)}, Reason.BUDGET_EXHAUSTED),
    ],
)
def test_without_mode_leave_and_room_nothing_is_put_under_load(tmp_path, changes, reason):
    with limited_service() as service:
        target = replace(stressed_target(service), **changes)
        facts = look(target, service.tokens, tmp_path, pace=TINY)
    assert reasons(facts)[VolumeSeen] is reason
    assert set(reasons(facts)) == set(STRESS_FACTS) or changes.get("stress")
    assert len([e for e in bursts(tmp_path) if "raw_burst" not in e]) <= 1
    assert not seen(facts, VolumeSeen)


def test_a_platform_that_does_not_recover_is_left_alone(tmp_path):
    longer = replace(TINY, during_s=0.8, recovery_s=0.6)
    with limited_service(("throttle-locks-out",), burst=6) as service:
        target = replace(stressed_target(service), contracts=())
        facts = look(target, service.tokens, tmp_path, pace=longer)
    assert Reason.STOPPED in reasons(facts).values()
    assert reasons(facts)[VolumeSeen] in {Reason.STOPPED, Reason.CONTROL_FAILED}
    assert len(bursts(tmp_path)) < 60  # nobody is asked again and again without a pause whether he is back


def test_one_identity_alone_is_loader_and_good_partner(tmp_path):
    with limited_service() as service:
        target = stressed_target(service, names=("emsp-a",))
        facts = look(target, service.tokens, tmp_path, frozenset({ExpensiveLoadSeen}), TINY)
    assert not seen(facts, ExpensiveLoadSeen)[0].good.apart
    assert reasons(facts)[VolumeSeen] is Reason.NOT_SELECTED


def test_connections_are_held_as_many_as_are_allowed_and_told_apart(whole):
    facts = whole[0]
    for kind in HELD:
        (held,) = seen(facts, kind)
        assert held.opened == LIMITS.max_connections - 2
        assert held.refused == 0
    assert seen(facts, SlowHeadersHeld)[0].good.before.answered


def test_every_message_of_doubtful_length_has_a_connection_of_its_own(whole):
    (treated,) = seen(whole[0], MisframedTreated)
    assert treated.control == 401
    assert len(treated.messages) == 8
    assert all(message.ended and len(message.statuses) == 1 for message in treated.messages)


def test_a_load_alone_can_be_selected_and_brings_nothing_that_writes():
    probes = all_probes(DEFAULT_TLS_PROFILE)
    chosen = select(probes, (), ("ocpi-stress-throttled",))
    assert [probe.name for probe in chosen.probes] == ["ocpi-discovery", "ocpi-stress"]


def test_doubtful_messages_raise_nothing_in_the_service(tmp_path, caplog):
    with limited_service() as service:
        facts = look(stressed_target(service), service.tokens, tmp_path, frozenset({MisframedTreated}), TINY)
    assert seen(facts, MisframedTreated)
    assert not [record for record in caplog.records if record.name == "uvicorn.error" and record.exc_info]
