"""What faults do to a service under load: hold everybody up for a while, or end what is wanted in errors."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

BUSY: Final = 8  # requests in the last second: a partner that looks about stays below
HOLD_UP_S: Final = 0.4

Wanted = Callable[[Scope], bool]


class Lately:
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


def holding_up(wanted: Callable[[], Wanted], busy: int = BUSY) -> Callable[[ASGIApp], ASGIApp]:
    """What is wanted is worked on for a while under load, and nobody else is served meanwhile."""

    def wrap(app: ASGIApp) -> ASGIApp:
        is_wanted, lately = wanted(), Lately()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if lately.count() > busy and is_wanted(scope):
                time.sleep(HOLD_UP_S)  # noqa: ASYNC251 - that is the fault
            await app(scope, receive, send)

        return answer

    return wrap


def crashing(wanted: Callable[[], Wanted], busy: int = BUSY) -> Callable[[ASGIApp], ASGIApp]:
    """What is wanted ends in a server error under load."""

    def wrap(app: ASGIApp) -> ASGIApp:
        is_wanted, lately = wanted(), Lately()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if lately.count() > busy and is_wanted(scope):
                await _error()(scope, receive, send)
            else:
                await app(scope, receive, send)

        return answer

    return wrap


def _error() -> JSONResponse:
    return JSONResponse({"status_code": 3000, "status_message": "Internal error"}, HTTPStatus.INTERNAL_SERVER_ERROR)
