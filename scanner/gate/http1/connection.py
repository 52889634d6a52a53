"""One connection to an approved address: one request after the other, each with its answer."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from aiohappyeyeballs import AddrInfoType, start_connection

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.failure import NoAnswer, cut_off, not_connected
from scanner.model.exchange import FailureKind

CONNECT_S: Final = 10.0
NEXT_ADDRESS_S: Final = 0.25  # RFC 8305, section 5


@dataclass(frozen=True, slots=True)
class Way:
    """What is the same for every request over one connection."""

    peer: str | None
    tls_version: str | None
    tls_cipher: str | None


class Connection(asyncio.Protocol):
    """Ends itself when something comes that nobody asked for; `lost` is told when it has ended."""

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        self.way = Way(None, None, None)
        self.idle_since = 0.0
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._large = False
        self._failed: NoAnswer | None = None

    @property
    def usable(self) -> bool:
        """True where a further request may be sent."""
        return self._transport is not None and self._answer is None and not self._transport.is_closing()

    async def ask(self, request: bytes, answer: Answer) -> None:
        """Send a request, and read until its answer is whole.

        Raises: NoAnswer. Whatever ends it early, cancellation included, ends the connection.
        """
        if self._transport is None or self._transport.is_closing():
            raise cut_off()
        self._answer = answer
        beginning = self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            await beginning
            if not answer.done and answer.turn is not None:
                async with answer.turn:
                    await self._rest(self._transport, answer)
        except BaseException:
            self._transport.abort()
            raise
        finally:
            self._answer = self._waiting = None
            if self._large:
                self._large = False
                self._transport.resume_reading()
        if answer.keeps_alive:
            self.idle_since = time.monotonic()
        elif answer.truncated:
            self._transport.abort()
        else:
            self._transport.close()

    async def _rest(self, transport: asyncio.Transport, answer: Answer) -> None:
        """What comes after the beginning of a large body. Raises: NoAnswer."""
        if self._failed is not None:
            raise self._failed
        if answer.done:  # what had come already was all of it
            return
        self._waiting = asyncio.get_running_loop().create_future()
        transport.resume_reading()
        await self._waiting

    def close(self) -> None:
        """Say goodbye, without waiting for one."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of where it leads, before the other side may end it."""
        self._transport = cast("asyncio.Transport", transport)  # other loops have classes of their own
        self.way = _way(self._transport)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer; what comes unasked ends the connection."""
        answer, waiting = self._answer, self._waiting
        if answer is None or waiting is None or self._is_over(answer):
            self.abort()
            return
        try:
            answer.feed(data)
        except NoAnswer as error:
            self._fail(error)
        else:
            if answer.done:
                _settle(waiting)
            elif not waiting.done() and not self._large and answer.waits_for_turn and self._transport is not None:
                self._large = True
                self._transport.pause_reading()  # what has been read already still comes
                waiting.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side ended it: the answer is whole where that is what ends it."""
        self._lost(self)
        answer, waiting = self._answer, self._waiting
        if answer is None or waiting is None or self._is_over(answer):
            return
        if exc is None and answer.ends_with_connection():
            answer.done = True
            _settle(waiting)
        else:
            self._fail(cut_off(exc))

    def _is_over(self, answer: Answer) -> bool:
        return answer.done or self._failed is not None

    def _fail(self, error: NoAnswer) -> None:
        """To whoever waits, or to who will when it is the body's turn."""
        self._failed = error
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


def _settle(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


async def connect(
    host: str,
    port: int,
    addresses: tuple[str, ...],
    tls: ssl.SSLContext | None,
    *,
    lost: Callable[[Connection], None],
) -> Connection:
    """A connection to one of the addresses (RFC 8305 where there are several); certificate and name as `tls` says.

    Raises: NoAnswer.
    """
    loop, connection = asyncio.get_running_loop(), Connection(lost)
    try:
        async with asyncio.timeout(CONNECT_S):
            reached = await start_connection(infos(addresses, port), happy_eyeballs_delay=NEXT_ADDRESS_S)
            name = host.rstrip(".") if tls else None
            try:
                await loop.create_connection(lambda: connection, sock=reached, ssl=tls, server_hostname=name)
            except BaseException:
                connection.abort()  # interrupted as the handshake ends, asyncio would wait for the other side's goodbye
                raise
    except TimeoutError as error:
        raise NoAnswer(FailureKind.CONNECT_TIMEOUT, f"no connection within {CONNECT_S:g} s") from error
    except OSError as error:
        raise not_connected(error) from error
    except ValueError as error:  # of the name
        raise NoAnswer(FailureKind.TLS, f"there is no certificate for such a name: {error}") from error
    return connection


def infos(addresses: tuple[str, ...], port: int) -> list[AddrInfoType]:
    """As `getaddrinfo` gives them."""
    stream, tcp = socket.SOCK_STREAM, socket.IPPROTO_TCP
    return [
        (socket.AF_INET6, stream, tcp, "", (address, port, 0, 0))
        if ":" in address
        else (socket.AF_INET, stream, tcp, "", (address, port))
        for address in addresses
    ]


def _way(transport: asyncio.Transport) -> Way:
    peer = transport.get_extra_info("peername")  # gone where the peer resets at once
    tls = transport.get_extra_info("ssl_object")
    return Way(
        peer=str(peer[0]) if peer else None,
        tls_version=tls.version() if tls else None,
        tls_cipher=tls.cipher()[0] if tls else None,
    )
