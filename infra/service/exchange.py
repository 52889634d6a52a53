"""What surrounds every exchange: message ids, protective headers, one access event."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.audit import EventSink
from infra.service.call import MessageIds

PROTECTIVE_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_PROTECTIVE: Final = tuple((name.lower().encode(), value.encode()) for name, value in PROTECTIVE_HEADERS.items())
_ID: Final = re.compile(r"[A-Za-z0-9._:-]{8,64}", re.ASCII)
STATE: Final = "infra.service"  # key in the ASGI scope


class ExchangeState:
    """What the layers of one exchange tell each other: the ids from outside, the rest from inside."""

    __slots__ = ("ids", "partner", "route", "status_code")

    def __init__(self, ids: MessageIds) -> None:
        self.ids = ids
        self.route: str | None = None
        self.partner: str | None = None
        self.status_code: int | None = None  # OCPI's; None where the answer holds none


class Exchange:
    """ASGI layer round the service. No answer leaves without ids and protective headers, also not an error."""

    def __init__(self, app: ASGIApp, events: EventSink, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._events = events
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything that is not HTTP is refused by not answering."""
        if scope["type"] != "http":
            return
        state = ExchangeState(_message_ids(Headers(scope=scope)))
        scope[STATE] = state
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_headers_of(state.ids), *_PROTECTIVE]
                # before the answer leaves: nobody gets an answer that was not logged
                self._record(scope["method"], state, message["status"], time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _record(self, method: str, state: ExchangeState, status: int, seconds: float) -> None:
        self._events(
            {
                "event": "access",
                "time": self._clock().isoformat(),
                "request_id": state.ids.request_id,
                "correlation_id": state.ids.correlation_id,
                "partner": state.partner,
                "method": method if method in _METHODS else "other",
                "route": state.route,
                "http_status": status,
                "status_code": state.status_code,
                "duration_ms": round(seconds * 1000, 3),
            }
        )


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _headers_of(ids: MessageIds) -> tuple[tuple[bytes, bytes], ...]:
    return (b"x-request-id", ids.request_id.encode()), (b"x-correlation-id", ids.correlation_id.encode())


def _message_ids(headers: Headers) -> MessageIds:
    """The request's ids; one that is missing, repeated or not an id is replaced by a new one and never sent back."""
    return MessageIds(request_id=_one_id(headers, "x-request-id"), correlation_id=_one_id(headers, "x-correlation-id"))


def _one_id(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    return values[0] if len(values) == 1 and _ID.fullmatch(values[0]) else str(uuid.uuid4())
