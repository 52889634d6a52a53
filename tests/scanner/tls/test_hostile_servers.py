"""Servers that mean ill: each scan ends within its time and its reservation, and says what became of it."""

import asyncio
import itertools
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from scanner.model.fact_store import FactStore
from scanner.model.facts.tls import (
    TLS_FACTS,
    CertificateDeployments,
    EllipticGroups,
    ExtendedMasterSecret,
    ProtocolVersions,
    TlsProfileChosen,
)
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.witness import Witness
from scanner.tls.probe import TlsProbe
from scanner.tls.servers import CONNECTIONS
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.hello_server import Choice, Hello, alert, flight, message, read_hello, record
from tests.targets.loose_ends import hang_up
from tests.targets.tls_certificates import CertificatePlan, authority, issue
from tests.targets.tls_runs import ROOMY, judged, scan_time, target_of

LIMITS = replace(ROOMY, max_seconds=8.0, timeout_s=1.0)
SLACK_S = 8.0  # a child that starts on a busy machine, and the answers that are asked for beside it
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def silent(reader, writer):
    """Takes the connection and says nothing."""
    await reader.read()


async def drip(reader, writer):
    """One byte of an answer at a time, for ever."""
    await reader.read(5)
    for byte in itertools.cycle(record(0x0303, message(2, bytes(16_000)))):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def endless(reader, writer):
    """A handshake message that never comes to its end, as fast as it is read."""
    await reader.read(5)
    writer.write(record(0x0303, b"\x02\xff\xff\xff"))
    while True:
        writer.write(record(0x0303, bytes(16_000)))
        await writer.drain()


async def oversized_chain(reader, writer):
    """A proper ServerHello, and a certificate message of 16 MB."""
    hello = await hello_of(reader)
    writer.write(flight(Choice(), hello).partition(b"\x0b\x00\x00\x03")[0])
    writer.write(record(0x0303, b"\x0b\xff\xff\xff"))
    for _ in range(1100):
        writer.write(record(0x0303, bytes(16_000)))
        await writer.drain()


async def wrong_version(reader, writer):
    """Answers every hello in a version that was not offered."""
    hello = await hello_of(reader)
    writer.write(flight(Choice(version=0x0302 if hello.version != 0x0302 else 0x0301), hello))
    await writer.drain()
    await reader.read()


async def refusing(reader, writer):
    """An alert to whatever is offered."""
    await reader.read(5)
    writer.write(alert(40))
    await writer.drain()


async def no_tls(reader, writer):
    """Speaks HTTP on the TLS port."""
    await reader.read(5)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


BEHAVIOURS: tuple[Behaviour, ...] = (silent, drip, endless, oversized_chain, wrong_version, refusing, no_tls)


async def hello_of(reader) -> Hello:
    head = await reader.readexactly(5)
    return read_hello(await reader.readexactly(int.from_bytes(head[3:], "big")))


@dataclass
class Hostile:
    port: int = 0
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0


@asynccontextmanager
async def hostile_server(behaviour: Behaviour):
    server = Hostile()
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader, writer):
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        server.at_once += 1
        server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            await behaviour(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            server.at_once -= 1
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        await hang_up(listening)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def scan(behaviour: Behaviour, folder):
    folder.mkdir()
    async with hostile_server(behaviour) as server:
        endpoint = loopback_target(f"https://127.0.0.1:{server.port}/v", plaintext_ports=()).endpoints[0]
        async with open_gate(target_of(endpoint, limits=LIMITS), folder) as opened:
            context, started = opened.context(Witness.TLS), asyncio.get_running_loop().time()
            await TlsProbe().run(context)
            elapsed = asyncio.get_running_loop().time() - started
            sent = opened.gate.requests_sent
    return FactStore([*context.record.observations, scan_time()]), elapsed, server, sent


@pytest.mark.asyncio
async def test_every_hostile_server_is_left_in_time_with_a_truthful_result(tmp_path):
    results = await asyncio.gather(*(scan(behaviour, tmp_path / behaviour.__name__) for behaviour in BEHAVIOURS))
    for behaviour, (facts, elapsed, server, sent) in zip(BEHAVIOURS, results, strict=True):
        name = behaviour.__name__
        assert elapsed < LIMITS.max_seconds + SLACK_S, name
        assert server.connections <= CONNECTIONS + sent, name
        for kind in set(TLS_FACTS) - {TlsProfileChosen}:
            assert list(facts.of(kind)), (name, kind)
        for kind in (ProtocolVersions, CertificateDeployments, EllipticGroups, ExtendedMasterSecret):
            (observation,) = facts.of(kind)
            assert isinstance(observation.result, Unavailable), (name, observation.result)
            assert observation.result.reason in {Reason.TIMED_OUT, Reason.UNREACHABLE, Reason.NOT_EVALUATED}, name
        handshakes = [f for f in judged(facts) if not f.check.startswith(("tls-no-plaintext", "tls-hsts"))]
        assert {f.outcome for f in handshakes} == {"inconclusive"}, name


@pytest.mark.asyncio
async def test_the_certificate_is_that_of_the_name_that_is_scanned(tmp_path):
    """The server shows a sound certificate to who asks by its name, and another one to everybody else."""
    other = certificate_context(tmp_path, "other", names=("other.test",))
    named = certificate_context(tmp_path, "named", names=("ocpi.test",))

    def choose(connection, server_name, _context):
        if server_name == "ocpi.test":
            connection.context = named

    other.sni_callback = choose
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority("test").pem)

    async def answer(reader, writer):
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=other)
    port = listening.sockets[0].getsockname()[1]
    chains = {}
    try:
        for host in ("ocpi.test", "127.0.0.1"):
            endpoint = loopback_target(f"https://{host}:{port}/v", ca_file=ca_file).endpoints[0]
            folder = tmp_path / f"run-{host}"
            folder.mkdir()
            async with open_gate(target_of(endpoint, limits=replace(LIMITS, max_seconds=30.0)), folder) as opened:
                opened.gate.addresses.pinned["ocpi.test"] = ("127.0.0.1",)
                facts = await opened.run(TlsProbe())
            (observation,) = facts.of(CertificateDeployments)
            assert isinstance(observation.result, Seen), observation.result
            chains[host] = observation.result.fact.chains[0]
    finally:
        await hang_up(listening)
    assert (chains["ocpi.test"].leaf.dns_names, chains["ocpi.test"].name_matches) == (("ocpi.test",), True)
    assert (chains["127.0.0.1"].leaf.dns_names, chains["127.0.0.1"].name_matches) == (("other.test",), False)


def certificate_context(folder, name, **plan):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*issue(CertificatePlan(**plan), folder, name))
    return context
