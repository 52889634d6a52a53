"""A begun session is found and stopped though the list has pages, stutters, or shows an older one of the same mark."""

import asyncio
import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from scanner.model.leftover import Leftover
from scanner.ocpi.requests.begun_session import MOST_PAGES, TRIES, Begun, Unread, end, look
from scanner.ocpi.requests.repeated_start import others_begun, stop_others
from scanner.run.cleanup import clean_up
from tests.scanner.ocpi.exchanges import answered

MARK = "POSTURE-0000000000AB"
LEFT = Leftover(
    what="the session",
    environment="test",
    identity="emsp",
    module="commands",
    owner="NL-ABC",
    undo_method="POST",
    undo_url="https://h/commands/STOP_SESSION",
    undo_body='{"response_url": "https://us/results/1"}',
    session_list="https://h/sessions?date_from=2026-11-21T00:00:00Z",
    session_mark=MARK,
    evse="E1",
)
NEXT = (("Link", '<https://h/sessions?offset=1>; rel="next"'),)


def session(number, status, mark=MARK):
    return {"id": f"S{number}", "status": status, "cdr_token": {"uid": mark}}


class Platform:
    """Lists `pages` of sessions, and ends the one that a stop names when it has been told `deaf + 1` times."""

    shown_to = frozenset({"emsp", "other"})

    def __init__(self, *pages, statuses=(), deaf=0, endless=False):
        self.pages, self.statuses, self.deaf = pages, list(statuses), deaf
        self.stopped, self.endless, self.gone = [], endless, []

    def remember(self, leaves):
        self.known = [left.session_mark for left in leaves]

    def taken_back(self, left):
        self.gone.append(left)

    async def http(self, intent):
        if intent.method == "POST":
            self.stopped.append(json.loads(intent.body)["session_id"])
            if len(self.stopped) > self.deaf:
                for page in self.pages:
                    for one in page:
                        one["status"] = "COMPLETED" if one["id"] == self.stopped[-1] else one["status"]
            return answered({"result": "ACCEPTED"})
        if self.statuses:
            return answered([], status=self.statuses.pop(0))
        if intent.identity not in self.shown_to:
            return answered([])
        number = 1 if "offset=1" in intent.url else 0
        return answered(self.pages[number], headers=NEXT if self.endless or number + 1 < len(self.pages) else ())


def looked(platform):
    return asyncio.run(look(platform, LEFT, "probe"))


def ended(platform, within_s=0.5):
    return asyncio.run(end(platform, LEFT, "probe", within_s))


def test_of_two_sessions_with_the_mark_the_one_that_goes_on_counts():
    platform = Platform([session(1, "COMPLETED")], [session(2, "ACTIVE")])
    seen = looked(platform)
    assert isinstance(seen, Begun)
    assert (seen.session_id, seen.is_over) == ("S2", False)
    assert ended(platform) is None
    assert platform.stopped == ["S2"]


def test_each_of_two_that_go_on_is_stopped():
    platform = Platform([session(1, "ACTIVE"), session(2, "PENDING")])
    assert ended(platform, 0.0) is None
    assert platform.stopped == ["S1", "S2"]


def test_a_list_that_never_ends_is_not_said_to_have_no_such_session():
    seen = looked(Platform([session(9, "ACTIVE", "POSTURE-ANOTHER")], [], [], endless=True))
    assert isinstance(seen, Unread)
    assert f"more than {MOST_PAGES} pages" in seen.why


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_list_that_stutters_is_read_again(status):
    platform = Platform([session(1, "ACTIVE")], statuses=[status])
    assert ended(platform, 30.0) is None
    assert platform.stopped == ["S1"]


def test_a_charge_point_that_did_not_hear_of_a_stop_is_told_again():
    platform = Platform([session(1, "ACTIVE")], deaf=TRIES - 1)
    assert ended(platform, 0.0) is None
    assert platform.stopped == ["S1"] * TRIES


