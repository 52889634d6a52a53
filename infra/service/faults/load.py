"""Faults that show under load alone: throttles that fail, and one partner's requests that hold up everybody."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.listener import ListenerOptions
from infra.service.rate_limits import PartnerRates, RateSettings, too_many_requests
from infra.service.settings import Settings
from infra.service.status import Refusal

_BUSY: Final = 8  # requests in the last second: a partner that looks about stays below
_SHARED: Final = RateSettings(requests_per_second=36.0, burst=10)
_HOLD_UP_S: Final = 0.4
_FOR_EVER_S: Final = 86_400.0
_LOCK_OUT_S: Final = 60
_LONG_NUMBER: Final = 18  # digits
_FEW: Final = 5  # connections
_MANY_CONNECTIONS: Final = 12  # new ones in the last second
_LARGE: Final = 10_000  # objects on a page, bytes of a body

Wanted = Callable[[Scope], bool]


class _Lately:
    """Counts what happened within the last second."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def count(self) -> int:
        """One more; how many there were."""
        now = time.monotonic()
        self._times.append(now)
        while self._times[0] < now - 1:
            self._times.popleft()
        return len(self._times)


def _long_offset(scope: Scope) -> bool:
    return any(len(value) > _LONG_NUMBER for value in _query(scope, "offset"))


def _large_page(scope: Scope) -> bool:
    return any(value.isdigit() and int(value) > _LARGE for value in _query(scope, "limit"))


def _bad_limit(scope: Scope) -> bool:
    return "many" in _query(scope, "limit")


def _query(scope: Scope, name: str) -> list[str]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name, [])


class _NewConnections:
    """True for requests over new connections while there are many of them."""

    def __init__(self, many: int) -> None:
        self._many = many
        self._known: set[object] = set()
        self._lately = _Lately()

    def __call__(self, scope: Scope) -> bool:
        client = scope.get("client")
        if client in self._known:
            return False
        self._known.add(client)
        return self._lately.count() > self._many


def _holding_up(wanted: Callable[[], Wanted]) -> Callable[[ASGIApp], ASGIApp]:
    """What is wanted is worked on for a while under load, and nobody else is served meanwhile."""

    def wrap(app: ASGIApp) -> ASGIApp:
        is_wanted, lately = wanted(), _Lately()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if lately.count() > _BUSY and is_wanted(scope):
                time.sleep(_HOLD_UP_S)  # noqa: ASYNC251 - that is the fault
            await app(scope, receive, send)

        return answer

    return wrap


def _crashing(wanted: Callable[[], Wanted]) -> Callable[[ASGIApp], ASGIApp]:
    """What is wanted ends in a server error under load."""

    def wrap(app: ASGIApp) -> ASGIApp:
        is_wanted, lately = wanted(), _Lately()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if lately.count() > _BUSY and is_wanted(scope):
                await _error()(scope, receive, send)
            else:
                await app(scope, receive, send)

        return answer

    return wrap


