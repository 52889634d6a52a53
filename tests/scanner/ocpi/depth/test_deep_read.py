import asyncio
import json
from dataclasses import replace

import pytest

from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.facts.ocpi.reads import (
    ChainEnd,
    HiddenVersions,
    MessageIdsSampled,
    ObjectsInDepth,
    OddPageAnswer,
    PagesFollowed,
    WordsOfTests,
)
from scanner.model.observation import Reason
from scanner.ocpi.depth import probe
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.depth.odd_questions import QUESTIONS
from scanner.ocpi.depth.pages_of import FOLLOWED, SAMPLED
from scanner.ocpi.depth.probe import DeepReadProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_objects import objects_of
from tests.targets.odd_platforms import TOKEN, Platform, running_platform

LOCATION = objects_of("2.2.1", "locations")[0]


def read(platform, folder):
    async def run():
        async with open_gate(platform.target(), folder, tokens={"emsp-a": TOKEN}) as gate:
            await gate.run(DiscoveryProbe())
            platform.requests.clear()
            return await gate.run(DeepReadProbe())

    return asyncio.run(run())


def with_locations(total, *, size=2, link=True, growing=False):
    """A platform with so many locations, two a page; each answer may tell of one more."""
    asked = iter(range(10**6))

    def change(request, response):
        if not request.path.endswith("/locations") or response.status != 200:
            return response
        offset = int(request.query("offset") or 0)
        if offset > total or request.query("date_from") or request.query("date_to"):
            return response
        items = [{**LOCATION, "id": f"L{number}"} for number in range(offset, min(offset + size, total))]
        told = total + (next(asked) if growing else 0)
        headers = {**response.headers, "X-Total-Count": str(told), "X-Limit": str(size)}
        headers.pop("Link", None)
        if link and offset + size < total:
            url = f"https://{request.headers['host']}{request.path}?offset={offset + size}&limit={size}"
            headers["Link"] = f'<{url}>; rel="next"'
        return replace(response, headers=headers, body=json.dumps({"status_code": 1000, "data": items}).encode())

    return Platform(modules=(("locations", "SENDER"),), change=change)


def test_every_page_of_a_list_is_read_and_every_object_examined(tmp_path):
    with running_platform(with_locations(9)) as platform:
        store = read(platform, tmp_path)
    (pages,) = facts_of(store, PagesFollowed)
    assert (pages.pages, pages.objects, pages.ids, pages.repeated_ids, pages.end) == (5, 9, 9, 0, ChainEnd.COMPLETE)
    (objects,) = facts_of(store, ObjectsInDepth)
    assert (objects.examined, objects.further, objects.total_count, objects.unread) == (9, 7, 9, "")


def test_of_a_long_list_a_sample_is_read_and_what_was_not_is_said(tmp_path):
    with running_platform(with_locations(200)) as platform:
        store = read(platform, tmp_path)
    (pages,) = facts_of(store, PagesFollowed)
    assert (pages.pages, pages.end) == (FOLLOWED + SAMPLED, ChainEnd.SAMPLED)
    (objects,) = facts_of(store, ObjectsInDepth)
    assert objects.examined == 2 * (FOLLOWED + SAMPLED)
    assert f"{FOLLOWED} pages were followed, and {SAMPLED} of the {100 - FOLLOWED} behind them" in objects.unread


def test_the_sample_is_the_same_with_the_same_seed(tmp_path):
    asked = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with running_platform(with_locations(200)) as platform:
            read(platform, tmp_path / name)
            asked.append([request.target for request in platform.requests])
    assert asked[0] == asked[1]


def test_a_list_that_grows_while_it_is_read_is_not_called_steady(tmp_path):
    with running_platform(with_locations(9, growing=True)) as platform:
        store = read(platform, tmp_path)
    assert [fact.steady for fact in facts_of(store, PagesFollowed)] == [False]


def test_the_probe_ends_with_its_own_budget_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "Allowance", lambda: Allowance(left=10))
    with running_platform(with_locations(9)) as platform:
        store = read(platform, tmp_path)
        assert len(platform.requests) == 10
    assert {why.reason for why in reasons_of(store, OddPageAnswer)} == {Reason.BUDGET_EXHAUSTED}


