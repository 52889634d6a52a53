"""Faults that show under load alone: one partner's requests hold up everybody; with those of throttles."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults import throttles
from infra.service.faults.fault import Fault
from infra.service.listener import ListenerOptions

_BUSY: Final = 8  # requests in the last second: a partner that looks about stays below
_HOLD_UP_S: Final = 0.4
_FOR_EVER_S: Final = 86_400.0
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


def _waiting_for_headers(options: ListenerOptions) -> ListenerOptions:
    return replace(options, header_timeout_s=_FOR_EVER_S)


def _waiting_for_bodies(options: ListenerOptions) -> ListenerOptions:
    return replace(options, linger_s=_FOR_EVER_S)


def _few_connections(options: ListenerOptions) -> ListenerOptions:
    return replace(options, most_connections=_FEW, header_timeout_s=_FOR_EVER_S, linger_s=_FOR_EVER_S)


FAULTS: Final = (
    *throttles.FAULTS,
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
