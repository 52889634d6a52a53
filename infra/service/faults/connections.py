"""Faults that show where a message does not arrive whole; with those of messages that meet."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults import meeting_messages
from infra.service.faults.arriving import WRITES, Came, gone
from infra.service.faults.fault import Fault
from infra.service.faults.held import json_object, replaying
from infra.service.faults.records import answer
from infra.service.status import StatusCode


def _taking_halves(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in WRITES:
            await app(scope, receive, send)
            return
        came = await Came.of(receive)
        taken = came.whole or json_object(came.body)
        await app(scope, replaying(came.body) if taken else gone, send)

    return wrapped


class _RemembersHalves:
    """A message whose id was seen before is a repeated one, also where nothing was made of the first."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._halves: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in WRITES:
            await self._app(scope, receive, send)
            return
        request_id = dict(scope["headers"]).get(b"x-request-id", b"")
        came = await Came.of(receive)
        if not came.whole:
            self._halves.add(request_id)
            await self._app(scope, gone, send)
        elif request_id in self._halves:
            await answer(HTTPStatus.OK, StatusCode.INVALID_PARAMETERS)(scope, receive, send)
        else:
            await self._app(scope, replaying(came.body), send)


FAULTS: Final = (
    Fault(
        name="half-message-taken",
        summary="Takes what came of a message whose connection was cut, where that is an object by itself.",
        by_writing=True,
        wrap_app=_taking_halves,
    ),
    Fault(
        name="half-message-remembered",
        summary="Takes a message for a repeated one whose first attempt never arrived whole, and refuses it.",
        by_writing=True,
        wrap_app=_RemembersHalves,
    ),
    *meeting_messages.FAULTS,
)
