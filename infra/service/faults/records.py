"""A layer with records of its own: what it makes of a write, it serves at the object's URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.held import HeldAnswer, json_object, replaying
from infra.service.strict_json import JsonObject

_SUCCESS = 1000
_WRITES = frozenset({"PUT", "POST", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write as it came; `accepted` is what the service said of it, `location` where it says that the object is."""

    method: str
    path: str
    origin: str
    document: JsonObject
    accepted: bool
    location: str | None


@dataclass(slots=True)
class Records:
    """`taken`: what the service took last, by path; `kept`: what this layer serves instead, None for "not there"."""

    taken: dict[str, JsonObject] = field(default_factory=dict)
    kept: dict[str, JsonObject | None] = field(default_factory=dict)


Makes = Callable[[Records, Write], JSONResponse | None]


def making(makes: Makes) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that asks `makes` after each write what to answer instead; None leaves the service's own answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        return _Layer(app, makes)

    return wrap


def done(location: str | None = None) -> JSONResponse:
    """An answer of success."""
    return answer(201 if location else 200, _SUCCESS, location)


def answer(status: int, ocpi: int, location: str | None = None) -> JSONResponse:
    """An answer in the response format, without data."""
    document = {"status_code": ocpi, "timestamp": "2026-01-01T00:00:00Z"}
    return JSONResponse(document, status, headers={"Location": location} if location else None)


class _Layer:
    def __init__(self, app: ASGIApp, makes: Makes) -> None:
        self._app = app
        self._makes = makes
        self._records = Records()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self._records.kept:
            await self._serve(self._records.kept[scope["path"]])(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] in _WRITES:
            await self._write(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _serve(self, kept: JsonObject | None) -> JSONResponse:
        if kept is None:
            return answer(404, 2000)
        return JSONResponse({"status_code": _SUCCESS, "timestamp": "2026-01-01T00:00:00Z", "data": kept})

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        held = HeldAnswer()
        await self._app(scope, replaying(body), held)
        made = self._makes(self._records, _as_write(request, body, held))
        if made is not None:
            await made(scope, receive, send)
            return
        await held.pass_on(send)


def _as_write(request: Request, body: bytes, held: HeldAnswer) -> Write:
    return Write(
        method=request.method,
        path=request.url.path,
        origin=f"{request.url.scheme}://{request.url.netloc}",
        document=json_object(body),
        accepted=held.status < HTTPStatus.MULTIPLE_CHOICES and held.document.get("status_code") == _SUCCESS,
        location=held.location,
    )
