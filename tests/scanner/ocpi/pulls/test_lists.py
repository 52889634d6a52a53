"""What a list of ours gives, page by page, without anybody who pulls it."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from scanner.model.facts.ocpi.pulls import Trick
from scanner.model.served import CallersToken, ServedCall
from scanner.ocpi.pulls import lists
from scanner.ocpi.pulls.lists import HostileList
from scanner.ocpi.rogue.site import Site

PATH = "/2.2.1/tariffs"
BEGAN = "2026-05-01T10:00:05"


class Clocks:
    """Stands where the module's `time` and `datetime` do."""

    def __init__(self):
        self.seconds = 0.0

    def monotonic(self):
        return self.seconds

    def now(self, zone):
        return datetime.fromisoformat(BEGAN).replace(tzinfo=zone)


@pytest.fixture
def clocks(monkeypatch):
    made = Clocks()
    monkeypatch.setattr(lists, "time", made)
    monkeypatch.setattr(lists, "datetime", made)
    return made


def asked_of(one, since):
    call = ServedCall(
        received_at=datetime(2026, 5, 1, tzinfo=UTC),
        peer="127.0.0.1",
        method="GET",
        path=f"{PATH}?offset=0&date_from={since}",
        headers=(),
        body=b"",
        token=CallersToken.NEWEST,
    )
    answer = asyncio.run(one.answer(call))
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    "since, given",
    [
        ("2026-05-01T10:00:04Z", 1),
        ("2026-05-01T10:00:05Z", 1),
        ("2026-05-01T10:00:05.731Z", 1),
        ("2026-05-01T10:00:05.731", 1),
        ("2026-05-01T10:00:06Z", 0),
        ("2026-05-01T10:00:06.001Z", 0),
    ],
)
def test_after_an_outage_who_asks_from_the_second_in_which_it_began_is_given_the_object(clocks, since, given):
    site = Site(version="2.2.1", base="https://x", elsewhere="", inward="", now="", after_s=1.0, most_bytes=1)
    one = HostileList(trick=Trick.OUTAGE, site=site, path=PATH, sound={"id": "T"}, bad={})
    for clocks.seconds in (0.0, 1.5):
        assert asked_of(one, "").status == 503
    clocks.seconds = 3.0
    assert len(json.loads(asked_of(one, since).body)["data"]) == given
    assert one.too_soon == 0
