"""Running an application on sockets, with uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from infra.service.http_protocol import OcpiProtocol
from infra.service.listener import ListenerOptions

_GRACE = 2  # seconds for open requests when stopping
_BACKLOG = 256  # connections
_DATE_INTERVAL = 1.0  # seconds
_TURNS = 3  # of the loop, in which a connection that was taken gets its server: asyncio loses it where that is closed


def bind(address: str, port: int, *, or_free: bool = False) -> socket.socket:
    """A listening socket; port 0 takes a free one, and so does one that is taken if `or_free`. Raises OSError."""
    try:
        return _bound(address, port)
    except OSError as error:
        if not or_free or error.errno != errno.EADDRINUSE:
            raise
    return _bound(address, 0)


def _bound(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # with the protocol named, asyncio sets TCP_NODELAY; without it every answer waits 40 ms for an acknowledgement
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _timed(options: ListenerOptions) -> type[OcpiProtocol]:
    """Uvicorn makes protocols itself, so what they need stands in the class."""
    times = {"header_timeout_s": options.header_timeout_s, "linger_s": options.linger_s}
    return type("TimedProtocol", (OcpiProtocol,), times)


class Listening(uvicorn.Server):
    """One application on one socket. `ready` is set as soon as it accepts; signals are the caller's business."""

    def __init__(
        self,
        app: ASGIApp,
        listener: socket.socket,
        context: ssl.SSLContext | None,
        options: ListenerOptions | None = None,
    ) -> None:
        used = options or ListenerOptions()
        config = uvicorn.Config(
            app,
            http=_timed(used),
            limit_concurrency=used.most_connections,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=15,
        )
        config.load()
        config.ssl = context
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._listener = listener

    async def run_until_stopped(self) -> None:
        """Serve until `stop`."""
        await self.serve(sockets=[self._listener])

    def stop(self) -> None:
        """Finish what is open, then end."""
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        """Renew the Date header each second; end at once when told to."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _DATE_INTERVAL)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start accepting."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let open requests end for a moment, and wait for no client to say goodbye."""
        for listener in sockets or ():
            asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._requests_ended()
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0)
        await self._requests_ended()  # a call to a partner has a connection of its own to end

    async def _requests_ended(self) -> None:
        """Wait for them, but no longer than a moment."""
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=_GRACE)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
