from __future__ import annotations

from typing import Any

import pytest

from infra.service.v2_2_1.objects.location import Location
from tests.infra.service.examples import T1, T2, T3, location, seeded
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a
from tests.targets.reference_service import RunningService

HOURS = {"weekday": 8, "period_begin": "08:00", "period_end": "18:00"}
SUN = {"source": "SUN", "percentage": 1}
URL = f"{EMSP}/locations/BE/GRN/LOC-NEW"
OWN = next(o for o in seeded("locations") if o["party_id"] == "RFC")


def evse(**changes: Any) -> Any:
    return location()["evses"][0] | {"uid": "E-NEW", "last_updated": T2} | changes


def connector(**changes: Any) -> Any:
    return evse()["connectors"][0] | {"id": "C-NEW", "last_updated": T2} | changes


def test_the_list_holds_valid_locations_of_our_cpo(service: RunningService):
    for served in emsp_a(service).get(f"{CPO}/locations").data:
        parsed = Location.model_validate(served)
        assert (parsed.country_code, parsed.party_id) == ("NL", "RFC")
        assert parsed.to_json() == served


def test_a_location_its_evse_and_its_connector_are_served_by_id(service: RunningService):
    first = OWN["evses"][0]
    base = f"{CPO}/locations/{OWN['id']}"
    assert emsp_a(service).get(base).data == OWN
    assert emsp_a(service).get(base.lower()).data["id"] == OWN["id"]
    assert emsp_a(service).get(f"{base}/{first['uid']}").data == first
    assert emsp_a(service).get(f"{base}/{first['uid']}/1").data == first["connectors"][0]


@pytest.mark.parametrize(
    "tail", ["NONE", f"{OWN['id']}/NONE", f"{OWN['id']}/{OWN['evses'][0]['uid']}/9", "GRN-LOC-0001"]
)
def test_what_does_not_exist_or_is_not_ours_is_404_with_2003(service: RunningService, tail: str):
    reply = emsp_a(service).get(f"{CPO}/locations/{tail}")
    assert (reply.status, reply.code) == (404, 2003)


def test_a_pushed_location_is_created_then_unchanged_then_updated(fresh: RunningService):
    client = cpo_c(fresh)
    assert client.get(URL).status == 404
    created = client.put(URL, location())
    assert (created.status, created.code, "data" in created.json) == (201, 1000, False)
    assert client.put(URL, location()).status == 200
    assert client.get(URL).data == location()
    newer = location(name="New name", last_updated=T2)
    assert (client.put(URL, newer).status, client.get(URL).data) == (200, newer)
    changes = [e["outcome"] for e in fresh.events if e["event"] == "data_change"]
    assert changes == ["created", "unchanged", "updated"]


def test_an_older_location_does_not_replace_a_newer_one(fresh: RunningService):
    client = cpo_c(fresh)
    client.put(URL, location(last_updated=T2))
    reply = client.put(URL, location(name="Old", last_updated=T1))
    assert (reply.status, reply.code) == (200, 2001)
    assert client.get(URL).data == location(last_updated=T2)


def test_optional_fields_that_put_leaves_out_are_gone(fresh: RunningService):
    client = cpo_c(fresh)
    client.put(URL, location(directions=[{"language": "en", "text": "left"}]))
    client.put(URL, location(last_updated=T2))
    assert "directions" not in client.get(URL).data


def test_surplus_fields_are_tolerated_and_not_stored(fresh: RunningService):
    client = cpo_c(fresh)
    pushed = location(nltnm_secret="x", evses=[evse(colour="red")], owner=None, last_updated=T2)
    assert client.put(URL, pushed).code == 1000
    assert client.get(URL).data == location(evses=[evse()], last_updated=T2)


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"city": None}, "city"),
        ({"city": "x" * 46}, "city"),
        ({"city": "a\nb"}, "city"),
        ({"city": 7}, "city"),
        ({"publish": "true"}, "publish"),
        ({"publish": 1}, "publish"),
        ({"coordinates": {"latitude": "52.1", "longitude": "5.12222"}}, "coordinates.latitude"),
        ({"coordinates": {"latitude": 52.12345, "longitude": 5.12222}}, "coordinates.latitude"),
        ({"parking_type": "UNDERWATER"}, "parking_type"),
        ({"parking_type": "on_street"}, "parking_type"),
        ({"last_updated": "2026-02-01T10:00:00+00:00"}, "last_updated"),
        ({"last_updated": "2026-02-30T10:00:00Z"}, "last_updated"),
        ({"last_updated": "2026-02-01 10:00:00Z"}, "last_updated"),
        ({"last_updated": 1769940000}, "last_updated"),
        ({"evses": {}}, "evses"),
        ({"evses": [evse(connectors=[])]}, "evses.0.connectors"),
        ({"evses": [evse(connectors=[connector(max_voltage="230")])]}, "evses.0.connectors.0.max_voltage"),
        ({"evses": [evse(connectors=[connector(max_voltage=230.5)])]}, "evses.0.connectors.0.max_voltage"),
        ({"opening_times": {"twentyfourseven": False, "regular_hours": [HOURS]}}, "regular_hours.0.weekday"),
        ({"energy_mix": {"is_green_energy": True, "energy_sources": [SUN]}}, "energy_mix.energy_sources.0.source"),
    ],
)  # fmt: skip
def test_an_invalid_location_is_refused_and_names_the_field(
    service: RunningService, changes: dict[str, Any], field: str
):
    reply = cpo_c(service).put(URL, location(**changes))
    assert (reply.status, reply.code) == (200, 2001)
    assert field in reply.json["status_message"]
    assert cpo_c(service).get(URL).status == 404


