"""API Gateway REST proxy events to ASGI and back (payload format 1.0). HTTP only, one request at a time."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message, Scope

_PATH_CHARACTERS: Final = "/~!$&'()*+,;=:@"


async def answer(app: ASGIApp, event: Mapping[str, Any]) -> dict[str, Any]:
    """Run `app` on one event. Raises RuntimeError when it does not answer."""
    exchange = _Exchange(_body(event))
    await app(scope_of(event), exchange.receive, exchange.send)
    return exchange.response()


def scope_of(event: Mapping[str, Any]) -> Scope:
    """The ASGI scope. The gateway hands path and query over decoded, so both are encoded again."""
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, values in (event.get("multiValueHeaders") or {}).items()
        for value in values
    ]
    path = event["path"]
    identity = event["requestContext"].get("identity") or {}
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": event["httpMethod"].upper(),
        "scheme": "https",
        "path": path,
        "raw_path": quote(path, safe=_PATH_CHARACTERS).encode("ascii"),
        "query_string": urlencode(event.get("multiValueQueryStringParameters") or {}, doseq=True).encode("ascii"),
        "root_path": "",
        "headers": headers,
        "client": (identity.get("sourceIp", ""), 0),
        "server": (event["requestContext"].get("domainName", ""), 443),
    }


def _body(event: Mapping[str, Any]) -> bytes:
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8")


class _Exchange:
    """The two channels of ASGI for one exchange."""

    def __init__(self, body: bytes) -> None:
        self._request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        self._status: int | None = None
        self._headers: dict[str, list[str]] = {}
        self._body = bytearray()

    async def receive(self) -> Message:
        """The whole body at once, then the end."""
        return self._request.pop() if self._request else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Collect the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, value in message.get("headers", ()):
                self._headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def response(self) -> dict[str, Any]:
        """As the gateway wants it: OCPI is text, whatever is not goes as Base64."""
        if self._status is None:
            raise RuntimeError("the service did not answer")
        text, is_base64 = _text(bytes(self._body))
        return {
            "statusCode": self._status,
            "multiValueHeaders": self._headers,
            "body": text,
            "isBase64Encoded": is_base64,
        }


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), True
