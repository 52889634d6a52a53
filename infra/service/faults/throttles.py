"""Faults of throttles: none, shared by all partners, without a word on when to come back, broken, or for ever."""

from __future__ import annotations

import time
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.rate_limits import too_many_requests
from infra.service.settings import Settings
from infra.service.status import Refusal

_SHARED_S: Final = 0.25  # less than the lab takes to see that who was throttled is served again
_LOCK_OUT_S: Final = 60


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
    """While one partner is above its limit all others are refused as well; below it nobody is, however they bunch."""
    until: dict[str, float] = {}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        who = Request(scope).headers.get("authorization", "")

        async def sending(message: Message) -> None:
            if message.get("status") == HTTPStatus.TOO_MANY_REQUESTS:
                until[who] = time.monotonic() + _SHARED_S
            await send(message)

        left = max((ends for other, ends in until.items() if other != who), default=0.0) - time.monotonic()
        if left > 0:
            await _refused(too_many_requests(left))(scope, receive, send)
        else:
            await app(scope, receive, sending)

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
)
