"""Faults of commands: what does not exist is commanded, and what nobody asked for is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer

_SUCCESS: Final = 1000
_REFUSALS: Final = range(2000, 3000)
_COMMAND, _RESULT = 1, 2  # segments behind the module


def _accepting(segments: int) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that accepts what the service refused at such URLs of its commands module."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] != "POST" or _behind(scope["path"]) != segments:
                await app(scope, receive, send)
                return
            held = HeldAnswer()
            await app(scope, receive, held)
            data = held.document.get("data") or {}
            if held.document.get("status_code") in _REFUSALS or data.get("result") not in {None, "ACCEPTED"}:
                await _accepted(scope, receive, send)
            else:
                await held.pass_on(send)

        return wrapped

    return wrap


def _behind(path: str) -> int:
    """How many segments stand behind `commands`; 0 for other modules."""
    _, found, rest = path.partition("/commands/")
    return len(rest.split("/")) if found else 0


async def _accepted(scope: Scope, receive: Receive, send: Send) -> None:
    data = {"result": "ACCEPTED", "timeout": 30}
    document = {"status_code": _SUCCESS, "timestamp": "2026-01-01T00:00:00Z", "data": data}
    await JSONResponse(document)(scope, receive, send)


FAULTS: Final = (
    Fault(
        name="commands-unlooked",
        summary="Accepts commands without looking whether the location or session exists.",
        by_writing=True,
        wrap_app=_accepting(_COMMAND),
    ),
    Fault(
        name="results-believed",
        summary="Takes results of commands that it never sent.",
        by_writing=True,
        wrap_app=_accepting(_RESULT),
    ),
)
