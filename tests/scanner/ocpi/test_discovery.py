import asyncio
import json
from dataclasses import replace

import pytest

from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.urls import InterfaceUrls, UrlPlace
from scanner.model.facts.ocpi.versions import AuthorizationForm, EndpointsAdvertised, VersionsOffered
from scanner.model.observation import Reason
from scanner.model.subject import Side
from scanner.model.token_encoding import TokenEncoding
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.version_lists import MOST_NAMED, MOST_VERSIONS
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_hostile, running_platform


def discover(platform, folder, *, token=TOKEN, target=None):
    async def run():
        async with open_gate(target or platform.target(), folder, tokens={"emsp-a": token}) as gate:
            return await gate.run(DiscoveryProbe())

    return asyncio.run(run())


@pytest.mark.parametrize(
    "platform, taken, refused",
    [
        (Platform(), TokenEncoding.BASE64, 0),
        (Platform(encoding="raw"), TokenEncoding.RAW, 1),
        (Platform(encoding="base64-newline"), TokenEncoding.BASE64_NEWLINE, 2),
        (Platform(encoding="raw", refusal=(200, 2002)), TokenEncoding.RAW, 1),
        (Platform(encoding="raw", refusal=(405, 2000)), TokenEncoding.RAW, 1),
    ],
)
def test_the_form_of_the_token_is_found_out_once_and_remembered(platform, taken, refused, tmp_path):
    with running_platform(platform) as running:
        store = discover(running, tmp_path)
    found = facts_of(store, AuthorizationForm)
    assert [form.encoding for form in found] == [taken, taken]
    assert sorted(len(form.refused) for form in found) == [0, refused]
    assert len(running.requests) == 2 + refused


def test_endpoints_come_from_the_version_details_wherever_they_point(tmp_path):
    urls = {"locations": "/odd//Locations/", "sessions": "https://elsewhere.example/s"}
    with running_platform(Platform(module_urls=urls)) as running:
        store = discover(running, tmp_path)
    (details,) = facts_of(store, EndpointsAdvertised)
    found = {e.module: e for e in details.endpoints}
    assert found["locations"].url == f"{running.origin}/odd//Locations/"
    assert (found["locations"].side, found["locations"].place) == (Side.SENDER, UrlPlace.IN_SCOPE)
    assert found["sessions"].place is UrlPlace.OTHER_HOST
    assert found["credentials"].side is None
    elsewhere = [url for fact in facts_of(store, InterfaceUrls) for url in fact.elsewhere]
    assert [(url.where, url.origin) for url in elsewhere] == [
        ("/data/endpoints/2/url", "https://elsewhere.example:443")
    ]


@pytest.mark.parametrize(
    "name, wanted, said",
    [
        ("version", VersionsOffered, "versions: HTTP 200, OCPI status 1000, and no entry has `version` and `url`"),
        (
            "identifier",
            EndpointsAdvertised,
            "details of version 2.2.1: HTTP 200, OCPI status 1000, and no entry has `identifier` and `url`",
        ),
    ],
)
def test_entries_that_lead_nowhere_are_judged_by_their_types_and_named(tmp_path, name, wanted, said):
    def renamed(_request, response):
        return replace(response, body=response.body.replace(f'"{name}"'.encode(), b'"of_another_name"'))

    with running_platform(Platform(change=renamed)) as running:
        store = discover(running, tmp_path)
    assert facts_of(store, wanted) == []
    assert said in {why.detail for why in reasons_of(store, wanted)}
    missing = {v.pointer.rpartition("/")[2] for f in facts_of(store, ObjectsValidated) for v in f.violations}
    assert missing == {name}


def test_2_1_1_names_no_sides(tmp_path):
    with running_platform(Platform(version="2.1.1", encoding="raw")) as running:
        store = discover(running, tmp_path)
    (details,) = facts_of(store, EndpointsAdvertised)
    assert {endpoint.side for endpoint in details.endpoints} == {None}


