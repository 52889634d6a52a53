"""Objects by their ids, asked for without a token: on platforms that give them, and on some that lead astray."""

import asyncio
import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.model.facts.ocpi.access import (
    AccessWithEmptyToken,
    AccessWithoutToken,
    AccessWithToken,
    AccessWithWrongToken,
)
from scanner.model.facts.ocpi.answer import Access
from scanner.ocpi.access import AccessProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import FAST, open_gate
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_objects import objects_of
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import findings_of

LOCATION = ("/{location_id}", "/{location_id}/{evse_uid}", "/{location_id}/{evse_uid}/{connector_id}")
EVSE = {"uid": "EVSE 1", "status": "AVAILABLE", "connectors": [{"id": "1"}], "last_updated": "2026-01-01T00:00:00Z"}
MODULES = ("locations", "sessions", "tokens")
NO_TOKEN, WRONG_TOKEN = "ocpi-access-no-token-refused", "ocpi-access-wrong-token-refused"


def _with_parts(item):
    return {**item, "evses": [EVSE]} if "coordinates" in item else item


def _ids(request):
    """What stands behind the module of a request."""
    return request.path.removeprefix("/ocpi/").split("/")[2:]


def _giving(request, response):
    """The objects of lists by their ids, and any token of a driver."""
    version, _, rest = request.path.removeprefix("/ocpi/").partition("/")
    module = rest.partition("/")[0]
    if not _ids(request) or module not in MODULES:
        return response
    data = {"uid": "UID0", "type": "RFID"} if module == "tokens" else _with_parts(objects_of(version, module)[0])
    return replace(response, status=200, body=json.dumps({"status_code": 1000, "data": data}).encode())


def _offering(**more):
    modules = (("credentials", "SENDER"), ("locations", "SENDER"), ("sessions", "SENDER"), ("tokens", "RECEIVER"))
    return Platform(**{"modules": modules, "change": _giving, "change_object": _with_parts, **more})


def _by_id(platform):
    return [request for request in platform.requests if _ids(request)]


def knock(platform, folder, limits=FAST):
    async def run():
        async with open_gate(platform.target(limits=limits), folder, tokens={"emsp-a": TOKEN}) as gate:
            return await gate.run(DiscoveryProbe(), AccessProbe())

    return asyncio.run(run())


def _verdicts(store, check, **coordinates):
    found = [f for f in findings_of(store) if f.check == check]
    return [f.outcome for f in found if coordinates.items() <= f.subject.coordinates().items()]


@pytest.mark.parametrize("version, encoding", [("2.1.1", "raw"), ("2.2.1", "base64"), ("2.3.0", "base64")])
def test_an_object_of_each_module_is_a_door_that_the_valid_token_opens_and_strangers_do_not(
    tmp_path, version, encoding
):
    with running_platform(_offering(version=version, encoding=encoding)) as platform:
        store = knock(platform, tmp_path)
    of_drivers = () if version == "2.1.1" else ("/{country_code}/{party_id}/{uid}",)  # there sessions name no uid
    of_modules = {"locations": LOCATION, "sessions": ("/{id}",), "tokens": of_drivers}
    for module, paths in of_modules.items():
        for path in paths:
            for kind, access in ((AccessWithToken, Access.DATA), (AccessWithoutToken, Access.REFUSED)):
                (fact,) = facts_of(store, kind, module=module, path=path)
                assert [answer.access for answer in fact.answers] == [access]
            assert len(facts_of(store, AccessWithWrongToken, module=module, path=path)) == 1
            assert facts_of(store, AccessWithEmptyToken, module=module, path=path) == []
            assert _verdicts(store, NO_TOKEN, module=module, path=path) == [Outcome.PASS]
            assert _verdicts(store, WRONG_TOKEN, module=module, path=path) == [Outcome.PASS]
    assert len(_by_id(platform)) == 3 * sum(map(len, of_modules.values()))
    assert {request.method for request in platform.requests} == {"GET"}
    assert any(request.path.endswith("/locations/LOC0/EVSE%201/1") for request in _by_id(platform))


