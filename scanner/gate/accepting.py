"""The door of a server of ours: who knocked, how far the handshake came, and only then who called.

A client that hangs up on a bad certificate makes no call. That it came to the door is what tells its refusal from a
client that never came.
"""

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from typing import Any, Final, Protocol, Self, cast

from scanner.model.intent import ListenIntent
from scanner.model.served import Knock

_HANDSHAKE_S: Final = 10.0
_BACKLOG: Final = 100
_MAX_CALLERS: Final = 64
_CLOSING_S: Final = 1.0
_PAUSE_S: Final = 1.0  # before the next look, where a connection could not be taken


class Host(Protocol):
    """Who is behind a door."""

    def knocked(self, knock: Knock) -> None:
        """Be told of a connection, whether or not a handshake came of it."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what the caller came for; the connection is closed after it. What it raises is our own bug."""


class Door:
    """Listens for the length of the block; `port` is the one that was taken."""

    def __init__(self, intent: ListenIntent, context: ssl.SSLContext | None, host: Host) -> None:
        """Raises: OSError if the address cannot be bound."""
        self._host = host
        self._context = context
        self._socket = _bound(intent)
        self._let_in: set[socket.socket] = set()  # and nothing has been done with it yet
        self._under_way: set[asyncio.Task[None]] = set()
        self._bug: BaseException | None = None
        self._pause: asyncio.TimerHandle | None = None
        self.port = int(self._socket.getsockname()[1])

    async def __aenter__(self) -> Self:
        """Open it."""
        self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, and end the calls of those that were let in.

        Raises: what a call raised, which is our own bug.
        """
        asyncio.get_running_loop().remove_reader(self._socket)
        if self._pause is not None:
            self._pause.cancel()
        self._socket.close()
        for task in self._under_way:
            task.cancel()
        for connection in self._let_in:  # whose task was cancelled before its first step
            connection.close()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._bug is not None:
            raise self._bug

    def _listen(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        try:
            connection, peer = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError, InterruptedError):
            return  # gone again
        except OSError:  # no descriptors are left
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            self._pause = loop.call_later(_PAUSE_S, self._listen)
            return
        if len(self._under_way) >= _MAX_CALLERS:
            connection.close()
            return
        connection.setblocking(False)  # noqa: FBT003 - positional only
        self._let_in.add(connection)
        task = asyncio.create_task(self._enter(connection, str(peer[0])))
        self._under_way.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            self._bug = self._bug or task.exception()

    async def _enter(self, connection: socket.socket, peer: str) -> None:
        self._let_in.discard(connection)
        came = datetime.now(UTC)
        reader = asyncio.StreamReader()
        protocol = _Caller(reader)
        loop = asyncio.get_running_loop()
        secure: dict[str, Any] = {"ssl": self._context, "ssl_handshake_timeout": _HANDSHAKE_S} if self._context else {}
        try:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, **secure)
        except OSError as error:  # what OpenSSL says is one, too
            connection.close()
            self._host.knocked(Knock(at=came, peer=peer, tls=None, failure=_why(error)))
            return
        except asyncio.CancelledError:
            protocol.hang_up()
            raise
        about = transport.get_extra_info("ssl_object")
        self._host.knocked(Knock(at=came, peer=peer, tls=about.version() if about else None))
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await self._host.serve(reader, writer)
        finally:
            await _end(writer)


class _Caller(asyncio.StreamReaderProtocol):
    """Knows its connection as soon as the handshake is over.

    Where the door is closed in that turn of the loop nobody is handed the connection: asyncio says goodbye, and waits
    half a minute for the other side's, longer than the run may last.
    """

    _connection: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.BaseProtocol`."""
        self._connection = cast("asyncio.Transport", transport)  # other loops have classes of their own
        super().connection_made(transport)

    def hang_up(self) -> None:
        """End the connection, if there is one, without a goodbye."""
        if self._connection is not None:
            self._connection.abort()


async def _end(writer: asyncio.StreamWriter) -> None:
    """Say goodbye, and wait a moment for the other side's: a connection that is left half closed outlives the run."""
    writer.close()
    try:
        async with asyncio.timeout(_CLOSING_S):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        return
    finally:
        writer.transport.abort()


def _bound(intent: ListenIntent) -> socket.socket:
    family = socket.AF_INET6 if ":" in intent.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)  # noqa: FBT003 - positional only
        listening.bind((intent.host, intent.port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _why(error: OSError) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error.strerror or type(error).__name__)
