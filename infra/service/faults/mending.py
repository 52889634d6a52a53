"""A layer that puts messages right before they are judged, so that what is wrong with them is taken."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.held import json_object, replaying, whole_body
from infra.service.strict_json import JsonObject

Mends = Callable[[str, JsonObject], JsonObject]


def mending(mends: Mends) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper for messages that are PUT or POSTed; `mends` takes path and document."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] not in {"PUT", "POST"}:
                await app(scope, receive, send)
                return
            body = await whole_body(receive)
            document = json_object(body)
            mended = mends(scope["path"], document) if document else document
            same = mended == document
            await app(scope, replaying(body if same else json.dumps(mended).encode()), send)

        return wrapped

    return wrap
