"""The door of a platform of ours: who knocked is on record, also where no call came of it."""

import asyncio
import contextlib
import gc
import socket
import ssl
import warnings

import pytest

from scanner.model.exchange import RefusalKind, Refused
from scanner.model.served import Speaks
from tests.scanner.gate.test_serving import HELLO, get, intent, said, serving, target
from tests.scanner.gate_fixtures import open_gate
from tests.targets.byte_server import self_signed


@pytest.fixture
def certificate(tmp_path):
    _, ca = self_signed(tmp_path)
    return tmp_path, ca


async def knocked(served, number=1):
    """Wait for so many connections; what comes is on record a moment after the client knows its end."""
    for _ in range(3000):
        if len(served.knocks) >= number:
            break
        await asyncio.sleep(0.01)
    return served.knocks


@pytest.mark.asyncio
async def test_a_client_that_refuses_the_certificate_is_told_from_one_that_never_came(certificate, tmp_path):
    folder, ca = certificate
    async with open_gate(target(ca), tmp_path) as opened, serving(opened, intent(folder), said(HELLO)) as served:
        assert served.knocks == []
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("localhost", served.port, ssl=ssl.create_default_context())
        (knock,) = await knocked(served)
    assert (knock.peer, knock.tls) == ("127.0.0.1", None)
    assert knock.failure
    assert served.calls == []


@pytest.mark.asyncio
async def test_a_call_leaves_the_version_that_was_agreed_on(certificate, tmp_path):
    folder, ca = certificate
    async with open_gate(target(ca), tmp_path) as opened, serving(opened, intent(folder), said(HELLO)) as served:
        assert (await get(served.url("/versions"), ca))[0] == 200
    assert [knock.tls for knock in served.knocks] == ["TLSv1.3"]


@pytest.mark.asyncio
@pytest.mark.parametrize("speaks, version", [(Speaks.TLS_1_0, "TLSv1"), (Speaks.TLS_1_1, "TLSv1.1")])
async def test_bait_speaks_one_old_version_and_no_other(certificate, tmp_path, speaks, version):
    folder, ca = certificate
    old = ssl.create_default_context(cafile=str(ca))
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
    bait = intent(folder, speaks=speaks)
    async with open_gate(target(ca), tmp_path) as opened, serving(opened, bait, said(HELLO)) as served:
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await asyncio.open_connection("localhost", served.port, ssl=ssl.create_default_context(cafile=str(ca)))
        _, writer = await asyncio.open_connection("localhost", served.port, ssl=old)
        writer.close()
        knocks = await knocked(served, 2)
    assert {knock.tls for knock in knocks} == {None, version}


@pytest.mark.asyncio
async def test_plaintext_is_served_as_bait_only(certificate, tmp_path):
    folder, ca = certificate
    plain = {"certificate_file": None, "key_file": None}
    async with open_gate(target(ca), tmp_path) as opened:
        async with opened.gate.serve(intent(folder, **plain), said(HELLO)) as refused:
            assert isinstance(refused, Refused)
            assert refused.kind is RefusalKind.CREDENTIAL
        async with serving(opened, intent(folder, **plain, speaks=Speaks.PLAINTEXT), said(HELLO)) as served:
            url = served.url("/versions").replace("https", "http", 1)
            assert (await get(url, ca))[0] == 200
    assert [knock.tls for knock in served.knocks] == [None]


@pytest.mark.asyncio
async def test_a_port_that_is_taken_and_a_certificate_that_is_not_there_are_errors(certificate, tmp_path):
    folder, ca = certificate
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with open_gate(target(ca), tmp_path) as opened:
            for fields in ({"port": taken.getsockname()[1]}, {"key_file": str(tmp_path / "missing")}):
                with pytest.raises(OSError, match=r"in use|No such file"):
                    async with opened.gate.serve(intent(folder, **fields), said(HELLO)):
                        pytest.fail("it was opened")


@pytest.mark.asyncio
async def test_a_caller_that_hangs_up_ends_an_answer_that_would_go_on(certificate, tmp_path):
    folder, ca = certificate
    given = []

    async def pieces():
        for _ in range(400):
            given.append(1)
            yield b" " * 65_536

    answer = HELLO.__class__(body=pieces())
    bait = intent(folder, max_answer_bytes=2**26)
    async with open_gate(target(ca), tmp_path) as opened, serving(opened, bait, said(answer)) as served:
        context = ssl.create_default_context(cafile=str(ca))
        reader, writer = await asyncio.open_connection("localhost", served.port, ssl=context)
        writer.write(f"GET /{served.intent.nonce}/x HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readexactly(1000)
        writer.transport.abort()
        await asyncio.sleep(0.3)
    assert 0 < len(given) < 400


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("speaks", [Speaks.MODERN, Speaks.PLAINTEXT])
async def test_whoever_comes_while_the_door_is_closed_leaves_no_connection_open(certificate, tmp_path, turns, speaks):
    """Let in, but not yet begun; begun, but in the handshake; in the call: each has its turn of the loop."""
    folder, ca = certificate
    files = {} if speaks is Speaks.MODERN else {"certificate_file": None, "key_file": None}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        bait = intent(folder, speaks=speaks, **files)
        async with open_gate(target(ca), tmp_path) as opened, serving(opened, bait, said(HELLO)) as served:
            caller = socket.create_connection(("127.0.0.1", served.port), timeout=60)
            for _ in range(turns):
                await asyncio.sleep(0)
        with caller, contextlib.suppress(ConnectionResetError):
            assert caller.recv(100) == b""
        del served
        for _ in range(3):
            await asyncio.sleep(0)
        gc.collect()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []


def test_whose_handshake_is_over_while_the_door_is_closed_leaves_no_connection_open(certificate, tmp_path, monkeypatch):
    """In that turn of the loop nobody has it in hand: asyncio says goodbye, and waits longer than the run lasts."""
    folder, ca = certificate
    made, agreed = asyncio.StreamReaderProtocol.connection_made, asyncio.Event()

    def over(self, transport):
        made(self, transport)
        agreed.set()

    monkeypatch.setattr(asyncio.StreamReaderProtocol, "connection_made", over)

    def shake_hands(port):
        plain = socket.create_connection(("127.0.0.1", port), timeout=60)
        return ssl.create_default_context(cafile=str(ca)).wrap_socket(plain, server_hostname="localhost")

    async def run():
        async with open_gate(target(ca), tmp_path) as opened, serving(opened, intent(folder), said(HELLO)) as served:
            shaking = asyncio.create_task(asyncio.to_thread(shake_hands, served.port))
            await agreed.wait()
        return await shaking

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with asyncio.run(run()):
            gc.collect()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []


@pytest.mark.asyncio
async def test_whoever_is_interrupted_again_while_the_door_closes_leaves_no_connection_open(certificate, tmp_path):
    """Ctrl-C twice: what was let in, and had not begun, stayed open."""
    folder, ca = certificate
    ports: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def stay(opened):
        async with serving(opened, intent(folder), said(HELLO)) as served:
            ports.set_result(served.port)
            await asyncio.Event().wait()

    async with open_gate(target(ca), tmp_path) as opened:
        staying = asyncio.create_task(stay(opened))
        port = await ports  # one is let in at each turn of the loop
        callers = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(12)]
        for _ in range(6):
            await asyncio.sleep(0)
        for _ in range(3):
            staying.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await staying
        for caller in callers:
            with caller, contextlib.suppress(ConnectionResetError):
                assert caller.recv(100) == b""
