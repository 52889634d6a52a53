"""What a journal says is still at the target."""

from dataclasses import asdict, replace

from scanner.model.leftover import Leftover
from scanner.run.leftovers import left_behind

ONE = Leftover(what="Tariff T1", environment="test", identity="cpo")
OTHER = Leftover(what="Tariff T2", environment="test", identity="cpo")


def _intent(number, *leaves):
    return {"kind": "intent", "number": number, "probe": "p", "leaves": [asdict(left) for left in leaves]}


def _outcome(number, status=200, **more):
    return {"kind": "outcome", "number": number, "status": status, **more}


def test_what_was_refused_was_not_made():
    entries = [_intent(1, ONE), _outcome(1, refused=True), _intent(2, OTHER), _outcome(2)]
    assert [left.leftover for left in left_behind(entries)] == [OTHER]


def test_a_session_is_looked_for_though_its_command_was_refused():
    session = replace(ONE, session_mark="POSTURE-1")
    entries = [_intent(1, session), _outcome(1, refused=True)]
    assert [left.leftover for left in left_behind(entries)] == [session]


def test_what_was_made_once_stays_though_a_second_write_is_refused():
    entries = [_intent(1, ONE), _outcome(1, 201), _intent(2, ONE), _outcome(2, refused=True)]
    assert [(left.leftover, left.intent, left.status) for left in left_behind(entries)] == [(ONE, 1, 201)]


def test_without_an_answer_it_counts_as_made_and_a_server_error_does_not_say_that_it_was_not():
    entries = [_intent(1, ONE), _intent(2, OTHER), _outcome(2, 500)]
    assert {left.leftover for left in left_behind(entries)} == {ONE, OTHER}


def test_what_was_taken_back_is_gone():
    entries = [_intent(1, ONE, OTHER), _outcome(1), {"kind": "removed", **asdict(ONE)}]
    assert [left.leftover for left in left_behind(entries)] == [OTHER]
