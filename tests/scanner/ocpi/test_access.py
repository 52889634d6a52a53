import asyncio
import base64
import json
from collections import Counter
from dataclasses import replace

from scanner.model.facts.ocpi.access import (
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithQueryToken,
    AccessWithWrongToken,
)
from scanner.model.facts.ocpi.answer import Access
from scanner.model.observation import Reason
from scanner.ocpi.access import AccessProbe
from scanner.ocpi.attempts import ORDER
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.version_lists import MOST_ENDPOINTS
from tests.scanner.gate_fixtures import FAST, open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_hostile, running_platform

DOORS = 5  # versions, details, three modules
ENCODED = base64.b64encode(TOKEN.encode()).decode()


def _strangers(platform):
    """What was asked but by those who look for objects behind lists, which takes the valid token."""
    return [request for request in platform.requests if request.headers.get("authorization") != f"Token {ENCODED}"]


def knock(platform, folder, limits=FAST):
    async def run():
        target = platform.target(limits=limits)
        async with open_gate(target, folder, tokens={"emsp-a": TOKEN}) as gate:
            await gate.run(DiscoveryProbe())
            platform.requests.clear()
            return await gate.run(AccessProbe())

    return asyncio.run(run())


def test_every_door_is_tried_in_every_way(tmp_path):
    with running_platform(Platform()) as platform:
        store = knock(platform, tmp_path)
    assert all(len(facts_of(store, kind)) == DOORS for kind in ORDER)
    assert all(a.access is Access.REFUSED for kind in ORDER for f in facts_of(store, kind) for a in f.answers)


def test_strangers_send_no_real_token_in_any_form(tmp_path):
    with running_platform(Platform()) as platform:
        knock(platform, tmp_path)
    sent = [f"{r.target} {r.headers}" for r in _strangers(platform)]
    assert len(sent) == DOORS * len(ORDER)
    assert not any(TOKEN in text or ENCODED in text for text in sent)


def test_what_is_sent_is_what_the_fact_says(tmp_path):
    with running_platform(Platform()) as platform:
        knock(platform, tmp_path)
    sent = _strangers(platform)
    kinds = Counter(request.headers.get("authorization", "none").partition(" ")[0] for request in sent)
    assert kinds == {"none": 2 * DOORS, "Token": 2 * DOORS, "Bearer": 3, "Basic": 2}
    assert sum(request.query("token") is not None for request in sent) == DOORS
    assert sum(request.headers.get("authorization") == "Token" for request in sent) == DOORS


def test_where_the_refusal_budget_ends_the_least_telling_is_cut_off_and_it_is_said_what_lets_it_out(tmp_path):
    cap = DOORS + 2 * 4 + 1 + 2  # everywhere without, two doors in every way, one more, and what is kept for others
    with running_platform(Platform()) as platform:
        store = knock(platform, tmp_path, replace(FAST, max_refusals=cap))
    assert len(_strangers(platform)) == cap - 2
    assert len(facts_of(store, AccessWithoutToken)) == DOORS
    assert len(facts_of(store, AccessWithWrongToken)) == 3
    for kind in (AccessWithQueryToken, AccessWithOtherScheme, AccessWithEmptyToken):
        assert len(facts_of(store, kind)) == 2
        assert [why.reason for why in reasons_of(store, kind)] == [Reason.BUDGET_EXHAUSTED] * (DOORS - 2)
    assert "with --max-refusals " in reasons_of(store, AccessWithEmptyToken)[0].detail


def test_a_url_that_two_interfaces_share_is_asked_once_and_recorded_for_both(tmp_path):
    modules = (("locations", "SENDER"), ("locations", "RECEIVER"))
    with running_platform(Platform(modules=modules)) as platform:
        store = knock(platform, tmp_path)
    assert len(facts_of(store, AccessWithoutToken, module="locations")) == 2
    asked = [r for r in platform.requests if r.path.endswith("/locations") and "authorization" not in r.headers]
    assert len(asked) == 2  # without a token, and with one in the query


def test_a_url_out_of_scope_is_left_alone(tmp_path):
    with running_platform(Platform(module_urls={"sessions": "https://elsewhere.example/s"})) as platform:
        store = knock(platform, tmp_path)
    (why,) = reasons_of(store, AccessWithoutToken)
    assert why.reason is Reason.NOT_PERMITTED


def test_the_versions_url_is_tried_where_nothing_could_be_discovered(tmp_path):
    with running_hostile("html") as platform:
        store = knock(platform, tmp_path)
    assert len(facts_of(store, AccessWithoutToken)) == 1


def test_data_that_a_stranger_was_given_does_not_reach_the_evidence(tmp_path):
    with running_platform(Platform(opens=lambda _request: True)) as platform:
        store = knock(platform, tmp_path)
    assert {a.access for f in facts_of(store, AccessWithoutToken) for a in f.answers} == {Access.DATA}
    stored = "".join(path.read_text() for path in (tmp_path / "evidence").rglob("*.json"))
    assert stored
    assert "UID0" not in stored
    assert "LOC0" not in stored


def test_the_plan_stays_within_the_refusal_budget():
    with running_platform(Platform()) as platform:
        strangers, reads = AccessProbe().plan(platform.target(limits=replace(FAST, max_refusals=60)))
    assert (strangers.at_least, strangers.at_most) == (5, 60)
    assert (strangers.identity, reads.identity) == (None, "emsp-a")


def _with_second_url(request, response):
    if request.path.endswith("/open"):
        return replace(response, status=200, body=b'{"status_code": 1000, "data": [{"id": "1"}]}')
    if not request.path.endswith("/2.2.1"):
        return response
    document = json.loads(response.body)
    url = f"https://{request.headers['host']}/ocpi/2.2.1/open"
    document["data"]["endpoints"].append({"identifier": "sessions", "role": "SENDER", "url": url})
    return replace(response, body=json.dumps(document).encode())


def test_a_second_url_of_one_interface_is_a_door_with_a_subject_of_its_own(tmp_path):
    second = Platform(opens=lambda request: request.path.endswith("/open"), change=_with_second_url)
    with running_platform(second) as platform:
        store = knock(platform, tmp_path)
    seen = {o.key.subject.path: o.result.fact.answers[0].access for o in _of_sessions(store)}
    assert seen == {None: Access.REFUSED, "{url 2}": Access.DATA}


def _of_sessions(store):
    return [o for o in store.of(AccessWithoutToken) if o.key.subject.module == "sessions"]


def test_endpoints_behind_the_bound_are_doors_all_the_same(tmp_path):
    modules = (*((f"x{number}", "SENDER") for number in range(MOST_ENDPOINTS + 2)), ("sessions", "SENDER"))
    with running_platform(Platform(modules=modules)) as platform:
        store = knock(platform, tmp_path)
    assert len(facts_of(store, AccessWithoutToken)) == 2 + len(modules)