@pytest.mark.parametrize(
    "path, changes, status, code",
    [
        ("NL/RFC/LOC-NEW", {"country_code": "NL", "party_id": "RFC"}, 404, 2000),  # ours
        ("DE/VLT/LOC-NEW", {"country_code": "DE", "party_id": "VLT"}, 404, 2000),  # another partner's
        ("BE/GRN/LOC-NEW", {"party_id": "XXX"}, 200, 2001),  # URL and body differ
        ("BE/GRN/LOC-NEW", {"country_code": "NL"}, 200, 2001),
        ("BE/GRN/OTHER", {}, 200, 2001),  # id in URL and body differ
    ],
)
def test_url_body_and_token_must_name_the_same_owner_and_id(
    service: RunningService, path: str, changes: dict[str, Any], status: int, code: int
):
    reply = cpo_c(service).put(f"{EMSP}/locations/{path}", location(**changes))
    assert (reply.status, reply.code) == (status, code)


def test_owner_and_id_are_compared_without_case(fresh: RunningService):
    assert cpo_c(fresh).put(URL, location()).status == 201
    again = cpo_c(fresh).put(f"{EMSP}/locations/be/grn/loc-new", location(country_code="be", party_id="Grn"))
    assert (again.status, again.code) == (200, 1000)
    assert cpo_c(fresh).get(f"{EMSP}/locations/be/grn/LOC-new").status == 200


def test_another_partners_pushed_location_cannot_be_read(service: RunningService):
    assert emsp_a(service).get(f"{EMSP}/locations/BE/GRN/GRN-LOC-0001").status == 403  # not in its contract
    assert cpo_c(service).get(f"{EMSP}/locations/BE/GRN/GRN-LOC-0001").status == 200
    assert cpo_c(service).get(f"{EMSP}/locations/NL/RFC/{OWN['id']}").status == 404


def test_patch_changes_the_fields_that_it_names(fresh: RunningService):
    client = cpo_c(fresh)
    client.put(URL, location())
    reply = client.patch(URL, {"name": "Patched", "city": None, "last_updated": T2})
    assert (reply.status, reply.code) == (200, 1000)
    assert client.get(URL).data == location(name="Patched", last_updated=T2)


@pytest.mark.parametrize(
    "patch, code",
    [
        ({"name": "x"}, 2001),  # last_updated is mandatory
        ({"last_updated": T1.replace("10", "09"), "name": "older"}, 2001),
        ({"last_updated": T2, "party_id": "XXX"}, 2001),
        ({"last_updated": T2, "id": "OTHER"}, 2001),
        ({"last_updated": T2, "evses": "none"}, 2001),
    ],
)
def test_a_patch_that_breaks_a_rule_changes_nothing(fresh: RunningService, patch: dict[str, Any], code: int):
    client = cpo_c(fresh)
    client.put(URL, location())
    assert client.patch(URL, patch).code == code
    assert client.get(URL).data == location()


def test_patch_of_an_unknown_location_is_404(service: RunningService):
    assert cpo_c(service).patch(URL, {"name": "x", "last_updated": T1}).status == 404


def test_an_evse_and_a_connector_are_added_replaced_and_patched(fresh: RunningService):
    client = cpo_c(fresh)
    client.put(URL, location())
    assert client.put(f"{URL}/E-NEW", evse()).code == 1000
    assert client.get(f"{URL}/E-NEW").data == evse()
    assert client.get(URL).data["last_updated"] == T2
    assert client.put(f"{URL}/E-NEW/C-NEW", connector(last_updated=T3)).code == 1000
    assert client.get(f"{URL}/E-NEW/C-NEW").data == connector(last_updated=T3)
    assert client.get(f"{URL}/E-NEW").data["last_updated"] == T3
    assert client.patch(f"{URL}/E-NEW", {"status": "REMOVED", "last_updated": T3}).code == 1000
    assert client.patch(f"{URL}/e-new/c-new", {"tariff_ids": ["T"], "last_updated": T3}).code == 1000
    stored = client.get(URL).data
    assert stored["evses"][-1]["status"] == "REMOVED"
    assert stored["evses"][-1]["connectors"][-1]["tariff_ids"] == ["T"]
    assert stored["last_updated"] == T3
    assert len(stored["evses"]) == len(location()["evses"]) + 1


def test_parts_keep_the_rules_of_the_whole(fresh: RunningService):
    client = cpo_c(fresh)
    assert client.put(f"{URL}/E-NEW", evse()).status == 404  # no such location
    client.put(URL, location())
    assert client.put(f"{URL}/E-NONE/C-NEW", connector()).status == 404  # no such EVSE
    assert client.patch(f"{URL}/E-NONE", {"status": "REMOVED", "last_updated": T2}).status == 404
    assert client.put(f"{URL}/OTHER", evse()).code == 2001  # id differs
    client.put(f"{URL}/E-NEW", evse())
    assert client.put(f"{URL}/E-NEW", evse(status="REMOVED", last_updated=T1)).code == 2001  # older
    assert client.patch(f"{URL}/E-NEW", {"status": "REMOVED"}).code == 2001  # no last_updated
    assert client.get(f"{URL}/E-NEW").data == evse()


def test_a_date_in_the_future_would_block_later_updates_and_is_refused(service: RunningService):
    reply = cpo_c(service).put(URL, location(last_updated="2099-01-01T00:00:00Z"))
    assert reply.code == 2001
    assert "future" in reply.json["status_message"]
