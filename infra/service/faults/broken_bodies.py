"""Faults that many short bodies show: they hold everybody up, end in errors, are never too many, or linger."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.under_load import BUSY, Lately, crashing, holding_up

_LONG: Final = 10_000  # bytes; longer bodies are another matter
_LINGER_S: Final = 2.0


def _short_body(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    length = Request(scope).headers.get("content-length", "0")
    return length.isdigit() and 0 < int(length) < _LONG


def _before_any_limit(app: ASGIApp) -> ASGIApp:
    """Under load bodies are refused before anybody counts them."""
    lately = Lately()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if _short_body(scope) and lately.count() > BUSY:
            while (await receive()).get("more_body"):
                pass
            document = {"status_code": 2001, "status_message": "Invalid JSON"}
            await JSONResponse(document, HTTPStatus.BAD_REQUEST)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _lingering(app: ASGIApp) -> ASGIApp:
    """Once who sent many bodies asks for something else, everything takes long: somebody still works on them."""
    lately = Lately()
    senders, lingers = set[str](), False

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal lingers
        who = Request(scope).headers.get("authorization", "")
        if _short_body(scope):
            if lately.count() > BUSY:
                senders.add(who)
        elif lingers or who in senders:
            lingers = True
            await asyncio.sleep(_LINGER_S)
        await app(scope, receive, send)

    return answer


FAULTS: Final = (
    Fault(
        name="body-blocks",
        summary="under load a message with a body holds up everybody",
        by_writing=True,
        wrap_app=holding_up(lambda: _short_body),
    ),
    Fault(
        name="body-crashes",
        summary="under load a message with a body ends in a server error",
        by_writing=True,
        wrap_app=crashing(lambda: _short_body),
    ),
    Fault(
        name="body-unlimited",
        summary="under load bodies are refused before anybody counts them",
        by_writing=True,
        wrap_app=_before_any_limit,
    ),
    Fault(
        name="body-lingers",
        summary="after many messages with bodies everything takes long",
        by_writing=True,
        wrap_app=_lingering,
    ),
)
