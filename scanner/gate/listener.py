"""A listener for calls from the target: bounded in number and size, and silent about itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import h11

from scanner.model.intent import ListenIntent
from scanner.model.listener import Expectation, ListenerEvent
from scanner.model.served import Knock

_MAX_REQUEST_BYTES: Final = 65_536
_REQUEST_SECONDS: Final = 10.0


class Listener:
    """Collects what calls; `wait` gives the first call that answers the expectation, or None at the deadline."""

    def __init__(self, intent: ListenIntent) -> None:
        self.intent = intent
        self.expectation = Expectation(
            nonce=intent.nonce, expected_by=datetime.now(UTC) + timedelta(seconds=intent.deadline_s)
        )
        self.events: list[ListenerEvent] = []
        self.port = intent.port
        self._arrived = asyncio.Event()

    async def wait(self) -> ListenerEvent | None:
        """The first call in time that carries the nonce; None when the deadline has passed."""
        while (left := (self.expectation.expected_by - datetime.now(UTC)).total_seconds()) > 0:
            for event in self.events:
                if event.answers(self.expectation):
                    return event
            self._arrived.clear()
            try:
                async with asyncio.timeout(left):
                    await self._arrived.wait()
            except TimeoutError:
                break
        return next((event for event in self.events if event.answers(self.expectation)), None)

    def knocked(self, knock: Knock) -> None:
        """See `Host.knocked`: only calls count."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one call, and answer 204."""
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                peer = writer.get_extra_info("peername")
                event = await self._read(reader, str(peer[0]) if peer else "unknown")
                if event is not None and len(self.events) < self.intent.max_events:
                    self.events.append(event)
                    self._arrived.set()
                writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                await writer.drain()
        except (OSError, TimeoutError):
            return

    async def _read(self, reader: asyncio.StreamReader, peer: str) -> ListenerEvent | None:
        parser, body, received = h11.Connection(h11.SERVER), bytearray(), 0
        request: h11.Request | None = None
        try:
            while True:
                match parser.next_event():
                    case h11.Request() as first:
                        request = first
                    case h11.Data(data=data):
                        body += data
                    case h11.NEED_DATA if received < _MAX_REQUEST_BYTES:
                        chunk = await reader.read(4096)
                        received += len(chunk)
                        parser.receive_data(chunk)
                    case _:
                        break
        except h11.RemoteProtocolError:
            body.clear()  # it called, but what a broken request said is not to be trusted
        return self._event(request, bytes(body), peer) if request else None

    def _event(self, request: h11.Request, body: bytes, peer: str) -> ListenerEvent:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers)
        path = request.target.decode("latin-1")
        carried = self.intent.nonce in path or self.intent.nonce.encode() in body
        return ListenerEvent(
            received_at=datetime.now(UTC),
            peer=peer,
            method=request.method.decode("latin-1"),
            path=path,
            headers=headers,
            body=body,
            nonce=self.intent.nonce if carried else None,
        )