def test_one_list_of_a_version_is_asked_every_odd_question(tmp_path):
    with running_platform(Platform()) as platform:
        store = read(platform, tmp_path)
    facts = facts_of(store, OddPageAnswer)
    assert len(facts) == len(QUESTIONS)
    assert {o.key.subject.path for o in store.of(OddPageAnswer)} == {question.said for question in QUESTIONS}
    assert all(not fact.objects for fact in facts if fact.nothing_matches)
    assert {fact.cap for fact in facts} == {2}
    refused = [fact for fact in facts if fact.answer.http_status == 400]
    assert len(facts_of(store, ErrorAnswer)) == len(refused) > 0


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1"])
def test_odd_questions_go_to_a_list_that_can_be_read(tmp_path, version):
    modules = (("locations", "SENDER"), ("tariffs", "SENDER"), ("tokens", "SENDER"))  # tokens are not there
    with running_platform(Platform(version=version, modules=modules)) as platform:
        store = read(platform, tmp_path)
    assert {o.key.subject.module for o in store.of(OddPageAnswer)} == {"tariffs"}
    assert len(facts_of(store, OddPageAnswer)) == len(QUESTIONS)


def test_versions_that_are_not_listed_are_asked_for_where_the_listed_ones_are(tmp_path):
    with running_platform(Platform(hidden=("2.1.1", "2.0"))) as platform:
        store = read(platform, tmp_path)
    (fact,) = facts_of(store, HiddenVersions)
    assert fact.asked == ("2.0", "2.1", "2.1.1", "2.2", "2.3.0")
    assert fact.open == ("2.0", "2.1.1")


def test_where_no_version_stands_in_the_url_there_is_nothing_to_guess(tmp_path):
    def renamed(request, response):
        return replace(response, body=response.body.replace(b"/ocpi/2.2.1", b"/ocpi/new"))

    platform = Platform(
        redirects={"new": "/ocpi/2.2.1"},
        change=lambda request, response: renamed(request, response) if request.path.endswith("versions") else response,
    )
    with running_platform(platform) as running:
        store = read(running, tmp_path)
    (fact,) = facts_of(store, HiddenVersions)
    assert (fact.asked, fact.open) == ((), ())


def test_nothing_of_an_object_but_pointers_and_counts_stays(tmp_path):
    broken = {"name": "A dummy called Secret", "last_updated": "2099-01-01T00:00:00Z", "city": None}
    with running_platform(Platform(change_object=lambda item: {**item, **broken})) as platform:
        store = read(platform, tmp_path)
    (locations,) = facts_of(store, ObjectsInDepth, module="locations")
    assert {rule.rule for rule in locations.broken_rules} == {"last-updated-not-in-future"}
    (words,) = facts_of(store, WordsOfTests, module="locations")
    assert [(found.pointer, found.count) for found in words.found] == [("/data/*/name", 3)]
    stored = "".join(path.read_text() for path in (tmp_path / "evidence").rglob("*.json"))
    assert "Secret" not in repr(list(store)) + stored


def test_a_platform_of_2_1_1_that_only_receives_is_said_to_have_no_lists(tmp_path):
    modules = (("tokens", "SENDER"), ("cdrs", "SENDER"))  # without a role, so either side
    with running_platform(Platform(version="2.1.1", modules=modules)) as platform:
        store = read(platform, tmp_path)
    for kind in (PagesFollowed, ObjectsInDepth, WordsOfTests, OddPageAnswer):
        assert [why.reason for why in reasons_of(store, kind)] == [Reason.NOT_CONFIGURED]


def test_message_ids_are_counted_over_all_answers(tmp_path):
    with running_platform(Platform()) as platform:
        store = read(platform, tmp_path)
        (fact,) = facts_of(store, MessageIdsSampled)
        assert fact.answers == len(platform.requests)
    assert (fact.without, fact.of_others) == (0, 0)


@pytest.mark.parametrize("modules", [(("credentials", "SENDER"),), (("commands", "RECEIVER"),)])
def test_a_platform_without_lists_is_said_to_have_none(tmp_path, modules):
    with running_platform(Platform(modules=modules)) as platform:
        store = read(platform, tmp_path)
    for kind in (PagesFollowed, ObjectsInDepth, WordsOfTests, OddPageAnswer):
        assert [why.reason for why in reasons_of(store, kind)] == [Reason.NOT_CONFIGURED]