def _reading_alone(app: ASGIApp) -> ASGIApp:
    """Whoever sends a long body is waited for by everybody."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        length = Request(scope).headers.get("content-length", "0")
        if length.isdigit() and int(length) > _LARGE:
            time.sleep(_HOLD_UP_S)  # noqa: ASYNC251 - that is the fault
        await app(scope, receive, send)

    return answer


def _error() -> JSONResponse:
    return JSONResponse({"status_code": 3000, "status_message": "Internal error"}, HTTPStatus.INTERNAL_SERVER_ERROR)


def _without_retry_after(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "retry-after" in headers:
                    del headers["retry-after"]
            await send(message)

        await app(scope, receive, sending)

    return answer


def _breaking_throttle(app: ASGIApp) -> ASGIApp:
    """Every other 429 turns into a server error."""
    turns = 0

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            nonlocal turns
            if message.get("status") == HTTPStatus.TOO_MANY_REQUESTS:
                turns += 1
                status = HTTPStatus.INTERNAL_SERVER_ERROR if turns % 2 else HTTPStatus.TOO_MANY_REQUESTS
                message = {**message, "status": int(status)}
            await send(message)

        await app(scope, receive, sending)

    return answer


def _shared_throttle(app: ASGIApp) -> ASGIApp:
    rates = PartnerRates(_SHARED, time.monotonic)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            rates.take("everybody")
        except Refusal as refusal:
            await _refused(refusal)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _lock_out(app: ASGIApp) -> ASGIApp:
    """Whoever was throttled once is refused for a minute."""
    until: dict[str, float] = {}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        who = Request(scope).headers.get("authorization", "")

        async def sending(message: Message) -> None:
            if message.get("status") == HTTPStatus.TOO_MANY_REQUESTS:
                until.setdefault(who, time.monotonic() + _LOCK_OUT_S)
            await send(message)

        left = until.get(who, 0.0) - time.monotonic()
        if left > 0:
            await _refused(too_many_requests(left))(scope, receive, send)
        else:
            await app(scope, receive, sending)

    return answer


def _refused(refusal: Refusal) -> JSONResponse:
    body = {"status_code": int(refusal.status_code), "status_message": refusal.message}
    return JSONResponse(body, int(refusal.http_status), headers=dict(refusal.headers))


def _no_limit(settings: Settings) -> Settings:
    return replace(settings, rates=replace(settings.rates, requests_per_second=1e9, burst=10**9))


def _waiting_for_headers(options: ListenerOptions) -> ListenerOptions:
    return replace(options, header_timeout_s=_FOR_EVER_S)


def _waiting_for_bodies(options: ListenerOptions) -> ListenerOptions:
    return replace(options, linger_s=_FOR_EVER_S)


def _few_connections(options: ListenerOptions) -> ListenerOptions:
    return replace(options, most_connections=_FEW, header_timeout_s=_FOR_EVER_S, linger_s=_FOR_EVER_S)


FAULTS: Final = (
    Fault(
        name="no-throttle",
        summary="a partner may ask as often as it likes",
        by_writing=True,
        wrap_settings=_no_limit,
    ),
    Fault(
        name="throttle-without-retry-after",
        summary="429 does not say when to come back",
        by_writing=True,
        wrap_app=_without_retry_after,
    ),
    Fault(
        name="throttle-shared",
        summary="one limit for all partners together",
        by_writing=True,
        wrap_app=_shared_throttle,
    ),
    Fault(
        name="throttle-breaks",
        summary="every other request above the limit ends in a server error",
        by_writing=True,
        wrap_app=_breaking_throttle,
    ),
    Fault(
        name="throttle-locks-out",
        summary="who was throttled once is refused for a minute",
        by_writing=True,
        wrap_app=_lock_out,
    ),
    Fault(
        name="bad-limit-blocks",
        summary="under load a limit that is no number holds up everybody",
        by_writing=True,
        wrap_app=_holding_up(lambda: _bad_limit),
    ),
    Fault(
        name="bad-limit-crashes",
        summary="under load a limit that is no number ends in a server error",
        by_writing=True,
        wrap_app=_crashing(lambda: _bad_limit),
    ),
    Fault(
        name="long-number-blocks",
        summary="under load an endless offset holds up everybody",
        by_writing=True,
        wrap_app=_holding_up(lambda: _long_offset),
    ),
    Fault(
        name="long-number-crashes",
        summary="under load an endless offset ends in a server error",
        by_writing=True,
        wrap_app=_crashing(lambda: _long_offset),
    ),
    Fault(
        name="new-connection-blocks",
        summary="many new connections hold up everybody",
        by_writing=True,
        wrap_app=_holding_up(lambda: _NewConnections(_BUSY)),
    ),
    Fault(
        name="new-connection-crashes",
        summary="many new connections end in server errors",
        by_writing=True,
        wrap_app=_crashing(lambda: _NewConnections(_MANY_CONNECTIONS)),
    ),
    Fault(
        name="large-page-blocks",
        summary="under load a question for a long page holds up everybody",
        by_writing=True,
        wrap_app=_holding_up(lambda: _large_page),
    ),
    Fault(
        name="large-page-crashes",
        summary="under load a question for a long page ends in a server error",
        by_writing=True,
        wrap_app=_crashing(lambda: _large_page),
    ),
    Fault(
        name="endless-headers",
        summary="headers may come as slowly as one likes",
        by_writing=True,
        wrap_listener=_waiting_for_headers,
    ),
    Fault(
        name="endless-bodies",
        summary="the rest of a body that was answered already may come as slowly as one likes",
        by_writing=True,
        wrap_listener=_waiting_for_bodies,
    ),
    Fault(
        name="long-body-blocks",
        summary="a long body that comes slowly holds up everybody",
        by_writing=True,
        wrap_app=_reading_alone,
    ),
    Fault(
        name="few-connections",
        summary="a handful of connections fills the server, which ends none of them",
        by_writing=True,
        wrap_listener=_few_connections,
    ),
)
