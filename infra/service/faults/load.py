"""Faults that show under load alone: one partner's requests hold up everybody; with those of throttles."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults import broken_bodies, throttles
from infra.service.faults.fault import Fault
from infra.service.faults.under_load import HOLD_UP_S, crashing, holding_up
from infra.service.listener import ListenerOptions

_FOR_EVER_S: Final = 86_400.0
_LONG_NUMBER: Final = 18  # digits
_FEW: Final = 5  # connections
_CONNECTIONS_IN_A_ROW: Final = 10  # with one request each
_LARGE: Final = 10_000  # objects on a page, bytes of a body


def _long_offset(scope: Scope) -> bool:
    return any(len(value) > _LONG_NUMBER for value in _query(scope, "offset"))


def _large_page(scope: Scope) -> bool:
    return any(value.isdigit() and int(value) > _LARGE for value in _query(scope, "limit"))


def _bad_limit(scope: Scope) -> bool:
    return "many" in _query(scope, "limit")


def _query(scope: Scope, name: str) -> list[str]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name, [])


class _NewConnections:
    """True for requests of a partner that opens a connection for each of them, from the eleventh in a row on.

    Counted, not timed: other loads open eight connections at most and go on over those, on whatever machine.
    """

    def __init__(self) -> None:
        self._known: set[object] = set()
        self._in_a_row: dict[str, int] = {}

    def __call__(self, scope: Scope) -> bool:
        if scope["type"] != "http" or (who := Request(scope).headers.get("authorization")) is None:
            return False
        client = scope.get("client")
        self._in_a_row[who] = 0 if client in self._known else self._in_a_row.get(who, 0) + 1
        self._known.add(client)
        return self._in_a_row[who] > _CONNECTIONS_IN_A_ROW


def _reading_alone(app: ASGIApp) -> ASGIApp:
    """Whoever sends a long body is waited for by everybody."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        length = Request(scope).headers.get("content-length", "0")
        if length.isdigit() and int(length) > _LARGE:
            time.sleep(HOLD_UP_S)  # noqa: ASYNC251 - that is the fault
        await app(scope, receive, send)

    return answer


def _waiting_for_headers(options: ListenerOptions) -> ListenerOptions:
    return replace(options, header_timeout_s=_FOR_EVER_S)


def _waiting_for_bodies(options: ListenerOptions) -> ListenerOptions:
    return replace(options, linger_s=_FOR_EVER_S)


def _few_connections(options: ListenerOptions) -> ListenerOptions:
    return replace(options, most_connections=_FEW, header_timeout_s=_FOR_EVER_S, linger_s=_FOR_EVER_S)


FAULTS: Final = (
    *throttles.FAULTS,
    *broken_bodies.FAULTS,
    Fault(
        name="bad-limit-blocks",
        summary="under load a limit that is no number holds up everybody",
        by_writing=True,
        wrap_app=holding_up(lambda: _bad_limit),
    ),
    Fault(
        name="bad-limit-crashes",
        summary="under load a limit that is no number ends in a server error",
        by_writing=True,
        wrap_app=crashing(lambda: _bad_limit),
    ),
    Fault(
        name="long-number-blocks",
        summary="under load an endless offset holds up everybody",
        by_writing=True,
        wrap_app=holding_up(lambda: _long_offset),
    ),
    Fault(
        name="long-number-crashes",
        summary="under load an endless offset ends in a server error",
        by_writing=True,
        wrap_app=crashing(lambda: _long_offset),
    ),
    Fault(
        name="new-connection-blocks",
        summary="many new connections hold up everybody",
        by_writing=True,
        wrap_app=holding_up(_NewConnections, busy=0),
    ),
    Fault(
        name="new-connection-crashes",
        summary="many new connections end in server errors",
        by_writing=True,
        wrap_app=crashing(_NewConnections, busy=0),
    ),
    Fault(
        name="large-page-blocks",
        summary="under load a question for a long page holds up everybody",
        by_writing=True,
        wrap_app=holding_up(lambda: _large_page),
    ),
    Fault(
        name="large-page-crashes",
        summary="under load a question for a long page ends in a server error",
        by_writing=True,
        wrap_app=crashing(lambda: _large_page),
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
