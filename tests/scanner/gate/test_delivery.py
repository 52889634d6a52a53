"""Bodies that do not arrive whole, as a real server with blocking sockets sees them come and end."""

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from msgspec import structs

from scanner.gate.journal import FILE_NAME
from scanner.gate.policy import origin_of
from scanner.model.delivery import Delivery, Ending
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.intent import HttpIntent, IdentityCredential
from scanner.model.party import Identity, Party
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.byte_server import self_signed

OURS = Party(country_code="BE", party_id="GRN")
ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}"
BODY = b'{"id":"POSTURE-1"}'


class Watching:
    """Takes one connection, reads to its end, and answers then; `ended` is how the other side ended."""

    def __init__(self, tls):
        self.tls = tls
        self.came = b""
        self.ended = ""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def serve(self):
        plain, _ = self.listener.accept()
        plain.settimeout(5)
        try:
            connection = (
                self.tls.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) if self.tls else plain
            )
        except OSError:
            self.ended = "no handshake"
            return
        with connection:
            try:
                while piece := connection.recv(65536):
                    self.came += piece
                self.ended = "goodbye"
            except (ssl.SSLEOFError, ConnectionResetError):
                self.ended = "vanished"
            try:
                connection.sendall(ANSWER)
            except OSError:
                self.ended += ", gone"

    @property
    def body(self):
        return self.came.partition(b"\r\n\r\n")[2]

    @property
    def declared(self):
        (line,) = [line for line in self.came.split(b"\r\n") if line.startswith(b"Content-Length: ")]
        return int(line.removeprefix(b"Content-Length: "))


@contextmanager
def watching(tls=None):
    server = Watching(tls)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        thread.join(10)
        server.listener.close()


def sent(server, folder, delivery, *, body=BODY, scheme="http", ca=None, **changes):
    url = f"{scheme}://localhost:{server.port}/ocpi/tariffs/BE/GRN/POSTURE-1"
    writer = Identity(name="cpo", party=OURS, disposable=True)
    plain = loopback_target(url, identities=[writer], ca_file=ca, limits=FAST)
    target = replace(plain, mode=Mode.EXERCISE, allow=frozenset({Effect.LASTING, Effect.REGISTRATION}))
    intent = HttpIntent(
        effect=Effect.WRITE,
        environment="test",
        probe="p",
        purpose="deliver",
        identity="cpo",
        credential=IdentityCredential(identity="cpo") if scheme == "https" else None,
        method="PUT",
        url=url,
        module="tariffs",
        owners=frozenset({OURS}),
        body=body,
        delivery=delivery,
        expects_errors=True,
    )

    async def run():
        async with open_gate(target, folder, tokens={"cpo": "q7Zk2-canary-Pw91xYtR"}) as opened:
            return await opened.gate.http(structs.replace(intent, **changes))

    assert origin_of(url) is not None
    return asyncio.run(run())


@pytest.mark.parametrize("ending", [Ending.LEAVE, Ending.VANISH])
def test_a_body_that_is_cut_off_came_so_far_and_no_farther(ending, tmp_path):
    with watching() as server:
        outcome = sent(server, tmp_path, Delivery(sent=7, ending=ending))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.LEFT
    assert (server.body, server.declared) == (BODY[:7], len(BODY))
    assert f"7 bytes of a declared {len(BODY)}, then {ending}" in (tmp_path / FILE_NAME).read_text()


@pytest.mark.parametrize(
    "ending, ended", [(Ending.LEAVE, "goodbye"), (Ending.VANISH, "vanished"), (Ending.HALF_CLOSE, "goodbye")]
)
def test_over_tls_the_end_is_with_or_without_close_notify(ending, ended, tmp_path):
    tls, ca = self_signed(tmp_path)
    with watching(tls) as server:
        outcome = sent(server, tmp_path, Delivery(sent=7, ending=ending), scheme="https", ca=ca)
    assert server.ended.startswith(ended)
    assert server.body == BODY[:7]
    assert b"Authorization: Token " in server.came
    assert isinstance(outcome, Exchange) is (ending is Ending.HALF_CLOSE)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_half_closed_connection_still_brings_the_answer(scheme, tmp_path):
    tls, ca = self_signed(tmp_path) if scheme == "https" else (None, None)
    with watching(tls) as server:
        outcome = sent(server, tmp_path, Delivery(sent=7, ending=Ending.HALF_CLOSE), scheme=scheme, ca=ca)
    assert isinstance(outcome, Exchange)
    assert (outcome.status, outcome.body, outcome.peer) == (400, b"{}", "127.0.0.1")
    assert (outcome.tls_version is not None) is (scheme == "https")


def test_a_length_may_promise_more_or_less_than_comes(tmp_path):
    for declared in (4, 40):
        with watching() as server:
            sent(server, tmp_path, Delivery(declared=declared, ending=Ending.HALF_CLOSE))
        assert (server.declared, server.body) == (declared, BODY)


def test_more_than_was_declared_goes_to_loopback_only(tmp_path, monkeypatch):
    async def elsewhere(_self, _intent, _host):
        return ("192.0.2.7",)

    monkeypatch.setattr("scanner.gate.addresses.PinnedAddresses.resolve", elsewhere)
    server = type("Nobody", (), {"port": 9})
    refused = sent(server, tmp_path, Delivery(declared=4))
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.OUT_OF_SCOPE
    assert "loopback" in refused.detail


def test_a_certificate_that_is_not_trusted_gets_no_token(tmp_path):
    tls, _ = self_signed(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = self_signed(tmp_path / "other")

    with watching(tls) as server:
        outcome = sent(server, tmp_path, Delivery(sent=7), scheme="https", ca=other)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CERTIFICATE
    assert server.came == b""
    assert server.ended == "no handshake"


def test_nobody_who_listens_is_a_failure_not_an_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = sent(type("Nobody", (), {"port": port}), tmp_path, Delivery(sent=7))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.REFUSED
