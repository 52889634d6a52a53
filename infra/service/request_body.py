"""Reading a request's JSON object: its media type, its size, its time, its syntax."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.message import Message
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from infra.service.settings import Settings
from infra.service.status import Refusal, StatusCode
from infra.service.strict_json import InvalidJsonError, JsonObject, parse_json


def check_framing(request: Request) -> None:
    """Refuse a request with two lengths and close: what follows may be read as another request (RFC 9112, 6.1)."""
    if "transfer-encoding" in request.headers and "content-length" in request.headers:
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            StatusCode.CLIENT_ERROR,
            "Content-Length beside Transfer-Encoding",
            headers=(("Connection", "close"),),
        )


def body_reader(request: Request, settings: Settings) -> Callable[[], Awaitable[JsonObject | None]]:
    """A function that reads the body when a handler wants it. It raises Refusal: 400, 408, 413 or 415."""

    async def read() -> JsonObject | None:
        try:
            data = await asyncio.wait_for(_read(request, settings.max_body_bytes), settings.body_timeout_s)
        except TimeoutError:
            raise _transport(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time") from None
        except ClientDisconnect:
            raise _transport(HTTPStatus.BAD_REQUEST, "The body did not arrive") from None
        if not data:
            return None
        _check_media_type(request)
        return _object(data)

    return read


async def _read(request: Request, limit: int) -> bytes:
    chunks, size = [], 0
    if int(request.headers.get("content-length", "0")) > limit:  # digits only: the HTTP parser has seen to it
        raise _transport(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _transport(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
        chunks.append(chunk)
    return b"".join(chunks)


def _check_media_type(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _transport(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding is not supported")
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    charset = header.get_param("charset", "utf-8")
    if header.get_content_type() != "application/json" or not isinstance(charset, str) or charset.lower() != "utf-8":
        raise _transport(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json")


def _object(data: bytes) -> JsonObject:
    try:
        value = parse_json(data)
    except InvalidJsonError as error:
        raise _transport(HTTPStatus.BAD_REQUEST, f"Invalid JSON: {error}") from None
    if not isinstance(value, dict):
        raise Refusal(HTTPStatus.OK, StatusCode.INVALID_PARAMETERS, "The body must be one object")
    return value


def _transport(status: HTTPStatus, message: str) -> Refusal:
    return Refusal(status, StatusCode.INVALID_PARAMETERS, message)
