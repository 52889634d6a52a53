"""One request whose body does not arrive whole, on a connection of its own that is ended as the delivery says.

TLS is spoken through memory here, because the transports of asyncio cannot end one direction alone (RFC 8446, 6.1).
"""

import asyncio
import contextlib
import socket
import ssl
from typing import Final

from aiohappyeyeballs import start_connection

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.connection import CONNECT_S, NEXT_ADDRESS_S, Way, infos
from scanner.gate.http1.failure import NoAnswer, cut_off, not_connected
from scanner.model.delivery import Ending
from scanner.model.exchange import FailureKind
from scanner.model.late_dataclass import dataclass

_PIECE: Final = 65_536  # bytes
_WAITS: Final = frozenset({Ending.WAIT, Ending.HALF_CLOSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request goes: pinned addresses, and the name that the certificate has to have where `tls` verifies."""

    host: str
    port: int
    addresses: tuple[str, ...]
    tls: ssl.SSLContext | None


async def deliver(place: Place, request: bytes, ending: Ending, answer: Answer) -> Way:
    """Send what there is of a request, end the connection so, and read the answer where one is waited for.

    Raises: NoAnswer; of kind `LEFT` where we ended the connection ourselves.
    """
    wire = await _connected(place)
    try:
        await wire.send(request)
        if ending is not Ending.WAIT:
            await wire.end(politely=ending is not Ending.VANISH)
        if ending not in _WAITS:
            raise NoAnswer(FailureKind.LEFT, "the connection was ended on purpose before the message was whole")
        await _read(wire, answer)
    except OSError as error:
        raise cut_off() from error
    finally:
        wire.close()
    return wire.way


async def _read(wire: "_Wire", answer: Answer) -> None:
    while not answer.done:
        piece = await wire.receive()
        if not piece:
            if not answer.ends_with_connection():
                raise cut_off()
            answer.done = True
        else:
            answer.feed(piece)


async def _connected(place: Place) -> "_Wire":
    try:
        async with asyncio.timeout(CONNECT_S):
            reached = await start_connection(infos(place.addresses, place.port), happy_eyeballs_delay=NEXT_ADDRESS_S)
            wire = _Wire(reached, place)
            try:
                await wire.shake_hands()
            except BaseException:
                wire.close()
                raise
    except TimeoutError as error:
        raise NoAnswer(FailureKind.CONNECT_TIMEOUT, f"no connection within {CONNECT_S:g} s") from error
    except OSError as error:
        raise not_connected(error) from error
    return wire


class _Wire:
    """A socket, and TLS above it where there is any."""

    def __init__(self, reached: socket.socket, place: Place) -> None:
        self._socket = reached
        self._loop = asyncio.get_running_loop()
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        name = place.host.rstrip(".")
        self._tls = place.tls.wrap_bio(self._came, self._goes, server_hostname=name) if place.tls else None
        self._peer = str(reached.getpeername()[0])

    @property
    def way(self) -> Way:
        """Address and TLS."""
        cipher = self._tls.cipher() if self._tls else None
        return Way(self._peer, self._tls.version() if self._tls else None, cipher[0] if cipher else None)

    async def shake_hands(self) -> None:
        """The TLS handshake. Raises: ssl.SSLError and other OSError."""
        while self._tls is not None:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._more():
                    raise ConnectionResetError(0, "closed during the TLS handshake") from None
            else:
                await self._flush()
                return

    async def send(self, data: bytes) -> None:
        """All of it. Raises: OSError."""
        if self._tls is None:
            await self._loop.sock_sendall(self._socket, data)
            return
        self._tls.write(data)
        await self._flush()

    async def end(self, *, politely: bool) -> None:
        """End our direction: with close_notify where there is TLS, then as TCP does. Raises: OSError."""
        if self._tls is not None and politely:
            with contextlib.suppress(ssl.SSLError):  # it waits for the other side's
                self._tls.unwrap()
            await self._flush()
        self._socket.shutdown(socket.SHUT_WR)

    async def receive(self) -> bytes:
        """What comes next; empty at the end. Raises: OSError."""
        if self._tls is None:
            return await self._loop.sock_recv(self._socket, _PIECE)
        while True:
            try:
                return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                if not await self._more():
                    return b""
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def close(self) -> None:
        """Be gone."""
        self._socket.close()

    async def _more(self) -> bool:
        piece = await self._loop.sock_recv(self._socket, _PIECE)
        self._came.write(piece)
        return bool(piece)

    async def _flush(self) -> None:
        if pending := self._goes.read():
            await self._loop.sock_sendall(self._socket, pending)
