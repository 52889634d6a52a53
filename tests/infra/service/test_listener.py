"""What the correct listener speaks, over real handshakes."""

from __future__ import annotations

import asyncio
import gc
import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from infra.service import serving
from infra.service.listener import ListenerOptions, make_context
from infra.service.serving import Listening, bind
from tests.targets.reference_service import RunningService, prepared_folder, running_service

OLD = ("TLSv1", "TLSv1_1")


def handshake(service: RunningService, version: str, ciphers: str = "ALL") -> tuple[str | None, str]:
    """Version and cipher suite agreed with a client that speaks one version. Raises ssl.SSLError."""
    context = service.client_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    with (
        socket.create_connection((service.host, service.port), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=service.host) as secure,
    ):
        cipher = secure.cipher()
        assert cipher is not None
        return secure.version(), cipher[0]


def refuses(service: RunningService, version: str, ciphers: str = "ALL") -> bool:
    try:
        handshake(service, version, ciphers)
    except (ssl.SSLError, ConnectionError):
        return True
    return False


@pytest.mark.parametrize("version, name", [("TLSv1_2", "TLSv1.2"), ("TLSv1_3", "TLSv1.3")])
def test_tls_1_2_and_1_3_are_spoken(service: RunningService, version: str, name: str):
    agreed, cipher = handshake(service, version)
    assert agreed == name
    assert cipher.startswith(("ECDHE-ECDSA-", "TLS_"))


@pytest.mark.parametrize("version", OLD)
def test_older_versions_are_refused(service: RunningService, version: str):
    assert refuses(service, version)


@pytest.mark.parametrize("ciphers", ["ECDHE+AES+SHA1", "ECDHE+AES+SHA256:ECDHE+AES+SHA384:!AESGCM", "kRSA", "DHE"])
def test_other_suites_than_ecdhe_with_aead_are_refused(service: RunningService, ciphers: str):
    try:
        assert refuses(service, "TLSv1_2", ciphers)
    except ValueError:  # this OpenSSL cannot even ask for them
        pytest.fail(f"no suite in {ciphers}")


def test_the_server_binds_loopback_only(service: RunningService):
    assert service.host == "localhost"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", service.port), timeout=60)


def test_http_on_the_tls_port_gets_no_answer_in_clear(service: RunningService):
    with closing(socket.create_connection((service.host, service.port), timeout=60)) as plain:
        plain.sendall(b"GET /ocpi/versions HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with suppress(ConnectionError):
            assert b"HTTP" not in plain.recv(1000)


@pytest.fixture
def with_plaintext() -> Iterator[RunningService]:
    with running_service(plaintext_port=0) as running:
        yield running


def test_the_plaintext_port_refuses_everything_without_a_redirect(with_plaintext: RunningService):
    assert with_plaintext.plaintext_port is not None
    for headers in ({}, {"Authorization": with_plaintext.authorization("emsp-a")}):
        with closing(http.client.HTTPConnection("127.0.0.1", with_plaintext.plaintext_port, timeout=60)) as connection:
            connection.request("GET", "/ocpi/versions", headers=headers)
            response = connection.getresponse()
            body = response.read()
        assert response.status == 403
        assert response.headers["Location"] is None
        assert response.headers["Strict-Transport-Security"] is None  # RFC 6797, 7.2
        assert b"data" not in body


def test_there_is_no_plaintext_port_unless_asked_for(service: RunningService):
    assert service.plaintext_port is None


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("over_tls", [True, False])
def test_whoever_comes_while_it_ends_leaves_no_connection_open(turns: int, over_tls: bool):
    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    async def run() -> socket.socket | None:
        listener, context = bind("127.0.0.1", 0), make_context(ListenerOptions(), prepared_folder(), "localhost")
        server = Listening(nothing, listener, context if over_tls else None)
        serving = asyncio.create_task(server.run_until_stopped())
        await server.ready.wait()
        where = listener.getsockname()
        server.stop()
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            return socket.create_connection(where, timeout=30)
        except ConnectionRefusedError:
            return None  # too late
        finally:
            await serving

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        caller = asyncio.run(run())
        if caller is not None:
            with caller, suppress(ConnectionResetError):
                assert caller.recv(100) == b""
        gc.collect()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []


def test_a_request_that_is_interrupted_has_ended_when_the_server_has(monkeypatch: pytest.MonkeyPatch):
    """It may have had a connection of its own to a partner, which takes some turns of the loop to close."""
    monkeypatch.setattr(serving, "_GRACE", 0.1)
    ended: list[str] = []

    async def run() -> list[str]:
        begun = asyncio.Event()

        async def held_up(scope: Any, receive: Any, send: Any) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(20):
                    await asyncio.sleep(0)
                ended.append(scope["path"])

        listener = bind("127.0.0.1", 0)
        server = Listening(held_up, listener, None)
        running = asyncio.create_task(server.run_until_stopped())
        await server.ready.wait()
        with socket.create_connection(listener.getsockname(), timeout=30) as caller:
            caller.sendall(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
            await begun.wait()
            server.stop()
            await running
        return list(ended)

    assert asyncio.run(run()) == ["/held"]


def test_a_client_that_never_says_goodbye_does_not_hold_the_end_up():
    """Its answer said `Connection: close`, so the server's end of the TLS connection was closed before."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def run() -> None:
        folder = prepared_folder()
        listener = bind("127.0.0.1", 0)
        server = Listening(answered, listener, make_context(ListenerOptions(), folder, "localhost"))
        running = asyncio.create_task(server.run_until_stopped())
        await server.ready.wait()
        trusting = ssl.create_default_context(cafile=str(folder.ca))
        with socket.create_connection(listener.getsockname(), timeout=30) as plain:
            caller = await asyncio.to_thread(trusting.wrap_socket, plain, server_hostname="localhost")
            with caller:
                caller.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                while not (await asyncio.to_thread(caller.recv, 1000)).endswith(b"\r\n\r\n"):
                    pass
                server.stop()
                await asyncio.wait_for(running, 20)  # asyncio itself waits 30 s for a goodbye

    asyncio.run(run())
