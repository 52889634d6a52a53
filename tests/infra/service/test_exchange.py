"""Headers of every answer, and what bytes that are not a request get."""

from __future__ import annotations

import json
import re
import socket
import ssl
import uuid
from contextlib import suppress

import pytest

from infra.service.call import Answer
from infra.service.datetimes import now
from infra.service.envelope import render
from tests.infra.service.exchange_client import CPO, DETAILS, Client, Reply, emsp_a, nobody
from tests.targets.reference_service import RunningService

PROTECTIVE = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Content-Type": "application/json",
}


def answers(service: RunningService) -> dict[str, Reply]:
    client = emsp_a(service)
    return {
        "200": client.get("/ocpi/versions"),
        "200 list": client.get(f"{CPO}/locations"),
        "200 with 2001": client.put(f"{CPO}/tokens/DE/VLT/1", {}),
        "400": client.get(f"{CPO}/locations?limit=x"),
        "401": nobody(service).get("/ocpi/versions"),
        "403": client.get("/ocpi/emsp/2.2.1/tokens"),
        "404": client.get(f"{CPO}/locations/none"),
        "405": client.delete(DETAILS),
        "413": client.put(f"{CPO}/tokens/DE/VLT/1", None, raw=b" " * (2 * 1024 * 1024)),
        "415": client.put(f"{CPO}/tokens/DE/VLT/1", {}, headers={"Content-Type": "text/plain"}),
    }


def test_every_answer_has_the_protective_headers_once_and_no_server(service: RunningService):
    for name, reply in answers(service).items():
        assert name.startswith(str(reply.status))
        for header, value in PROTECTIVE.items():
            assert reply.headers.get_all(header) == [value], (name, header)
        assert "Server" not in reply.headers
        assert reply.headers["Date"]
        assert {"status_code", "timestamp"} <= reply.json.keys()


def test_error_answers_have_no_data_and_leak_nothing(service: RunningService):
    for name, reply in answers(service).items():
        if not name.startswith("200"):
            assert reply.json.keys() == {"status_code", "status_message", "timestamp"}
            assert not re.search(rb"[Tt]raceback|File \"|pydantic|starlette|uvicorn|python|/infra/|\.py", reply.body)


def test_what_json_has_no_number_for_never_leaves():
    body = bytes(render(Answer(data=[float("nan"), float("inf"), 0.1, "é\u2028"]), now()).body)
    assert body.startswith('{"data":[null,null,0.1,"é\u2028"],"status_code":1000,'.encode())


def test_ids_are_sent_back(service: RunningService):
    ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
    for client in (emsp_a(service), nobody(service)):
        reply = client.get("/ocpi/versions", headers=ids)
        assert {name: reply.headers[name] for name in ids} == ids


def test_missing_ids_are_made(service: RunningService):
    one, other = emsp_a(service).get("/ocpi/versions"), emsp_a(service).get("/ocpi/versions")
    for name in ("X-Request-ID", "X-Correlation-ID"):
        assert uuid.UUID(one.headers[name]) != uuid.UUID(other.headers[name])


@pytest.mark.parametrize(
    "bad", ["short", "x" * 65, "with blank here", "<script>alert</script>", "a;b;c;d;e;f", "\xe4" * 12]
)
def test_what_is_no_id_is_replaced(service: RunningService, bad: str):
    reply = emsp_a(service).get("/ocpi/versions", headers={"X-Request-ID": bad, "X-Correlation-ID": bad})
    for name in ("X-Request-ID", "X-Correlation-ID"):
        assert str(uuid.UUID(reply.headers[name])) == reply.headers[name] != bad


def talk(service: RunningService, data: bytes) -> bytes:
    """What comes back for the bytes; a service that has its answer may close before it has read the last of them."""
    with (
        socket.create_connection((service.host, service.port), timeout=60) as plain,
        service.client_context().wrap_socket(plain, server_hostname=service.host) as secure,
    ):
        received = b""
        with suppress(ssl.SSLError, ConnectionError):
            secure.sendall(data)
        with suppress(ssl.SSLError, ConnectionError):
            while chunk := secure.recv(65536):
                received += chunk
        return received


@pytest.mark.parametrize(
    "data",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
def test_bytes_that_are_not_http_get_a_plain_answer(service: RunningService, data: bytes):
    head, _, body = talk(service, data).partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0].startswith(b"HTTP/1.1 400")
    lines = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert {b"x-request-id", b"cache-control", b"strict-transport-security", b"x-content-type-options"} <= lines
    assert b"server" not in lines
    assert json.loads(body)["status_code"] == 2000


def test_a_request_with_both_length_and_chunks_is_refused_and_the_connection_closed(service: RunningService):
    smuggled = (
        b"POST /ocpi/2.2.1/credentials HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /ocpi/versions HTTP/1.1\r\nHost: a\r\nAuthorization: "
        + service.authorization("emsp-a").encode()
        + b"\r\n\r\n"
    )
    answer = talk(service, smuggled)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_large_body_without_a_token_is_refused_before_it_is_read(service: RunningService):
    head = b"PUT /ocpi/versions HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n" + b" " * 1000
    assert b"401 Unauthorized" in talk(service, head)


def test_answers_name_both_parties_turned_round(service: RunningService):
    routing = {
        "OCPI-from-country-code": "DE",
        "OCPI-from-party-id": "VLT",
        "OCPI-to-country-code": "NL",
        "OCPI-to-party-id": "RFC",
    }
    for headers in (routing, {}, {name: value.lower() for name, value in routing.items()}):
        reply = emsp_a(service).get(f"{CPO}/tariffs", headers=headers)
        assert [reply.headers[f"OCPI-to-{part}"] for part in ("country-code", "party-id")] == ["DE", "VLT"]
        assert [reply.headers[f"OCPI-from-{part}"] for part in ("country-code", "party-id")] == ["NL", "RFC"]


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"OCPI-from-country-code": "FR", "OCPI-from-party-id": "RLN"}, 403),
        ({"OCPI-from-country-code": "DE", "OCPI-from-party-id": "XXX"}, 403),
        ({"OCPI-to-country-code": "NL", "OCPI-to-party-id": "XXX"}, 404),
        ({"OCPI-from-country-code": "DE"}, 400),
        ({"OCPI-to-party-id": "RFC"}, 400),
    ],
)
def test_routing_headers_must_agree_with_token_and_platform(
    service: RunningService, headers: dict[str, str], status: int
):
    reply = emsp_a(service).get(f"{CPO}/sessions", headers=headers)
    assert reply.status == status
    assert "data" not in reply.json


def test_a_party_that_has_another_role_has_no_objects_of_this_one(service: RunningService):
    headers = {"OCPI-to-country-code": "NL", "OCPI-to-party-id": "RFM"}  # our eMSP has no locations
    assert emsp_a(service).get(f"{CPO}/locations", headers=headers).headers["X-Total-Count"] == "0"


def test_configuration_modules_do_not_look_at_routing_headers(service: RunningService):
    headers = {"OCPI-from-country-code": "FR", "OCPI-from-party-id": "RLN"}
    assert emsp_a(service).get(DETAILS, headers=headers).status == 200


def test_the_host_header_changes_no_url(service: RunningService):
    client = Client(service=service, partner="emsp-a")
    reply = client.get(f"{CPO}/locations?limit=1", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil" not in reply.headers["Link"]
    assert b"evil" not in client.get("/ocpi/versions", headers={"Host": "evil.example"}).body