def test_every_version_offered_is_looked_into(tmp_path):
    with running_platform(Platform(versions=("2.1.1", "2.2.1", "2.3.0"))) as running:
        store = discover(running, tmp_path)
    assert [len(fact.versions) for fact in facts_of(store, VersionsOffered)] == [3]
    assert len(facts_of(store, EndpointsAdvertised)) == 3


def test_a_refused_token_is_said_as_such_and_was_tried_in_every_form(tmp_path):
    with running_platform(Platform()) as running:
        store = discover(running, tmp_path, token="not-theirs-at-all")
    (why,) = reasons_of(store, VersionsOffered)
    assert why.reason is Reason.ACCESS_DENIED
    assert "HTTP 401" in why.detail
    assert why.evidence
    assert len(running.requests) == 3


def test_an_answer_that_is_no_ocpi_is_not_asked_again_in_other_forms(tmp_path):
    with running_hostile("html") as running:
        store = discover(running, tmp_path)
    assert {why.reason for why in reasons_of(store, VersionsOffered)} == {Reason.UNPARSABLE}
    assert len(running.requests) == 1


def test_every_fact_that_it_answers_for_is_seen_or_explained(tmp_path):
    for number, name in enumerate(("html", "silent-close", "redirect-loop")):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running_hostile(name) as running:
            store = discover(running, folder)
        assert {o.key.fact for o in store} == DiscoveryProbe.provides


def test_without_an_identity_it_says_that_nobody_was_configured(tmp_path):
    with running_platform(Platform()) as running:
        target = loopback_target(running.versions_url, ca_file=running.ca_file, identities=())
        store = discover(running, tmp_path, target=target)
    assert {why.reason for why in reasons_of(store, VersionsOffered)} == {Reason.NOT_CONFIGURED}
    assert running.requests == []


def test_the_plan_covers_what_is_sent(tmp_path):
    with running_platform(Platform(encoding="base64-newline")) as running:
        _, line = DiscoveryProbe().plan(running.target())
        discover(running, tmp_path)
    assert line.at_least <= len(running.requests) <= line.at_most


def test_every_version_is_named_and_those_whose_details_are_not_read_are_recorded_as_such(tmp_path):
    offered = (*(f"9.{number}" for number in range(MOST_VERSIONS)), "2.2.1", "2.0")
    with running_platform(Platform(versions=offered)) as running:
        store = discover(running, tmp_path)
    assert [v.version for v in facts_of(store, VersionsOffered)[0].versions] == list(offered)
    assert len(facts_of(store, EndpointsAdvertised)) == MOST_VERSIONS
    assert facts_of(store, EndpointsAdvertised, version="2.0")  # a version of OCPI is read, wherever it stands
    assert {why.reason for why in reasons_of(store, EndpointsAdvertised)} == {Reason.BUDGET_EXHAUSTED}
    assert len(reasons_of(store, EndpointsAdvertised)) == 2


def test_both_details_of_a_version_that_stands_twice_are_read(tmp_path):
    def twice(request, response):
        if not request.path.endswith("/versions"):
            return response
        document = json.loads(response.body)
        (line,) = document["data"]
        document["data"].append({**line, "url": line["url"] + "/"})
        return replace(response, body=json.dumps(document).encode())

    with running_platform(Platform(change=twice)) as running:
        store = discover(running, tmp_path)
    assert [o.key.subject.path for o in store.of(EndpointsAdvertised)] == [None, "{url 2}"]


def test_a_list_without_an_end_is_read_up_to_a_bound_that_is_said(tmp_path):
    modules = tuple((f"x{number}", "SENDER") for number in range(MOST_NAMED + 1))
    with running_platform(Platform(modules=modules)) as running:
        store = discover(running, tmp_path)
    assert len(facts_of(store, EndpointsAdvertised)[0].endpoints) == MOST_NAMED
    assert [why.reason for why in reasons_of(store, EndpointsAdvertised)] == [Reason.BUDGET_EXHAUSTED]
