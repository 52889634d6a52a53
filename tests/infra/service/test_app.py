"""The application without a server: what only a broken dependency or a slow client shows."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from typing import Any

import pytest

from infra.service import http_protocol
from infra.service.app import create_app
from infra.service.deployment.loading import load_partners
from infra.service.settings import Settings
from infra.service.store.memory import MemoryStore
from tests.infra.service.examples import T2, location
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c
from tests.targets.reference_service import RunningService, prepared_folder, running_service

SECRET = "canary-in-an-exception"


class BrokenStore(MemoryStore):
    async def page(self, *_: Any) -> Any:
        raise RuntimeError(SECRET)


def settings() -> Settings:
    return prepared_folder().document().to_settings("https://localhost")


def authorization() -> bytes:
    with running_service() as service:
        return service.authorization("cpo-c").encode()


async def ask(app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], *, body: Any) -> tuple[int, Any]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    await app(scope, body, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


async def no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_an_unexpected_error_is_500_says_nothing_and_is_logged_by_type():
    events: list[Any] = []

    async def run() -> tuple[int, Any]:
        store = BrokenStore()
        await load_partners(store, settings().partners)
        app = create_app(settings(), store, events=events.append)
        headers = [(b"authorization", authorization())]
        return await ask(app, "GET", f"{EMSP}/tokens", headers, body=no_body)

    status, document = asyncio.run(run())
    assert (status, document["status_code"], document["status_message"]) == (500, 3000, "Internal error")
    (error,) = [e for e in events if e["event"] == "internal_error"]
    assert error["error"] == "RuntimeError"
    assert error["where"].startswith("test_app.py:")
    assert SECRET not in json.dumps([document, events])


def test_a_body_that_does_not_come_in_time_is_408():
    async def never() -> dict[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError

    async def run() -> tuple[int, Any]:
        quick = replace(settings(), body_timeout_s=0.05)
        store = MemoryStore()
        await load_partners(store, quick.partners)
        headers = [(b"authorization", authorization()), (b"content-type", b"application/json")]
        return await ask(create_app(quick, store), "POST", f"{EMSP}/cdrs", headers, body=never)

    status, document = asyncio.run(run())
    assert (status, document["status_code"]) == (408, 2001)


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_what_is_not_http_gets_no_answer(kind: str):
    async def nothing(*_: Any) -> Any:
        raise AssertionError

    async def run() -> None:
        await create_app(settings(), MemoryStore())({"type": kind}, nothing, nothing)

    asyncio.run(run())


def test_a_connection_that_says_nothing_is_closed(fresh: RunningService, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_protocol, "_HEADER_TIMEOUT", 0.1)
    with (
        socket.create_connection((fresh.host, fresh.port), timeout=60) as plain,
        fresh.client_context().wrap_socket(plain, server_hostname=fresh.host) as secure,
    ):
        try:
            secure.sendall(b"GET /ocpi/vers")
            assert secure.recv(1000) == b""
        except ConnectionError:
            pass  # closed before we had said that much


def test_encoded_separators_do_not_reach_another_resource(fresh: RunningService):
    client = cpo_c(fresh)
    for path in (
        f"{EMSP}/locations/BE/GRN/..%2F..%2FNL%2FRFC%2FRFC-LOC-0001",
        f"{EMSP}/locations/BE%2FGRN/GRN-LOC-0001",
        f"{EMSP}/locations/BE/GRN/../../NL/RFC/RFC-LOC-0001",
        f"{EMSP}/..;/../cpo/2.2.1/locations",
        "/ocpi/%76ersions",
        f"{CPO}%2Flocations",
    ):
        assert client.get(path).status == 404, path
    assert client.put(f"{EMSP}/locations/BE/GRN/%00", location(last_updated=T2)).code == 2001
