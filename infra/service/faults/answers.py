"""ASGI layers that the faults are made of: change an answer's headers, or its JSON, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.strict_json import JsonObject

HeaderChange = Callable[[MutableHeaders, Scope], None]
JsonChange = Callable[[JsonObject, Scope, int], None]  # the answer, its request, its HTTP status


def changing_headers(change: HeaderChange) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that lets `change` edit the headers of every answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    change(MutableHeaders(scope=message), scope)
                await send(message)

            await app(scope, receive, changed)

        return wrapped

    return wrap


def changing_json(change: JsonChange) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that lets `change` edit the JSON of every answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, _Rewriting(change, scope, send))

        return wrapped

    return wrap


class _Rewriting:
    """Holds an answer back until its body is complete, then sends both changed."""

    def __init__(self, change: JsonChange, scope: Scope, send: Send) -> None:
        self._change = change
        self._scope = scope
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        body = self._changed()
        MutableHeaders(scope=self._start)["Content-Length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})

    def _changed(self) -> bytes:
        document: Any = json.loads(self._body)
        self._change(document, self._scope, self._start["status"])
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def served_objects(document: JsonObject) -> list[JsonObject]:
    """The objects in an answer: those of a list, or the one; none in an error answer."""
    data = document.get("data")
    if isinstance(data, list):
        return [item for item in data if isinstance(item, dict)]
    return [data] if isinstance(data, dict) else []
