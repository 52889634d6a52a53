from __future__ import annotations

import re

import pytest

from tests.infra.service.examples import seeded
from tests.infra.service.exchange_client import CPO, Client, Reply, emsp_a
from tests.targets.reference_service import RunningService


def follow(client: Client, path: str) -> list[Reply]:
    replies = []
    while path:
        replies.append(client.get(path))
        link = replies[-1].headers["Link"]
        match = re.fullmatch(r'<([^>]+)>; rel="next"', link) if link else None
        path = match[1].removeprefix(client.service.origin) if match else ""
    return replies


def own(collection: str) -> list[str]:
    return [o["id"] for o in seeded(collection) if o["party_id"] == "RFC"]


@pytest.mark.parametrize("limit", ["", "?limit=1", "?limit=7", "?limit=20", "?limit=100000"])
def test_following_links_gives_every_object_once_in_order(service: RunningService, limit: str):
    replies = follow(emsp_a(service), f"{CPO}/locations{limit}")
    assert [o["id"] for reply in replies for o in reply.data] == own("locations")
    assert {reply.headers["X-Total-Count"] for reply in replies} == {"26"}
    assert {reply.headers["X-Limit"] for reply in replies} == {"20"}


def test_the_limit_is_capped(service: RunningService):
    assert len(emsp_a(service).get(f"{CPO}/locations?limit=999999999").data) == 20


def test_the_link_keeps_the_filter(service: RunningService):
    first = emsp_a(service).get(f"{CPO}/sessions?date_from=2025-09-02T00:00:00Z&date_to=2025-12-31T00:00:00.5&limit=3")
    link = first.headers["Link"]
    assert link.startswith(f"<{service.origin}{CPO}/sessions?")
    assert "date_from=2025-09-02T00:00:00Z" in link
    assert "date_to=2025-12-31T00:00:00.5" in link
    assert "offset=3&limit=3" in link


def test_date_from_is_inclusive_and_date_to_exclusive(service: RunningService):
    stamps = [o["last_updated"] for o in emsp_a(service).get(f"{CPO}/locations").data]
    third = stamps[2]
    at_or_after = emsp_a(service).get(f"{CPO}/locations?date_from={third}")
    before = emsp_a(service).get(f"{CPO}/locations?date_to={third}")
    assert at_or_after.data[0]["last_updated"] == third
    assert [o["last_updated"] for o in before.data] == stamps[:2]
    assert int(at_or_after.headers["X-Total-Count"]) + int(before.headers["X-Total-Count"]) == 26


def test_beyond_the_end_there_is_nothing_and_no_link(service: RunningService):
    reply = emsp_a(service).get(f"{CPO}/locations?offset=1000")
    assert reply.data == []
    assert reply.headers["Link"] is None
    assert reply.headers["X-Total-Count"] == "26"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=1.5",
        "limit=",
        "limit=1e3",
        "limit=%D9%A3",  # an Arabic digit
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "offset=-1",
        "offset=x",
        "offset=+1",
        "offset=1&offset=1",
        "date_from=yesterday",
        "date_from=2025-13-01T00:00:00Z",
        "date_from=2025-09-01",
        "date_from=2025-09-01T00:00:00%2B02:00",
        "date_from=2025-09-01T00:00:00+00:00",
        "date_to=2025-09-01T24:00:00Z",
        "date_to=",
        "date_from=2025-09-02T00:00:00Z&date_to=2025-09-01T00:00:00Z",
        "date_from=' OR 1=1 --",
    ],
)
def test_a_bad_parameter_is_refused_by_name(service: RunningService, query: str):
    reply = emsp_a(service).get(f"{CPO}/locations?" + query.replace(" ", "%20"))
    assert (reply.status, reply.code) == (400, 2001)
    assert query.split("=", maxsplit=1)[0] in reply.json["status_message"] or "date_to" in reply.json["status_message"]


def test_unknown_parameters_are_ignored(service: RunningService):
    assert emsp_a(service).get(f"{CPO}/locations?colour=blue&limit=1").status == 200
