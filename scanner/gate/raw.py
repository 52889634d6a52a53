"""A raw connection, for traffic that no client library will send; it never carries a real token."""

import asyncio
import re
import ssl
import time
from typing import Final

from scanner.model.effect import Effect
from scanner.model.exchange import Failed, FailureKind
from scanner.model.intent import RawIntent

_UNSAFE: Final = re.compile(rb"(?i)\b(?:POST|PUT|PATCH|DELETE|CONNECT|MERGE|X-HTTP-Method[\w-]*)[ :]")

_TWO_READINGS: Final = re.compile(rb"(?i)transfer.encoding|content.length[^\n]*\n(?:[^\n]+\n)*content.length")


class ConnectionEnded(Exception):
    """The connection broke or its time is up; `failure` says how."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class RawConnection:
    """Bytes out, bytes in, within the time and size of its intent."""

    def __init__(
        self, intent: RawIntent, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.address = address
        self._intent = intent
        self._reader = reader
        self._writer = writer
        self._received = 0
        self._ends_at = time.monotonic() + intent.deadline_s

    async def send(self, data: bytes) -> None:
        """Send all of `data`.

        Raises: ConnectionEnded if the target closed or time ran out, PermissionError where an intent of effect `read`
        would send anything but a read, or one that is not `misframed` a message with two lengths.
        """
        if self._intent.effect is Effect.READ and _UNSAFE.search(data):
            raise PermissionError("declared as a read, and it is none")
        if not self._intent.misframed and _TWO_READINGS.search(data):
            raise PermissionError("a message that two servers may read differently was not declared as one")
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._step()):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise ConnectionEnded(failed(self._intent, error, self.address)) from error

    async def receive(self, limit: int = 65_536) -> bytes:
        """Up to `limit` bytes; empty where the target closed or the intent's size is reached.

        Raises: ConnectionEnded if the connection broke or time ran out.
        """
        room = min(limit, self._intent.max_bytes - self._received)
        if room <= 0:
            return b""
        try:
            async with asyncio.timeout(self._step()):
                data = await self._reader.read(room)
        except (OSError, TimeoutError) as error:
            raise ConnectionEnded(failed(self._intent, error, self.address)) from error
        self._received += len(data)
        return data

    def _step(self) -> float:
        return max(0.0, min(self._intent.timeout_s, self._ends_at - time.monotonic()))

    def close(self) -> None:
        """Close without waiting."""
        self._writer.close()


class _Kept(asyncio.StreamReaderProtocol):
    """Its connection is one of `open_ones` for as long as there is one."""

    def __init__(self, reader: asyncio.StreamReader, open_ones: set[asyncio.BaseTransport]) -> None:
        super().__init__(reader)
        self._open_ones = open_ones
        self._mine: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.BaseProtocol`."""
        self._mine = transport
        self._open_ones.add(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.BaseProtocol`."""
        if self._mine is not None:
            self._open_ones.discard(self._mine)
        super().connection_lost(exc)


async def open_raw(
    intent: RawIntent, address: str, tls: ssl.SSLContext | None, open_ones: set[asyncio.BaseTransport]
) -> RawConnection | Failed:
    """Connect to the pinned address; a failure is a value.

    `open_ones` has the connection until it has ended, which the target may delay for half a minute after `close`.
    """
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    protocol = _Kept(reader, open_ones)
    try:
        async with asyncio.timeout(intent.timeout_s):
            transport, _ = await loop.create_connection(
                lambda: protocol, address, intent.port, ssl=tls, server_hostname=intent.host if tls else None
            )
    except (OSError, TimeoutError) as error:
        return failed(intent, error, address)
    return RawConnection(intent, address, reader, asyncio.StreamWriter(transport, protocol, reader, loop))


def failed(intent: RawIntent, error: OSError | TimeoutError, address: str) -> Failed:
    """The failure of a raw connection as a value."""
    url = f"{'tls' if intent.tls else 'tcp'}://{intent.host}:{intent.port}"
    match error:
        case ssl.SSLCertVerificationError():
            kind, detail = FailureKind.CERTIFICATE, error.verify_message
        case ssl.SSLError():
            kind, detail = FailureKind.TLS, str(error.reason)
        case ConnectionRefusedError():
            kind, detail = FailureKind.REFUSED, "nothing listens there"
        case TimeoutError():
            kind, detail = FailureKind.TIMEOUT, f"no answer within {intent.timeout_s:g} s"
        case ConnectionError():
            kind, detail = FailureKind.RESET, "before it had answered"
        case _:
            kind, detail = FailureKind.REFUSED, str(error.strerror or error)
    return Failed(kind=kind, detail=detail, method="RAW", url=url, peer=address)
