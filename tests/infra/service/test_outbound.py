"""Whom the service calls, and how much of an answer it waits for."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import pytest

from infra.service.outbound import OutboundError
from infra.service.outbound_https import HttpsClient, is_public
from infra.service.settings import OutboundSettings
from tests.targets.loose_ends import hang_up
from tests.targets.reference_service import prepared_folder


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_public_internet_may_be_called(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
        "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
        "64:ff9b:1::a00:1", "2001::1", "2001:db8::1", "2002:a00:1::", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fe80::1%eth0", "ff02::1",
    ],
)  # fmt: skip
def test_all_others_may_not(address: str):
    assert not is_public(address)


_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "beginning, more, timeout_s, reason",
    [
        (_PAGE + b'Content-Length: 900000\r\n\r\n{"data":[', b" ", 1.5, "timeout"),
        (_PAGE, b"X-Slow: 1\r\n", 1.5, "timeout"),
        (_PAGE + b"\r\n", b" " * 10_000, 60.0, "too_large"),
        (_PAGE + b"Transfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b" " * 10_000 + b"\r\n", 60.0, "too_large"),
        (_PAGE, b"X-More: " + b"a" * 10_000, 60.0, "connection"),
    ],
    ids=["drip of a body", "drip of headers", "endless body", "endless chunks", "endless header"],
)
def test_an_answer_has_an_end_in_time_and_bytes(beginning: bytes, more: bytes, timeout_s: float, reason: str):
    assert asyncio.run(_asked(beginning, more, timeout_s)).startswith(reason)


async def _asked(beginning: bytes, more: bytes, timeout_s: float) -> str:
    """Why the answer of a partner was given up that says `beginning`, and then `more` for ever."""
    folder, begun, ended = prepared_folder(), asyncio.Event(), asyncio.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*folder.server)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        with contextlib.suppress(OSError):
            writer.write(beginning)
            while not writer.is_closing():
                writer.write(more)
                await writer.drain()
                await asyncio.sleep(0.05 if timeout_s < 2 else 0)
        writer.transport.abort()
        ended.set()

    settings = OutboundSettings(
        private_hosts=frozenset({"localhost"}), ca_path=str(folder.ca), timeout_s=timeout_s, max_answer_bytes=50_000
    )
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/list"
        with pytest.raises(OutboundError) as given_up:
            await HttpsClient(settings).exchange("GET", url, "Token dG9rZW4=", {}, None)
        if begun.is_set():  # a busy machine may have needed the time for the handshake
            await asyncio.wait_for(ended.wait(), 60)
    finally:
        await hang_up(server)
    return given_up.value.reason
