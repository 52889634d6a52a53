"""Charging profiles: requests about the partner's own sessions; results and updates of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.infra.service.spoken import client, cpo, emsp, owned, tenants
from tests.targets.reference_service import RunningService

NEW = ("2.2.1", "2.3.0")
URL = "https://partner.example/results/1"
PROFILE = {
    "charging_rate_unit": "W",
    "duration": 3600,
    "charging_profile_period": [{"start_period": 0, "limit": 7000.0}, {"start_period": 900, "limit": 3500.5}],
}


def session(version: str, party: str = "ELN", status: str = "ACTIVE") -> str:
    return str(next(s["id"] for s in tenants(version, "sessions", party) if s["status"] == status))


def path(version: str, session_id: str) -> str:
    return f"{cpo(version, 'chargingprofiles')}/{session_id}"


def setting(**changes: Any) -> dict[str, Any]:
    return {"charging_profile": PROFILE | changes, "response_url": URL}


@pytest.mark.parametrize("version", NEW)
def test_a_profile_is_set_asked_for_and_cleared(fresh: RunningService, version: str):
    speaker, url = client(fresh, "emsp-e", version), path(version, session(version))
    accepted = {"result": "ACCEPTED", "timeout": 30}
    assert speaker.put(url, setting()).data == accepted
    assert speaker.get(f"{url}?duration=900&response_url={quote(URL)}").data == accepted
    assert speaker.delete(f"{url}?response_url={quote(URL)}").data == accepted
    changes = [(e["operation"], e["outcome"]) for e in fresh.events if e["event"] == "data_change"]
    assert changes == [("put", "created"), ("delete", "removed")]


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize(
    "party, status, said", [("RLN", "ACTIVE", "UNKNOWN_SESSION"), ("ELN", "COMPLETED", "REJECTED")]
)
def test_other_sessions_are_out_of_reach(service: RunningService, version: str, party: str, status: str, said: str):
    url = path(version, session(version, party, status))
    speaker = client(service, "emsp-e", version)
    assert speaker.put(url, setting()).data["result"] == said
    assert speaker.get(f"{url}?duration=900&response_url={quote(URL)}").data["result"] == said
    assert speaker.delete(f"{url}?response_url={quote(URL)}").data["result"] == said


@pytest.mark.parametrize(
    "changes",
    [
        {"charging_rate_unit": "kW"},
        {"duration": -1},
        {"charging_profile_period": [{"start_period": 0, "limit": -1.0}]},
        {"charging_profile_period": [{"start_period": 900, "limit": 1.0}, {"start_period": 0, "limit": 1.0}]},
        {"charging_profile_period": [{"start_period": 3600, "limit": 1.0}]},
        {"charging_profile_period": [{"start_period": 0, "limit": 1.25}]},
    ],
)
@pytest.mark.parametrize("version", NEW)
def test_a_profile_that_breaks_a_rule_is_refused(service: RunningService, version: str, changes: dict[str, Any]):
    reply = client(service, "emsp-e", version).put(path(version, session(version)), setting(**changes))
    assert (reply.status, reply.code) == (200, 2001)


@pytest.mark.parametrize("query", ["", "duration=900", f"response_url={URL}", f"duration=no&response_url={URL}",
                                   f"duration=1&duration=2&response_url={URL}"])  # fmt: skip
def test_parameters_are_required_once(service: RunningService, query: str):
    reply = client(service, "emsp-e", "2.2.1").get(f"{path('2.2.1', session('2.2.1'))}?{query}")
    assert (reply.status, reply.code) == (400, 2001)


@pytest.mark.parametrize("version", NEW)
def test_a_response_url_must_be_https(service: RunningService, version: str):
    speaker, url = client(service, "emsp-e", version), path(version, session(version))
    assert speaker.put(url, setting() | {"response_url": "http://partner.example/"}).code == 2001
    assert speaker.delete(f"{url}?response_url=http://partner.example/").code == 2001


@pytest.mark.parametrize("partner", ["emsp-a", "emsp-b", "cpo-c"])
def test_profiles_are_off_unless_granted(service: RunningService, partner: str):
    assert client(service, partner, "2.2.1").put(path("2.2.1", session("2.2.1")), setting()).status == 403


def test_2_1_1_has_no_such_module(service: RunningService):
    assert client(service, "emsp-e", "2.1.1").put(path("2.1.1", "S-E-00003"), setting()).status == 404


@pytest.mark.parametrize("version", NEW)
def test_results_and_updates_come_from_the_cpo_that_was_asked(fresh: RunningService, version: str):
    speaker, url = client(fresh, "cpo-c", version), emsp(version, "chargingprofiles")
    active = {"start_date_time": "2026-02-01T10:00:00Z", "charging_profile": PROFILE}
    result = {"result": "ACCEPTED", "profile": active}
    assert speaker.post(f"{url}/result/MADE-UP", result).status == 404
    assert speaker.post(f"{url}/result/CP-0001", result).code == 1000
    theirs = owned(version, "sessions", "GRN")[0]["id"]
    assert speaker.put(f"{url}/{theirs}", active).code == 1000
    assert speaker.put(f"{url}/{session(version)}", active).status == 404  # a session of ours, not of theirs
    assert speaker.put(f"{url}/{theirs}", active | {"start_date_time": "now"}).code == 2001
