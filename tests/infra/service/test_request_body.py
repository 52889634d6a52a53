from __future__ import annotations

import json
import socket

import pytest

from tests.infra.service.examples import token
from tests.infra.service.exchange_client import CPO, Client, emsp_a
from tests.infra.service.test_exchange import talk
from tests.targets.reference_service import RunningService

URL = f"{CPO}/tokens/DE/VLT/04AABBCCDD"


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "application/jsonx", "json",
     "application/json; charset=utf-16", "text/html; application/json"],
)  # fmt: skip
def test_another_media_type_is_refused(service: RunningService, media_type: str):
    reply = emsp_a(service).put(URL, token(), headers={"Content-Type": media_type})
    assert (reply.status, reply.code) == (415, 2001)


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]
)
def test_json_is_accepted_in_any_spelling(fresh: RunningService, media_type: str):
    assert emsp_a(fresh).put(URL, token(), headers={"Content-Type": media_type}).status == 201


def test_a_compressed_body_is_refused(service: RunningService):
    assert emsp_a(service).put(URL, token(), headers={"Content-Encoding": "gzip"}).status == 415


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{}{}",
        b'{"uid":1,"uid":2}',
        b'{"a":NaN}',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"[" * 100 + b"]" * 100,
        b"x",
        b" ",
    ],
)
def test_what_is_not_json_is_400_and_not_quoted(service: RunningService, raw: bytes):
    reply = emsp_a(service).put(URL, None, raw=raw)
    assert (reply.status, reply.code) == (400, 2001)
    assert raw.strip() == b"" or raw not in reply.body.replace(b'{"status_code"', b"")


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"x"', b"1"])
def test_json_that_is_no_object_is_2001(service: RunningService, raw: bytes):
    reply = emsp_a(service).put(URL, None, raw=raw)
    assert (reply.status, reply.code) == (200, 2001)


def test_a_missing_body_is_400(service: RunningService):
    for method in ("PUT", "PATCH"):
        reply = emsp_a(service)(method, URL)
        assert (reply.status, reply.code) == (400, 2001)


def test_the_size_is_capped_with_and_without_a_length(service: RunningService):
    large = json.dumps(token(visual_number="x" * 1_100_000)).encode()
    assert emsp_a(service).put(URL, None, raw=large).status == 413
    head = f"PUT {URL} HTTP/1.1\r\nHost: a\r\nAuthorization: {service.authorization('emsp-a')}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(20))
    assert talk(service, head.encode() + chunks).startswith(b"HTTP/1.1 413")


def test_a_client_that_hangs_up_in_its_body_leaves_nothing(fresh: RunningService):
    head = f"PUT {URL} HTTP/1.1\r\nHost: a\r\nAuthorization: {fresh.authorization('emsp-a')}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    with (
        socket.create_connection((fresh.host, fresh.port), timeout=60) as plain,
        fresh.client_context().wrap_socket(plain, server_hostname=fresh.host) as secure,
    ):
        secure.sendall(head.encode())
    assert emsp_a(fresh).get(URL).status == 404
    assert not [e for e in fresh.events if e["event"] == "internal_error"]


@pytest.mark.parametrize("text", ["\ud800", "\u2028", "\x85", "a\tb", "\x00"])
def test_text_that_cannot_be_printed_is_2001(service: RunningService, text: str):
    assert emsp_a(service).put(URL, token(issuer=text)).code == 2001


def test_text_of_any_language_is_stored_as_it_is(fresh: RunningService):
    pushed = token(issuer="Ladestraße Ελλάδα 充電 👩‍🔧")
    client: Client = emsp_a(fresh)
    assert client.put(URL, pushed).status == 201
    assert client.get(URL).data == pushed