@pytest.mark.parametrize(
    "opens, failing, other, outcome",
    [
        (
            lambda request: bool(_ids(request)) and "authorization" not in request.headers,
            NO_TOKEN,
            WRONG_TOKEN,
            Outcome.NOT_APPLICABLE,
        ),
        (
            lambda request: bool(_ids(request)) and "authorization" in request.headers,
            WRONG_TOKEN,
            NO_TOKEN,
            Outcome.PASS,
        ),
    ],
)
def test_a_route_that_forgets_the_token_fails_where_its_list_asks_for_one(tmp_path, opens, failing, other, outcome):
    with running_platform(_offering(opens=opens)) as platform:
        store = knock(platform, tmp_path)
    for path in LOCATION:
        assert _verdicts(store, failing, module="locations", path=path) == [Outcome.FAIL]
        assert _verdicts(store, other, module="locations", path=path) == [outcome]
    (finding,) = (
        f for f in findings_of(store) if f.check == failing and f.subject.coordinates().get("path") == "/{id}"
    )
    assert '/sessions/$ID"' in (finding.reproduce or "")


def test_no_id_is_stored_anywhere(tmp_path):
    with running_platform(_offering(opens=lambda request: bool(_ids(request)))) as platform:
        knock(platform, tmp_path)
    assert any("SES0" in request.path for request in _by_id(platform))
    assert any("UID0" in request.path for request in _by_id(platform))
    stored = "".join(path.read_text() for path in tmp_path.rglob("*.json*"))
    assert "/{country_code}/{party_id}/{uid}" in stored
    assert [text for text in ("SES0", "UID0", "LOC0", "EVSE 1", "EVSE%201") if text in stored] == []


@pytest.mark.parametrize("name", ["..", ".", "../../../admin", "a\\b", "%2e%2e", "x\r\nHost: y", "x" * 65, "", 7, None])
def test_what_is_no_segment_of_a_path_is_not_asked_for(tmp_path, name):
    with running_platform(_offering(change_object=lambda item: {**_with_parts(item), "id": name})) as platform:
        store = knock(platform, tmp_path)
    assert {request.path for request in _by_id(platform)} <= {"/ocpi/2.2.1/tokens/DE/VLT/UID0"}
    assert {why.detail.partition(": ")[2] for why in reasons_of(store, AccessWithoutToken)} == {
        "no object of the list has an id that can stand in a URL"
    }
    assert _verdicts(store, NO_TOKEN, module="locations", path=LOCATION[0]) == [Outcome.INCONCLUSIVE]


def test_a_platform_that_gives_lists_only_is_asked_for_nothing_more(tmp_path):
    with running_platform(Platform()) as platform:
        store = knock(platform, tmp_path)
    assert {f.subject.coordinates().get("path") for f in findings_of(store) if f.check == NO_TOKEN} == {None}
    assert {request.headers["authorization"].partition(" ")[0] for request in _by_id(platform)} == {"Token"}
    assert len(_by_id(platform)) == 2


def _failing(request, response):
    return replace(response, status=503, body=b"") if _ids(request) else response


def test_where_the_valid_token_is_answered_with_an_error_nothing_is_said_of_the_object(tmp_path):
    with running_platform(_offering(change=_failing)) as platform:
        store = knock(platform, tmp_path)
    assert _verdicts(store, NO_TOKEN, module="locations", path=LOCATION[0]) == [Outcome.INCONCLUSIVE]
    assert _verdicts(store, NO_TOKEN, module="locations", path=LOCATION[1]) == []


def test_objects_come_after_urls_where_the_refusal_budget_ends(tmp_path):
    with running_platform(_offering()) as platform:
        store = knock(platform, tmp_path, replace(FAST, max_refusals=8))
    asked = facts_of(store, AccessWithoutToken)
    assert len(facts_of(store, AccessWithoutToken, path=LOCATION[0])) == 0
    assert len(asked) == 6  # and two for valid tokens elsewhere
    assert _verdicts(store, NO_TOKEN, module="locations", path=LOCATION[0]) == [Outcome.INCONCLUSIVE]
