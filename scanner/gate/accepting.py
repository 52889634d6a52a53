"""The door of a platform of ours: who knocked, how far the handshake came, and only then who called.

A client that hangs up on a bad certificate makes no call. That it came to the door is what tells its refusal from a
client that never came.
"""

import asyncio
import socket
import ssl
import warnings
from datetime import UTC, datetime
from typing import Any, Final, Self

from scanner.gate.serving import Served
from scanner.model.intent import ServeIntent
from scanner.model.served import Knock, Speaks

_HANDSHAKE_S: Final = 10.0
_BACKLOG: Final = 100
_PAUSE_S: Final = 1.0  # before the next look, where a connection could not be taken
_OLD: Final = {Speaks.TLS_1_0: ssl.TLSVersion.TLSv1, Speaks.TLS_1_1: ssl.TLSVersion.TLSv1_1}


class Door:
    """Listens for the length of the block; `port` is the one that was taken."""

    def __init__(self, intent: ServeIntent, served: Served) -> None:
        """Raises: OSError if the address cannot be bound or the certificate not be used."""
        self._served = served
        self._context = server_side(intent)
        self._socket = _bound(intent)
        self._let_in: set[socket.socket] = set()  # and nothing has been done with it yet
        self._pause: asyncio.TimerHandle | None = None
        self.port = int(self._socket.getsockname()[1])

    async def __aenter__(self) -> Self:
        """Open it."""
        self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, and end the calls of those that were let in.

        Raises: what a handler raised, which is our own bug.
        """
        asyncio.get_running_loop().remove_reader(self._socket)
        if self._pause is not None:
            self._pause.cancel()
        self._socket.close()
        try:
            await self._served.close()
        finally:
            for connection in self._let_in:  # who was cancelled before the first step
                connection.close()

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
        if self._served.is_full:
            connection.close()
        else:
            connection.setblocking(False)  # noqa: FBT003 - positional only
            self._let_in.add(connection)
            self._served.accept(self._enter(connection, str(peer[0])))

    async def _enter(self, connection: socket.socket, peer: str) -> None:
        self._let_in.discard(connection)
        came = datetime.now(UTC)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        secure: dict[str, Any] = {"ssl": self._context, "ssl_handshake_timeout": _HANDSHAKE_S} if self._context else {}
        try:
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, **secure)
        except OSError as error:  # what OpenSSL says is one, too
            connection.close()
            self._served.knocked(Knock(at=came, peer=peer, tls=None, failure=_why(error)))
            return
        about = transport.get_extra_info("ssl_object")
        self._served.knocked(Knock(at=came, peer=peer, tls=about.version() if about else None))
        await self._served.serve(reader, asyncio.StreamWriter(transport, protocol, reader, loop))


def server_side(intent: ServeIntent) -> ssl.SSLContext | None:
    """TLS as the intent wants it; None for plaintext.

    Raises: OSError or ssl.SSLError if the files cannot be used.
    """
    if intent.speaks is Speaks.PLAINTEXT or intent.certificate_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if intent.any_key or intent.speaks in _OLD:
        context.set_ciphers("ALL:@SECLEVEL=0")
    if (only := _OLD.get(intent.speaks)) is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # they are out of date, which is what they are for
            context.minimum_version = context.maximum_version = only
    context.load_cert_chain(intent.certificate_file, intent.key_file)
    return context


def _bound(intent: ServeIntent) -> socket.socket:
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
