"""A server that reads a ClientHello of TLS 1.0 to 1.2 and answers its first flight as a test wants."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.targets.loose_ends import hang_up

EMS = 23
ECDSA_SUITE, RSA_SUITE, STATIC_RSA_SUITE = 0xC02B, 0xC02F, 0x009C


@dataclass(frozen=True, kw_only=True)
class Hello:
    """What a client offered."""

    version: int
    suites: tuple[int, ...]
    groups: tuple[int, ...]
    signatures: tuple[int, ...]
    extensions: frozenset[int]
    server_name: str | None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the server takes; `version` None: as offered."""

    suite: int = RSA_SUITE
    group: int | None = None
    extensions: tuple[int, ...] = (EMS,)
    version: int | None = None


Answer = Callable[[Hello], Choice | bytes]


@dataclass
class HelloServer:
    port: int = 0
    hellos: list[Hello] = field(default_factory=list)


def alert(description: int) -> bytes:
    return struct.pack("!BHHBB", 21, 0x0303, 2, 2, description)


def flight(choice: Choice, hello: Hello) -> bytes:
    """ServerHello, a certificate that nobody reads, the key exchange, ServerHelloDone."""
    version = choice.version or hello.version
    extensions = b"".join(struct.pack("!HH", number, 0) for number in choice.extensions)
    said = struct.pack("!H", version) + bytes(32) + b"\0" + struct.pack("!HB", choice.suite, 0)
    said += struct.pack("!H", len(extensions)) + extensions
    messages = message(2, said) + message(11, bytes(3))
    if choice.group is not None:
        messages += message(12, b"\x03" + struct.pack("!HB", choice.group, 1) + b"\x04" + bytes(8))
    return record(version, messages + message(14, b""))


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def record(version: int, content: bytes) -> bytes:
    return struct.pack("!BHH", 22, version, len(content)) + content


@asynccontextmanager
async def hello_server(answer: Answer, host: str = "127.0.0.1") -> AsyncIterator[HelloServer]:
    """Answer every hello with `answer`: a choice, or bytes as they are (none: hang up)."""
    server = HelloServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readexactly(5)
            hello = read_hello(await reader.readexactly(int.from_bytes(head[3:], "big")))
            server.hellos.append(hello)
            answered = answer(hello)
            writer.write(answered if isinstance(answered, bytes) else flight(answered, hello))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, host, 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        await hang_up(listening)


def read_hello(body: bytes) -> Hello:
    (version,) = struct.unpack_from("!H", body, 4)
    at = 4 + 2 + 32
    at += 1 + body[at]
    (length,) = struct.unpack_from("!H", body, at)
    suites = struct.unpack_from(f"!{length // 2}H", body, at + 2)
    at += 2 + length
    at += 1 + body[at]
    extensions = dict(_extensions(body[at + 2 :]))
    return Hello(
        version=version,
        suites=suites,
        groups=_numbers(extensions.get(10, b"\0\0")),
        signatures=_numbers(extensions.get(13, b"\0\0")),
        extensions=frozenset(extensions),
        server_name=extensions[0][5:].decode() if 0 in extensions else None,
    )


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"!{len(data) // 2 - 1}H", data[2:])


def _extensions(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        number, length = struct.unpack_from("!HH", data, at)
        found.append((number, data[at + 4 : at + 4 + length]))
        at += 4 + length
    return found
