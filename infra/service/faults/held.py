"""Requests that are read and handed on again, and answers that are held back: what layers over writes are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.types import Message, Receive, Send


class HeldAnswer:
    """An answer of the service that is not sent yet; it stands where `send` would."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """Keep one message of the answer."""
        self.messages.append(message)

    async def pass_on(self, send: Send) -> None:
        """Send it as it is."""
        for message in self.messages:
            await send(message)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def document(self) -> Mapping[str, Any]:
        """The body as an object; an empty one where it is none."""
        return json_object(self.body)

    @property
    def location(self) -> str | None:
        """The Location header."""
        headers = {name.lower(): value.decode() for name, value in self.messages[0]["headers"]}
        return headers.get(b"location")


def json_object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one where the text is none."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


async def whole_body(receive: Receive) -> bytes:
    """The body of a request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def replaying(body: bytes) -> Receive:
    """What hands a body to an application once more."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
