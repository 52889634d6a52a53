"""Kept-alive connections, by where they lead and how they are verified; the named ones apart."""

import asyncio
import ssl
import time
from typing import Final, NamedTuple

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.connection import Connection, Way, connect

_IDLE_S: Final = 30.0  # a probe may think between two requests on one connection
_GOODBYE_S: Final = 0.01  # TLS transports close in the next turns of the loop


class Destination(NamedTuple):
    """`name`: of a connection that no other request uses; None: any that leads there."""

    host: str
    port: int
    addresses: tuple[str, ...]
    tls: ssl.SSLContext | None
    name: str | None


class Sent(NamedTuple):
    """Over which connection, whether an earlier request had gone over it, and when (monotonic seconds)."""

    way: Way
    reused: bool
    at: float


class Pool:
    """Opens connections, and keeps them for the next request."""

    def __init__(self) -> None:
        self._idle: dict[Destination, list[Connection]] = {}
        self._turns: dict[Destination, asyncio.Lock] = {}
        self._open: set[Connection] = set()

    async def ask(self, to: Destination, request: bytes, answer: Answer) -> Sent:
        """Send a request over a kept or a new connection until its answer is whole.

        Raises: NoAnswer.
        """
        if to.name is None:
            return await self._ask(to, request, answer)
        async with self._turns.setdefault(to, asyncio.Lock()):
            return await self._ask(to, request, answer)

    async def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self._open):
            connection.close()
        await asyncio.sleep(_GOODBYE_S)
        for connection in tuple(self._open):
            connection.abort()
        self._idle.clear()

    async def _ask(self, to: Destination, request: bytes, answer: Answer) -> Sent:
        connection = self._kept(to)
        reused = connection is not None
        if connection is None:
            connection = await connect(to.host, to.port, to.addresses, to.tls, lost=self._open.discard)
            self._open.add(connection)
        at = time.monotonic()
        await connection.ask(request, answer)
        if connection.usable:
            self._idle.setdefault(to, []).append(connection)
        return Sent(connection.way, reused, at)

    def _kept(self, to: Destination) -> Connection | None:
        """The connection that was used last, if it is still there; those that waited too long are closed."""
        idle = self._idle.get(to, [])
        too_old = time.monotonic() - _IDLE_S
        while idle:
            connection = idle.pop()
            if connection.usable and connection.idle_since > too_old:
                return connection
            connection.close()
        return None
