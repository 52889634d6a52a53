"""uvicorn's HTTP/1.1 protocol with answers and time limits of our own for what is not a request at all."""

from __future__ import annotations

import asyncio
import uuid
from http import HTTPStatus
from typing import Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.service.call import Answer
from infra.service.datetimes import now
from infra.service.envelope import render
from infra.service.exchange import PROTECTIVE_HEADERS
from infra.service.gathered_writes import GatheredWrites
from infra.service.status import StatusCode

_HEADER_TIMEOUT: Final = 10.0  # seconds for the first request's line and headers
_LINGER: Final = 1.0  # seconds that a client may go on sending a body which was answered already
_BAD_REQUEST: Final = Answer(
    http_status=HTTPStatus.BAD_REQUEST, status_code=StatusCode.CLIENT_ERROR, message="Not an HTTP request"
)


class OcpiProtocol(H11Protocol):
    """Answers malformed HTTP in the OCPI format, and ends connections that never send a request."""

    header_timeout_s: float | None = None  # None: as above
    linger_s: float | None = None
    _header_timer: asyncio.TimerHandle | None = None
    _linger_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first request."""
        super().connection_made(cast("asyncio.Transport", GatheredWrites(transport, self.loop)))
        self._header_timer = self.loop.call_later(self.header_timeout_s or _HEADER_TIMEOUT, self._end_silent_connection)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        for timer in (self._header_timer, self._linger_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def _end_silent_connection(self) -> None:
        # uvicorn sets `cycle` with the first request
        nothing_came = getattr(self, "cycle", None) is None
        if nothing_came and not self.transport.is_closing():
            self.transport.close()

    def on_response_complete(self) -> None:
        """A body that is still coming after its answer is thrown away, but not for ever."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._linger_timer = self.loop.call_later(self.linger_s or _LINGER, self._end_unwanted_body)

    def _end_unwanted_body(self) -> None:
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """The bytes were not HTTP: say no more than that, with the headers of every other answer."""
        del msg  # the parser's words
        response = render(_BAD_REQUEST, now())
        ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
        extra = [(name.encode(), value.encode()) for name, value in {**PROTECTIVE_HEADERS, **ids}.items()]
        headers = [*response.raw_headers, *extra, (b"connection", b"close")]
        events: list[Any] = [
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(response.body)),
            h11.EndOfMessage(),
        ]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        if cycle := getattr(self, "cycle", None):
            cycle.disconnected = True  # a request whose body turns out to be no HTTP has no other answer coming
        self.transport.close()
