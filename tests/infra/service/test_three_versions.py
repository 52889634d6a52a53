"""What holds in each version: valid lists, isolation, pushes that are read back, and no way from one to another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.service.exchange_client import Client
from tests.infra.service.spoken import DIALECTS, T1, T2, VERSIONS, client, cpo, emsp, owned, tenants
from tests.targets.reference_service import RunningService

MODELS = {"locations": "location", "tariffs": "tariff", "sessions": "session", "cdrs": "cdr"}
PUSHED = {"locations": "id", "tariffs": "id", "sessions": "id", "tokens": "uid"}


def model(version: str, module: str) -> Any:
    return getattr(DIALECTS[version].types, MODELS[module])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("module", MODELS)
def test_lists_hold_valid_objects_of_the_version(service: RunningService, version: str, module: str):
    served = client(service, "emsp-a", version).get(cpo(version, module)).data
    assert len(served) > 2
    assert [model(version, module).model_validate(o).to_json() for o in served] == served


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("module", ["sessions", "cdrs"])
def test_a_partner_sees_its_own_drivers_only(service: RunningService, version: str, module: str):
    expected = [o["id"] for o in tenants(version, module, "VLT")]
    reply = client(service, "emsp-a", version).get(f"{cpo(version, module)}?limit=20")
    assert [o["id"] for o in reply.data] == expected[:20]
    assert reply.headers["X-Total-Count"] == str(len(expected))
    foreign = tenants(version, module, "RLN")[0]["id"]
    assert client(service, "emsp-a", version).get(f"{cpo(version, module)}/{foreign}").status == 404


def test_endpoints_of_2_1_1_have_no_role(service: RunningService):
    endpoints = client(service, "emsp-a", "2.1.1").get("/ocpi/2.1.1").data["endpoints"]
    assert {e["identifier"] for e in endpoints} == {"credentials", "locations", "tariffs", "tokens", "sessions", "cdrs"}
    assert all(e.keys() == {"identifier", "url"} for e in endpoints)
    assert not client(service, "emsp-e", "2.1.1").get("/ocpi/2.1.1").data["endpoints"][-1]["url"].endswith("profiles")


def test_the_header_of_2_1_1_holds_the_raw_token_and_that_of_later_versions_does_not(service: RunningService):
    raw, encoded = client(service, "emsp-a", "2.1.1"), Client(service=service, partner="emsp-a")
    assert raw.get("/ocpi/2.1.1").status == 200
    assert encoded.get("/ocpi/2.1.1").status == 401
    for path in ("/ocpi/2.2.1", "/ocpi/2.3.0", "/ocpi/versions", cpo("2.3.0", "locations")):
        assert raw.get(path).status == 401
        assert encoded.get(path).status == 200


@pytest.mark.parametrize("version", VERSIONS)
def test_our_credentials_are_those_of_the_version(service: RunningService, version: str):
    data = client(service, "emsp-a", version).get(f"/ocpi/{version}/credentials").data
    assert DIALECTS[version].types.credentials.model_validate(data).to_json() == data
    assert ("roles" in data) is (version != "2.1.1")
    if version == "2.1.1":
        assert data["party_id"] == "RFC"  # an eMSP deals with our CPO


def new(version: str, module: str, **changes: Any) -> tuple[str, str, dict[str, Any]]:
    """Partner, URL and an object that the service does not know."""
    partner, party = ("emsp-a", "VLT") if module == "tokens" else ("cpo-c", "GRN")
    side = cpo if module == "tokens" else emsp
    known = owned(version, module, party)[-1]
    document = known | {PUSHED[module]: "NEW-1", "last_updated": T1} | changes
    country = "DE" if module == "tokens" else "BE"
    return partner, f"{side(version, module)}/{country}/{party}/NEW-1", document


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("module", PUSHED)
def test_what_is_pushed_through_one_version_is_read_through_that_one_only(
    fresh: RunningService, version: str, module: str
):
    partner, url, document = new(version, module)
    speaker = client(fresh, partner, version)
    created = speaker.put(url, document)
    assert (created.status, created.code) == (201, 1000), created.json
    assert speaker.get(url).data == document
    assert speaker.put(url, document).status == 200
    for other in VERSIONS:
        if other != version:
            there = url.replace(version, other)
            assert client(fresh, partner, other).get(there).status == 404


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("module", ["locations", "sessions", "tokens"])
def test_a_patch_before_a_put_is_404_and_changes_what_is_there_after(fresh: RunningService, version: str, module: str):
    partner, url, document = new(version, module)
    speaker = client(fresh, partner, version)
    name, value = {"locations": ("name", "New"), "sessions": ("kwh", 90.5), "tokens": ("valid", False)}[module]
    assert speaker.patch(url, {name: value, "last_updated": T2}).status == 404
    assert speaker.put(url, document).status == 201
    assert speaker.patch(url, {name: value, "last_updated": T2}).code == 1000
    assert speaker.get(url).data == document | {name: value, "last_updated": T2}


@pytest.mark.parametrize("version", VERSIONS)
def test_tariffs_are_patched_in_2_1_1_only(fresh: RunningService, version: str):
    partner, url, document = new(version, "tariffs")
    speaker = client(fresh, partner, version)
    speaker.put(url, document)
    reply = speaker.patch(url, {"currency": "CHF", "last_updated": T2})
    assert reply.status == (200 if version == "2.1.1" else 405)
    assert speaker.get(url).data["currency"] == ("CHF" if version == "2.1.1" else "EUR")
    assert speaker.delete(url).code == 1000
    assert speaker.get(url).status == 404


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cdr_is_created_once_and_never_changes(fresh: RunningService, version: str):
    speaker = client(fresh, "cpo-c", version)
    document = owned(version, "cdrs", "GRN")[0] | {"id": "CDR-NEW"}
    created = speaker.post(emsp(version, "cdrs"), document)
    assert (created.status, created.code) == (201, 1000), created.json
    place = created.headers["Location"].removeprefix(fresh.origin)
    assert speaker.get(place).data == document
    changed = speaker.post(emsp(version, "cdrs"), document | {"remark": "cheaper"})
    assert (changed.status, changed.code) == (200, 2001)
    assert speaker.get(place).data == document


@pytest.mark.parametrize("version", VERSIONS)
def test_surplus_fields_are_tolerated_and_not_stored(fresh: RunningService, version: str):
    partner, url, document = new(version, "tokens")
    speaker = client(fresh, partner, version)
    surplus = {"x_internal": True, "role": "CPO", "revision": 99, "owner": "NL*RFC", "tenant": "FR*RLN"}
    assert speaker.put(url, document | surplus).status == 201
    assert speaker.get(url).data == document


@pytest.mark.parametrize("version", VERSIONS)
def test_a_token_is_authorised_in_the_words_of_the_version(service: RunningService, version: str):
    valid, blocked = (next(t for t in owned(version, "tokens", "RFM") if t["valid"] is v) for v in (True, False))
    speaker = client(service, "cpo-c", version)
    yes = speaker.post(f"{emsp(version, 'tokens')}/{valid['uid']}/authorize", {"location_id": "GRN-LOC-0001"}).data
    assert (yes["allowed"], yes["location"]) == ("ALLOWED", {"location_id": "GRN-LOC-0001"})
    assert ("token" in yes) is (version != "2.1.1")
    no = speaker.post(f"{emsp(version, 'tokens')}/{blocked['uid']}/authorize").data
    assert no["allowed"] == "BLOCKED"
    assert speaker.post(f"{emsp(version, 'tokens')}/NOBODYS/authorize").status == 404


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_routing_headers_are_turned_round(service: RunningService, version: str):
    asked = {"OCPI-to-country-code": "NL", "OCPI-to-party-id": "RFC"}
    reply = client(service, "emsp-a", version).get(cpo(version, "locations"), headers=asked)
    assert (reply.headers["OCPI-from-party-id"], reply.headers["OCPI-to-party-id"]) == ("RFC", "VLT")


def test_2_1_1_knows_no_routing_headers(service: RunningService):
    asked = {"OCPI-to-country-code": "XX", "OCPI-to-party-id": "XXX"}
    reply = client(service, "emsp-a", "2.1.1").get(cpo("2.1.1", "locations"), headers=asked)
    assert reply.status == 200
    assert reply.headers["OCPI-from-party-id"] is None


def test_2_1_1_takes_printable_ascii_only_and_2_3_0_values_that_it_does_not_know(fresh: RunningService):
    _, url, document = new("2.1.1", "locations", city="Liège")
    assert client(fresh, "cpo-c", "2.1.1").put(url, document).code == 2001
    _, url, document = new("2.3.0", "locations", parking_type="ON_A_SHIP")
    assert client(fresh, "cpo-c", "2.3.0").put(url, document).code == 1000
    _, url, document = new("2.2.1", "locations", parking_type="ON_A_SHIP")
    assert client(fresh, "cpo-c", "2.2.1").put(url, document).code == 2001
