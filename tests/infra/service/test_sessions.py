from __future__ import annotations

from typing import Any

import pytest

from infra.service.v2_2_1.objects.session import Session
from tests.infra.service.examples import T1, T2, T3, seeded, session
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a, emsp_b
from tests.targets.reference_service import RunningService

URL = f"{EMSP}/sessions/BE/GRN/S-NEW"
PERIOD = {"start_date_time": T2, "dimensions": [{"type": "ENERGY", "volume": 1.5}]}


def test_the_list_holds_valid_sessions(service: RunningService):
    served = emsp_a(service).get(f"{CPO}/sessions").data
    assert [Session.model_validate(s).to_json() for s in served] == served


def test_put_replaces_charging_periods_and_patch_adds_them(fresh: RunningService):
    client = cpo_c(fresh)
    before = session()["charging_periods"]
    assert client.put(URL, session()).status == 201
    assert client.patch(URL, {"charging_periods": [PERIOD], "kwh": 99.5, "last_updated": T2}).code == 1000
    patched = client.get(URL).data
    assert patched["charging_periods"] == [*before, PERIOD]
    assert patched["kwh"] == 99.5
    assert client.patch(URL, {"charging_periods": [], "last_updated": T2}).code == 1000
    assert len(client.get(URL).data["charging_periods"]) == len(before) + 1
    without = session(last_updated=T3)
    del without["charging_periods"]
    assert client.put(URL, without).code == 1000
    assert "charging_periods" not in client.get(URL).data


@pytest.mark.parametrize(
    "changes",
    [
        {"kwh": "1"},
        {"kwh": None},
        {"status": "CHARGING"},
        {"auth_method": "RFID"},
        {"charging_periods": [{"start_date_time": T1, "dimensions": []}]},
        {"cdr_token": session()["cdr_token"] | {"party_id": "VLT", "country_code": "DE"}},  # not our driver
        {"country_code": "NL", "party_id": "RFC"},
        {"last_updated": None},
    ],
)
def test_a_session_that_breaks_a_rule_is_refused(service: RunningService, changes: dict[str, Any]):
    reply = cpo_c(service).put(URL, session(**changes))
    assert (reply.status, reply.code) == (200, 2001)
    assert cpo_c(service).get(URL).status == 404


def test_a_patch_must_leave_a_valid_session(fresh: RunningService):
    client = cpo_c(fresh)
    client.put(URL, session())
    assert client.patch(URL, {"charging_periods": [{}], "last_updated": T2}).code == 2001
    assert client.patch(URL, {"charging_periods": "x", "last_updated": T2}).code == 2001
    assert client.patch(URL, {"kwh": 1}).code == 2001
    assert client.get(URL).data == session()


def ongoing(party_id: str) -> Any:
    return next(s for s in seeded("sessions") if s["status"] == "ACTIVE" and s["cdr_token"]["party_id"] == party_id)


def power_type(session_object: Any) -> Any:
    place = next(p for p in seeded("locations") if p["id"] == session_object["location_id"])
    return place["evses"][0]["connectors"][0]["power_type"]


@pytest.mark.parametrize(
    "wish,response",
    [
        ({"profile_type": "REGULAR"}, "ACCEPTED"),
        ({"profile_type": "GREEN", "departure_time": T3, "energy_need": 10}, "ACCEPTED"),
        ({"profile_type": "GREEN", "energy_need": 10}, "DEPARTURE_REQUIRED"),
        ({"profile_type": "GREEN", "departure_time": T3}, "ENERGY_NEED_REQUIRED"),
        ({"profile_type": "FAST"}, "PROFILE_TYPE_NOT_SUPPORTED"),
    ],
)
def test_charging_preferences_are_judged_by_what_the_evse_can(fresh: RunningService, wish: Any, response: str):
    assert power_type(ongoing("RLN")) == "AC_3_PHASE"
    url = f"{CPO}/sessions/{ongoing('RLN')['id']}/charging_preferences"
    reply = emsp_b(fresh).put(url, wish)
    assert (reply.code, reply.data) == (1000, response)
    stored = [e for e in fresh.events if e["event"] == "data_change"]
    assert len(stored) == (response == "ACCEPTED")


def test_an_evse_that_cannot_follow_preferences_says_so(service: RunningService):
    assert power_type(ongoing("VLT")) == "DC"
    url = f"{CPO}/sessions/{ongoing('VLT')['id']}/charging_preferences"
    assert emsp_a(service).put(url, {"profile_type": "REGULAR"}).data == "NOT_POSSIBLE"
    assert emsp_a(service).put(url, {"profile_type": "SLOW"}).code == 2001


def test_charging_preferences_of_a_finished_session_are_not_possible(service: RunningService):
    url = f"{CPO}/sessions/S-A-00001/charging_preferences"
    assert emsp_a(service).put(url, {"profile_type": "REGULAR"}).data == "NOT_POSSIBLE"


def test_charging_preferences_of_another_partners_session_are_404(service: RunningService):
    url = f"{CPO}/sessions/S-B-00028/charging_preferences"
    assert emsp_a(service).put(url, {"profile_type": "REGULAR"}).status == 404
