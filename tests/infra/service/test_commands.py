"""Commands: what is forwarded, what is refused, where the result goes."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra.service.deployment.folder import prepare
from tests.infra.service.exchange_client import Client
from tests.infra.service.partner_stub import PartnerStub, Response, ocpi, partner_stub, well_behaved
from tests.infra.service.spoken import DIALECTS, VERSIONS, client, cpo, emsp, owned, tenants
from tests.targets.reference_service import RunningService, prepared_folder, running_service

URL = "https://partner.example/results/1"
FUTURE = "2035-01-01T00:00:00Z"
NEW = ("2.2.1", "2.3.0")


def place(version: str, **wanted: Any) -> tuple[str, str]:
    """Ids of one of our locations and of an EVSE in it."""
    for location in owned(version, "locations", "RFC"):
        for evse in location["evses"]:
            if all(evse[name] == value for name, value in wanted.items()):
                return location["id"], evse["uid"]
    raise AssertionError(wanted)


def reservation_id(version: str, number: int = 7) -> Any:
    return number if version == "2.1.1" else f"R-{number}"


def body(version: str, command: str, status: str = "AVAILABLE", **changes: Any) -> dict[str, Any]:
    location, evse = place(version, status=status)
    bodies: dict[str, dict[str, Any]] = {
        "START_SESSION": {"token": owned(version, "tokens", "ELN")[0], "location_id": location, "evse_uid": evse},
        "STOP_SESSION": {"session_id": ongoing(version)},
        "RESERVE_NOW": {"token": owned(version, "tokens", "ELN")[0], "location_id": location, "evse_uid": evse,
                        "expiry_date": FUTURE, "reservation_id": reservation_id(version)},
        "UNLOCK_CONNECTOR": {"location_id": location, "evse_uid": evse, "connector_id": "1"},
        "CANCEL_RESERVATION": {"reservation_id": reservation_id(version)},
    }  # fmt: skip
    return {"response_url": URL} | bodies[command] | changes


def ongoing(version: str, party: str = "ELN") -> str:
    return str(next(s["id"] for s in tenants(version, "sessions", party) if s["status"] == "ACTIVE"))


def send(service: RunningService, version: str, command: str, partner: str = "emsp-e", **changes: Any) -> Any:
    document = body(version, command, **changes)
    return client(service, partner, version).post(f"{cpo(version, 'commands')}/{command}", document)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("command", ["START_SESSION", "STOP_SESSION", "RESERVE_NOW", "UNLOCK_CONNECTOR"])
def test_a_command_of_ones_own_is_accepted_in_the_words_of_the_version(
    fresh: RunningService, version: str, command: str
):
    reply = send(fresh, version, command)
    assert (reply.status, reply.code) == (200, 1000), reply.json
    assert reply.data == {"result": "ACCEPTED"} | ({} if version == "2.1.1" else {"timeout": 30})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("partner", ["emsp-a", "emsp-b", "cpo-c", "hub-d", "newcomer"])
def test_commands_are_off_unless_granted(service: RunningService, version: str, partner: str):
    status = send(service, version, "UNLOCK_CONNECTOR", partner).status
    assert status == (401 if partner == "newcomer" else 403)


@pytest.mark.parametrize("version", VERSIONS)
def test_another_partners_session_is_unknown(service: RunningService, version: str):
    foreign = send(service, version, "STOP_SESSION", session_id=ongoing(version, "RLN"))
    absent = send(service, version, "STOP_SESSION", session_id="NONE")
    assert foreign.data == absent.data
    assert foreign.data["result"] == "UNKNOWN_SESSION"


@pytest.mark.parametrize("version", NEW)
def test_another_partners_token_is_refused(service: RunningService, version: str):
    for command in ("START_SESSION", "RESERVE_NOW"):
        reply = send(service, version, command, token=owned(version, "tokens", "VLT")[0])
        assert (reply.status, reply.code) == (200, 2001)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_does_not_exist_is_said_so(service: RunningService, version: str):
    assert send(service, version, "UNLOCK_CONNECTOR", location_id="NONE").code == 2003
    assert send(service, version, "UNLOCK_CONNECTOR", evse_uid="NONE").data["result"] == "REJECTED"
    assert send(service, version, "UNLOCK_CONNECTOR", connector_id="9").data["result"] == "REJECTED"
    path = f"{cpo(version, 'commands')}/EXPLODE"
    assert client(service, "emsp-e", version).post(path, {"response_url": URL}).status == 404


def test_2_1_1_has_no_cancellation(service: RunningService):
    assert send(service, "2.1.1", "CANCEL_RESERVATION").status == 404


@pytest.mark.parametrize(
    "url",
    ["http://partner.example/1", "https://", "ftp://partner.example", "https://user:" + "secret@partner.example/", 7],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_response_url_that_is_not_https_is_refused(service: RunningService, version: str, url: Any):
    assert send(service, version, "UNLOCK_CONNECTOR", response_url=url).code == 2001


@pytest.mark.parametrize("version", VERSIONS)
def test_a_partner_whose_platform_is_unknown_gets_no_call(fresh: RunningService, version: str):
    send(fresh, version, "UNLOCK_CONNECTOR", response_url="https://169.254.169.254/latest/meta-data")
    (event,) = [e for e in fresh.events if e["event"] == "result"]
    assert (event["outcome"], event["reason"]) == ("not_sent", "platform_unknown")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_token_of_a_command_keeps_the_rules_of_tokens(service: RunningService, version: str):
    token = owned(version, "tokens", "ELN")[0] | {"language": "zz"}
    assert send(service, version, "START_SESSION", token=token).code == 2001


@pytest.mark.parametrize("version", NEW)
def test_a_result_with_markup_is_refused(service: RunningService, version: str):
    path = f"{emsp(version, 'commands')}/UNLOCK_CONNECTOR/CMD-0003"
    said = {"result": "FAILED", "message": [{"language": "en", "text": "<b>stuck</b>"}]}
    assert client(service, "cpo-c", version).post(path, said).code == 2001


def test_a_reservation_in_the_past_is_refused(service: RunningService):
    assert send(service, "2.2.1", "RESERVE_NOW", expiry_date="2020-01-01T00:00:00Z").code == 2001


@pytest.mark.parametrize("version", VERSIONS)
def test_a_result_is_taken_for_an_open_request_of_that_partner_once(fresh: RunningService, version: str):
    speaker, path = client(fresh, "cpo-c", version), f"{emsp(version, 'commands')}/START_SESSION/CMD-0001"
    assert speaker.post(f"{emsp(version, 'commands')}/START_SESSION/MADE-UP", {"result": "ACCEPTED"}).status == 404
    assert speaker.post(path, {"result": "PERHAPS"}).code == 2001
    assert speaker.post(path, {"result": "ACCEPTED"}).code == 1000
    assert speaker.post(path, {"result": "ACCEPTED"}).code == 1000
    assert speaker.post(path, {"result": "REJECTED"}).code == 2001
    assert client(fresh, "emsp-e", version).post(path, {"result": "ACCEPTED"}).status == 403


@pytest.mark.parametrize("version", NEW)
def test_a_reservation_may_be_called_off_after_its_result(fresh: RunningService, version: str):
    speaker, path = client(fresh, "cpo-c", version), f"{emsp(version, 'commands')}/RESERVE_NOW/CMD-0002"
    assert speaker.post(path, {"result": "ACCEPTED"}).code == 1000
    assert speaker.post(path, {"result": "CANCELED_RESERVATION"}).code == 1000


TOKEN_B = "token-B-of-the-partner-0123456789"
ELN = {"role": "EMSP", "country_code": "IT", "party_id": "ELN", "business_details": {"name": "Elettronoleggio"}}


@pytest.fixture
def registered(tmp_path: Path) -> Any:
    """Partner emsp-e after a handshake of 2.2.1: the service, its client, its platform."""
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder = prepare(tmp_path / "deployment", outbound=outbound)
    with partner_stub(prepared_folder()) as stub, running_service(folder=folder) as service:
        well_behaved(stub)
        yield service, newly_registered(service, stub), stub


def newly_registered(service: RunningService, stub: PartnerStub) -> Client:
    """Partner emsp-e after a handshake of 2.2.1."""
    document = {"token": TOKEN_B, "url": f"{stub.origin}/versions", "roles": [ELN]}
    answer = Client(service=service, partner="emsp-e").put("/ocpi/2.2.1/credentials", document)
    token = base64.b64encode(answer.data["token"].encode()).decode()
    return Client(service=service, authorization=f"Token {token}")


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


Registered = tuple[RunningService, Client, PartnerStub]


@pytest.mark.parametrize(
    "command, status, result",
    [
        ("UNLOCK_CONNECTOR", "AVAILABLE", "ACCEPTED"),
        ("START_SESSION", "CHARGING", "EVSE_OCCUPIED"),
        ("START_SESSION", "OUTOFORDER", "EVSE_INOPERATIVE"),
        ("CANCEL_RESERVATION", "AVAILABLE", "UNKNOWN_RESERVATION"),
    ],
)
def test_the_result_is_posted_to_the_partners_platform(registered: Registered, command: str, status: str, result: str):
    service, speaker, stub = registered
    stub.answers["/results/1"] = lambda: ocpi(None)
    document = body("2.2.1", command, status, response_url=f"{stub.origin}/results/1")
    assert speaker.post(f"{cpo('2.2.1', 'commands')}/{command}", document).data["result"] == "ACCEPTED"
    assert eventually(lambda: bool(stub.posted))
    expected = "Token " + base64.b64encode(TOKEN_B.encode()).decode()
    assert stub.posted == [("/results/1", expected, {"result": result})]
    assert DIALECTS["2.2.1"].command_result.model_validate({"result": result}).to_json() == {"result": result}
    assert eventually(lambda: any(e.get("outcome") == "sent" for e in service.events))


def _more_than(stub: PartnerStub, sent: int) -> bool:
    return len(stub.posted) > sent


def test_a_reservation_is_kept_replaced_and_cancelled(registered: Registered):
    _, speaker, stub = registered
    stub.answers["/results/1"] = lambda: ocpi(None)
    url = f"{stub.origin}/results/1"
    for command in ("RESERVE_NOW", "RESERVE_NOW", "CANCEL_RESERVATION", "CANCEL_RESERVATION"):
        sent = len(stub.posted)
        speaker.post(f"{cpo('2.2.1', 'commands')}/{command}", body("2.2.1", command, response_url=url))
        assert eventually(partial(_more_than, stub, sent))
    assert [p[2]["result"] for p in stub.posted] == ["ACCEPTED", "ACCEPTED", "ACCEPTED", "UNKNOWN_RESERVATION"]


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/", "https://169.254.169.254/", "https://elsewhere.example/", "https://localhost/"]
)
def test_a_response_url_on_another_origin_is_refused_and_never_called(registered: Registered, url: str):
    service, speaker, stub = registered
    seen = len(stub.seen)
    document = body("2.2.1", "UNLOCK_CONNECTOR", response_url=url)
    reply = speaker.post(f"{cpo('2.2.1', 'commands')}/UNLOCK_CONNECTOR", document)
    assert (reply.status, reply.code) == (200, 2001)
    assert (len(stub.seen), stub.posted) == (seen, [])
    assert not [e for e in service.events if e["event"] == "result"]


def test_a_result_that_is_on_its_way_when_the_service_stops_still_comes(tmp_path: Path):
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder, came, stopping = prepare(tmp_path / "deployment", outbound=outbound), threading.Event(), threading.Event()

    def taken() -> Response:
        came.set()
        stopping.wait(60)
        time.sleep(0.05)
        return ocpi(None)

    with partner_stub(prepared_folder()) as stub:
        well_behaved(stub)
        stub.answers["/results/1"] = taken
        with running_service(folder=folder) as service:
            speaker = newly_registered(service, stub)
            document = body("2.2.1", "UNLOCK_CONNECTOR", response_url=f"{stub.origin}/results/1")
            assert speaker.post(f"{cpo('2.2.1', 'commands')}/UNLOCK_CONNECTOR", document).code == 1000
            assert came.wait(60)
            stopping.set()
    assert [e["outcome"] for e in service.events if e["event"] == "result"] == ["sent"]


def test_a_platform_that_does_not_answer_leaves_an_event(registered: Registered):
    service, speaker, stub = registered
    document = body("2.2.1", "UNLOCK_CONNECTOR", response_url=f"{stub.origin}/nobody-there")
    assert speaker.post(f"{cpo('2.2.1', 'commands')}/UNLOCK_CONNECTOR", document).data["result"] == "ACCEPTED"
    assert eventually(lambda: any(e.get("reason") == "http_status: 404" for e in service.events))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_begins_at_a_free_evse_and_ends_once(fresh, version):
    def sessions():
        since = "?date_from=2026-01-01T00:00:00Z"  # those of the seed are older
        listed = client(fresh, "emsp-e", version).get(f"{cpo(version, 'sessions')}{since}").data
        return [(one["id"], one["status"]) for one in listed]

    def results():
        return [e["result"] for e in fresh.events if e["event"] == "command"]

    place = body(version, "START_SESSION")
    assert sessions() == []
    for _ in range(2):
        client(fresh, "emsp-e", version).post(f"{cpo(version, 'commands')}/START_SESSION", place)
    assert results() == ["ACCEPTED", "EVSE_OCCUPIED" if version in NEW else "REJECTED"]
    ((session_id, status),) = sessions()
    assert status == "ACTIVE"
    for _ in range(2):
        send(fresh, version, "STOP_SESSION", session_id=session_id)
    assert results()[2:] == ["ACCEPTED", None]
    assert sessions() == [(session_id, "COMPLETED")]
    client(fresh, "emsp-e", version).post(f"{cpo(version, 'commands')}/START_SESSION", place)
    assert sorted(status for _, status in sessions()) == ["ACTIVE", "COMPLETED"]
