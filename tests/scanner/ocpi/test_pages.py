import asyncio
import json

from scanner.model.facts.ocpi.access import AccessWithToken
from scanner.model.facts.ocpi.headers import RequestIdsEchoed
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.pages import PageObserved
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.facts.ocpi.urls import InterfaceUrls
from scanner.model.observation import Reason, Unavailable
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.pages import PagesProbe
from scanner.ocpi.version_lists import MOST_ENDPOINTS
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_hostile, running_platform
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import running_service


def read(target, folder, tokens=None):
    async def run():
        async with open_gate(target, folder, tokens=tokens or {"emsp-a": TOKEN}) as gate:
            return await gate.run(DiscoveryProbe(), PagesProbe())

    return asyncio.run(run())


def test_a_list_is_read_as_it_comes_then_one_object_then_far_too_many(tmp_path):
    with running_platform(Platform()) as platform:
        store = read(platform.target(), tmp_path)
    (page,) = facts_of(store, PageObserved, module="locations")
    assert [(p.asked, p.objects, p.limit, p.total_count) for p in page.pages] == [
        (None, 2, 2, 3),
        (1, 1, 2, 3),
        (1001, 2, 2, 3),
    ]
    assert all(p.link_next is not None for p in page.pages)


def test_credentials_are_one_object_and_their_token_is_stored_nowhere(tmp_path):
    with running_platform(Platform()) as platform:
        store = read(platform.target(), tmp_path)
    (checked,) = facts_of(store, ObjectsValidated, module="credentials")
    assert (checked.object_type, checked.examined, checked.broken) == ("Credentials", 1, 0)
    assert facts_of(store, InterfaceUrls, module="credentials")[0].examined == 1
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "token-of-theirs" not in written
    assert TOKEN not in written


def test_nothing_of_a_driver_reaches_facts_or_evidence(tmp_path):
    with running_platform(Platform()) as platform:
        store = read(platform.target(), tmp_path)
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "DE-VLT-1" not in written
    assert "DE-VLT-1" not in repr(list(store))


def test_evidence_of_a_page_holds_headers_and_the_number_of_objects(tmp_path):
    with running_platform(Platform()) as platform:
        read(platform.target(), tmp_path)
    documents = [json.loads(path.read_text())["artefact"] for path in (tmp_path / "evidence").rglob("*.json")]
    pages = [d for d in documents if d.get("request", {}).get("url", "").endswith("/locations")]
    assert [(d["objects"], d["response"]["body"]) for d in pages] == [(2, None)]
    assert ["X-Limit", "2"] in pages[0]["response"]["headers"]


def test_the_module_that_answers_with_one_object_is_read_all_the_same(tmp_path):
    with running_platform(Platform(single_object=True)) as platform:
        store = read(platform.target(), tmp_path)
    assert facts_of(store, ObjectsValidated, module="locations")[0].examined == 1
    assert facts_of(store, OwnersSeen, module="sessions")[0].own == 1


def test_a_module_that_answers_no_get_is_no_list(tmp_path):
    modules = (("locations", "SENDER"), ("commands", "RECEIVER"), ("tokens", "RECEIVER"))
    with running_platform(Platform(modules=modules)) as platform:
        store = read(platform.target(), tmp_path)
    assert len(facts_of(store, PageObserved)) == 1
    assert reasons_of(store, PageObserved) == []
    assert facts_of(store, AccessWithToken, module="commands")[0].answers[0].http_status == 404


def test_a_module_that_ocpi_does_not_know_is_looked_at_and_not_judged_by_types(tmp_path):
    with running_platform(Platform(modules=(("locations", "SENDER"), ("nltnm-tokens", "SENDER")))) as platform:
        store = read(platform.target(), tmp_path)
    assert len(facts_of(store, AccessWithToken, module="nltnm-tokens")) == 1
    assert facts_of(store, ObjectsValidated, module="nltnm-tokens") == []


def test_without_a_party_it_says_that_ownership_cannot_be_known(tmp_path):
    with running_platform(Platform()) as platform:
        target = loopback_target(platform.versions_url, ca_file=platform.ca_file)
        store = read(target, tmp_path, {"emsp-one": TOKEN})
    (why,) = reasons_of(store, OwnersSeen)
    assert why.reason is Reason.NOT_CONFIGURED


def test_ids_are_expected_from_2_2_on(tmp_path):
    with running_platform(Platform(versions=("2.1.1", "2.2.1"))) as platform:
        store = read(platform.target(), tmp_path)
    assert facts_of(store, RequestIdsEchoed, version="2.1.1") == []
    assert all(fact.request_id and fact.correlation_id for fact in facts_of(store, RequestIdsEchoed, version="2.2.1"))


def test_sessions_and_cdrs_are_read_as_every_identity(tmp_path):
    with running_service() as service:
        tokens = {name: service.tokens[name] for name in ("emsp-a", "emsp-b")}
        store = read(target_of(service), tmp_path, tokens)
    for version in ("2.2.1", "2.3.0"):
        seen = facts_of(store, OwnersSeen, module="sessions", version=version)
        assert [(f.own, f.foreign) for f in seen] == [(20, 0), (20, 0)]
        assert len(facts_of(store, PageObserved, module="sessions", version=version)) == 1


def test_what_it_answers_for_is_explained_where_nothing_was_found(tmp_path):
    with running_hostile("silent-close") as platform:
        store = read(platform.target(), tmp_path)
    for kind in PagesProbe.provides:
        assert all(why.detail.startswith("no module was found: ") for why in reasons_of(store, kind))
        assert reasons_of(store, kind)


def test_modules_behind_the_bound_are_named_as_not_looked_into_and_those_of_ocpi_come_first(tmp_path):
    modules = (*((f"x{number}", "SENDER") for number in range(MOST_ENDPOINTS)), ("sessions", "SENDER"))
    with running_platform(Platform(modules=modules)) as platform:
        store = read(platform.target(), tmp_path)
    assert len(facts_of(store, AccessWithToken, module="sessions")) == 1
    blank = [o.key.subject for o in store.of(AccessWithToken) if isinstance(o.result, Unavailable)]
    assert [subject.module for subject in blank] == ["x9"]  # the last by name
    assert {why.reason for why in reasons_of(store, AccessWithToken)} == {Reason.BUDGET_EXHAUSTED}
