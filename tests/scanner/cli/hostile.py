"""Platforms that answer with anything but OCPI, on loopback, each for the length of a block."""

import asyncio
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.targets.bombs import gzip_of
from tests.targets.byte_server import Answer, ByteServer, byte_server, ok


@contextmanager
def serving(answer: bytes | Answer, tls: ssl.SSLContext | None) -> Iterator[ByteServer]:
    """`byte_server` in a thread, for tests whose scan has an event loop of its own."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    started = threading.Event()
    server: list[ByteServer] = []

    async def serve() -> None:
        async with byte_server(answer, tls=tls) as running:
            server.append(running)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(10)
    try:
        yield server[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@contextmanager
def speaking_first(banner: bytes) -> Iterator[int]:
    """A port, without TLS, that says something to everybody who connects."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(banner)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def redirect(location: str) -> bytes:
    """302 to anywhere."""
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


async def hundred_megabytes(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One JSON string of 100 MB."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n" + b'"')
    await _keep_writing(writer, b"x" * 1_000_000, times=99)


async def endless_header(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A status line, and headers for ever (20 MB of them)."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await _keep_writing(writer, b"X-More: " + b"y" * 10_000 + b"\r\n", times=2_000)


async def slow_drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One byte of a body every 100 ms, for a minute."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
    await _keep_writing(writer, b" ", times=600, pause_s=0.1)


async def _keep_writing(writer: asyncio.StreamWriter, chunk: bytes, times: int, pause_s: float = 0.0) -> None:
    """Until the client hangs up: asyncio's TLS transport takes writes for ever after that."""
    for _ in range(times):
        if writer.is_closing():
            return
        writer.write(chunk)
        await writer.drain()
        await asyncio.sleep(pause_s)


def gzip_bomb() -> bytes:
    """A megabyte that becomes 200."""
    return ok(gzip_of(bytes(1_000_000), 200), "Content-Encoding: gzip")


HTML = ok(b"<!doctype html><title>Welcome</title>").replace(b"application/json", b"text/html")
NOT_HTTP = b"SSH-2.0-OpenSSH_9.9\r\n"