def test_one_that_never_hears_is_not_said_to_have_stopped():
    platform = Platform([session(1, "ACTIVE")], deaf=TRIES)
    assert "not seen to end" in str(ended(platform, 0.0))


@pytest.mark.parametrize("shown_to", ["emsp", "other"])
def test_cleanup_stops_a_session_as_whoever_of_ours_sees_it_and_then_nothing_is_left(monkeypatch, shown_to):
    """With another's token it may have begun as theirs, or as that of who sent the command."""
    monkeypatch.setattr("scanner.run.cleanup._PATIENCE_S", 0.0)
    both = (LEFT, replace(LEFT, identity="other", owner="NL-XYZ"))
    entries = [{"kind": "intent", "number": 1, "probe": "p", "leaves": [asdict(left) for left in both]}]
    platform: Any = Platform([session(1, "ACTIVE")])
    platform.shown_to = frozenset({shown_to})
    done = asyncio.run(clean_up(entries, platform))
    assert platform.stopped == ["S1"]
    assert (set(done.removed), done.remaining) == (set(both), ())
    assert set(platform.gone) == set(both)


def test_cleanup_says_that_nobody_of_ours_sees_it(monkeypatch):
    monkeypatch.setattr("scanner.run.cleanup._PATIENCE_S", 0.0)
    entries = [{"kind": "intent", "number": 1, "probe": "p", "leaves": [asdict(LEFT)]}]
    platform: Any = Platform([session(1, "ACTIVE", "POSTURE-ANOTHER")])
    done = asyncio.run(clean_up(entries, platform))
    assert [left for left, _ in done.remaining] == [LEFT]
    assert (platform.stopped, platform.gone) == ([], [])


def others(platform, within_s=0.0):
    return asyncio.run(others_begun(platform, LEFT, "S1", "probe", within_s))


def test_what_a_repeated_start_began_beside_the_first_is_seen_on_every_page():
    assert others(Platform([session(1, "ACTIVE")], [session(9, "ACTIVE", "POSTURE-ANOTHER")])) == ()
    (second,) = others(Platform([session(1, "ACTIVE")], [session(2, "PENDING")]))
    assert isinstance(second, Begun)
    assert second.session_id == "S2"
    assert others(Platform([session(1, "INVALID"), session(2, "ACTIVE")])) == ()
    assert others(Platform([session(2, "ACTIVE")])) == (), "the record of the first may have got another id"
    assert others(Platform([session(1, "ACTIVE"), session(2, "COMPLETED")])) == ()
    assert isinstance(others(Platform([], [], endless=True)), Unread)
    assert isinstance(others(Platform([session(1, "ACTIVE")], statuses=[500])), Unread)


@pytest.mark.parametrize("deaf", [0, 1])
def test_it_is_stopped_and_the_first_goes_on(monkeypatch, deaf):
    monkeypatch.setattr("scanner.ocpi.requests.repeated_start._PAUSE_S", 0.01)
    platform: Any = Platform([session(1, "ACTIVE"), session(2, "ACTIVE")], deaf=deaf)
    assert asyncio.run(stop_others(platform, LEFT, "S1", "probe", 0.05))
    assert platform.stopped == ["S2"] * (1 + deaf)
    assert [one["status"] for one in platform.pages[0]] == ["ACTIVE", "COMPLETED"]


def test_one_that_goes_on_is_not_said_to_be_over(monkeypatch):
    monkeypatch.setattr("scanner.ocpi.requests.repeated_start._PAUSE_S", 0.01)
    platform: Any = Platform([session(1, "ACTIVE"), session(2, "ACTIVE")], deaf=9)
    assert not asyncio.run(stop_others(platform, LEFT, "S1", "probe", 0.05))
    assert platform.stopped == ["S2"] * TRIES
    unread: Any = Platform([], statuses=[500])
    assert not asyncio.run(stop_others(unread, LEFT, "S1", "probe", 0.0))
