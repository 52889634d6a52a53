"""Connections are kept where they may be, and never give the answer to another request."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings

import pytest

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.connection import Connection
from scanner.gate.http1.failure import NoAnswer
from scanner.gate.http1.pool import Destination, Pool
from scanner.gate.tls_context import verifying_context
from scanner.model.exchange import FailureKind
from tests.targets.byte_server import byte_server, ok, self_signed

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Asking:
    def __init__(self, port, *, tls=None, name=None, addresses=("127.0.0.1",)):
        self.pool = Pool()
        self.to = Destination("localhost", port, addresses, tls, name)

    async def ask(self, request=REQUEST):
        answer = Answer("GET", max_header_bytes=1000, max_body_bytes=1000)
        sent = await self.pool.ask(self.to, request, answer)
        return answer, sent


@pytest.mark.asyncio
async def test_a_connection_is_used_again(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        asking = Asking(server.port, tls=verifying_context(ca))
        reused = [(await asking.ask())[1].reused for _ in range(3)]
        await asking.pool.close()
    assert reused == [False, True, True]
    assert server.connections == 1


@pytest.mark.asyncio
async def test_requests_at_once_have_connections_of_their_own():
    async with byte_server(ok()) as server:
        asking = Asking(server.port)
        await asyncio.gather(*(asking.ask() for _ in range(4)))
        await asking.pool.close()
    assert server.connections == 4


@pytest.mark.asyncio
async def test_requests_that_name_a_connection_go_over_one_in_turn():
    async with byte_server(ok()) as server:
        asking = Asking(server.port, name="mine")
        sent = await asyncio.gather(*(asking.ask() for _ in range(4)))
        await asking.pool.close()
    assert server.connections == 1
    assert [one.reused for _, one in sent] == [False, True, True, True]


@pytest.mark.asyncio
@pytest.mark.parametrize("surplus", [b"garbage", ok(b"for the next one")], ids=["text", "a second answer"])
async def test_surplus_bytes_never_become_the_next_answer(surplus):
    async with byte_server(ok(b"first") + surplus) as server:
        asking = Asking(server.port)
        answers = [await asking.ask() for _ in range(3)]
        await asking.pool.close()
    assert [answer.body() for answer, _ in answers] == [b"first"] * 3
    assert server.connections == 3


@pytest.mark.asyncio
async def test_bytes_that_come_between_two_requests_end_the_connection():
    unasked = asyncio.Event()

    async def talks_on(_reader, writer):
        writer.write(ok(b"first"))
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(ok(b"unasked"))
        await writer.drain()
        unasked.set()
        await asyncio.sleep(1)

    async with byte_server(talks_on) as server:
        asking = Asking(server.port)
        await asking.ask()
        await unasked.wait()
        await asyncio.sleep(0.02)
        answer, sent = await asking.ask()
        await asking.pool.close()
    assert answer.body() == b"first"
    assert not sent.reused


@pytest.mark.asyncio
async def test_a_request_that_is_given_up_takes_its_connection_with_it():
    async def slow(_reader, writer):
        await asyncio.sleep(0.1)
        writer.write(ok(b"late"))
        await writer.drain()

    async with byte_server(slow) as server:
        asking = Asking(server.port)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await asking.ask()
        _, sent = await asking.ask()
        await asking.pool.close()
    assert not sent.reused
    assert server.connections == 2


def test_whoever_is_interrupted_as_the_handshake_ends_leaves_no_connection_open(tmp_path, monkeypatch):
    """In that turn of the loop nobody has it in hand: asyncio says goodbye, and waits longer than the run lasts."""
    tls, ca = self_signed(tmp_path)
    made, agreed, over = Connection.connection_made, asyncio.Event(), threading.Event()

    def agree(self, transport):
        made(self, transport)
        agreed.set()

    monkeypatch.setattr(Connection, "connection_made", agree)

    def shake_hands(listening):
        with tls.wrap_socket(listening.accept()[0], server_side=True):
            over.wait(60)

    async def run(port):
        asking = Asking(port, tls=verifying_context(ca))
        task = asyncio.create_task(asking.ask())
        await agreed.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asking.pool.close()

    with socket.create_server(("127.0.0.1", 0)) as listening, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        server = threading.Thread(target=shake_hands, args=(listening,))
        server.start()
        asyncio.run(run(listening.getsockname()[1]))
        gc.collect()
        over.set()
        server.join()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []


@pytest.mark.asyncio
async def test_a_body_without_a_length_ends_with_the_connection():
    async def until_closed(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhel")
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"lo")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with byte_server(until_closed) as server:
        asking = Asking(server.port)
        answer, _ = await asking.ask()
        await asking.pool.close()
    assert answer.body() == b"hello"


@pytest.mark.asyncio
async def test_the_next_address_is_tried_where_the_first_does_not_answer():
    async with byte_server(ok()) as server:
        asking = Asking(server.port, addresses=("::1", "127.0.0.1"))
        _, sent = await asking.ask()
        await asking.pool.close()
    assert sent.way.peer == "127.0.0.1"


@pytest.mark.asyncio
async def test_why_there_is_no_connection_is_told_apart(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        assert await why_not(Asking(server.port, tls=ssl.create_default_context())) is FailureKind.CERTIFICATE
        gone = server.port
    async with await asyncio.start_server(speaks_ssh, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        assert await why_not(Asking(port, tls=verifying_context(ca))) is FailureKind.TLS
    assert await why_not(Asking(gone)) is FailureKind.REFUSED


async def why_not(asking):
    with pytest.raises(NoAnswer) as error:
        await asking.ask()
    await asking.pool.close()
    return error.value.kind


async def speaks_ssh(reader, writer):
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await reader.read()
    writer.close()
