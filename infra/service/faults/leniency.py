"""A layer that takes what the service refuses: it keeps the refused object itself, and serves it at its URL."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.held import HeldAnswer, replaying, whole_body

_WRITES: Final = frozenset({"PUT", "POST", "PATCH"})
_SUCCESS: Final = 1000
_FIRST_REFUSAL: Final = 400
ABSENT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A write that the service refused: as it came, the object that was taken there before, and what was said."""

    method: str
    path: str
    body: bytes
    document: object  # as `lenient_json` reads it; None where even that finds nothing
    before: object
    message: str

    def change(self) -> tuple[object, object] | None:
        """The one value that differs from the object before, and what it is now; ABSENT for what is not there.

        None where several differ, or none does.
        """
        several = list(islice(_differences(self.before, self.document), 2))
        return several[0] if len(several) == 1 else None


Takes = Callable[[Refused], bool]


def taking(takes: Takes) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that takes those refused writes."""

    def wrap(app: ASGIApp) -> ASGIApp:
        return _Lenient(app, takes)

    return wrap


class _Lenient:
    """`_taken`: what the service itself took last, by URL path; `_kept`: what only this layer took."""

    def __init__(self, app: ASGIApp, takes: Takes) -> None:
        self._app = app
        self._takes = takes
        self._taken: dict[str, object] = {}
        self._kept: dict[str, object] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "GET" and scope["path"] in self._kept:
            await _answer(send, 200, {"data": self._kept[scope["path"]]})
        elif scope["method"] in _WRITES:
            await self._write(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await whole_body(receive)
        answer = HeldAnswer()
        await self._app(scope, replaying(body), answer)
        path, document = scope["path"], lenient_json(body)
        if answer.document.get("status_code") == _SUCCESS and answer.status < _FIRST_REFUSAL:
            self._remember(_path_of(answer.location, path), path, document)
            await answer.pass_on(send)
            return
        before = self._kept.get(path, self._taken.get(path))
        refused = Refused(
            method=scope["method"],
            path=path,
            body=body,
            document=document,
            before=before,
            message=str(answer.document.get("status_message", "")),
        )
        if isinstance(document, dict) and self._takes(refused):
            await self._keep(scope, document, before, send)
        else:
            await answer.pass_on(send)

    def _remember(self, at: str, collection: str, document: object) -> None:
        self._kept.pop(at, None)
        self._taken[at] = self._taken[collection] = document

    async def _keep(self, scope: Scope, document: dict[str, Any], before: object, send: Send) -> None:
        path = scope["path"]
        if scope["method"] == "POST":
            path = f"{path.rstrip('/')}/{document.get('id', 'without-id')}"
            self._kept[path] = document
            host = dict(scope["headers"])[b"host"].decode()
            await _answer(send, 201, {}, location=f"{scope['scheme']}://{host}{path}")
            return
        patched = scope["method"] == "PATCH" and isinstance(before, dict)
        self._kept[path] = {**before, **document} if patched and isinstance(before, dict) else document
        await _answer(send, 200, {})


def _path_of(location: str | None, otherwise: str) -> str:
    """The path that a Location header names."""
    if location is None:
        return otherwise
    _, _, path = location.partition("://")[2].partition("/")
    return f"/{path}"


def lenient_json(body: bytes) -> object:
    """What a careless parser makes of a message: the last of doubled names, whatever follows the object, NaN."""
    document: object = None
    with contextlib.suppress(ValueError, RecursionError):  # text that is not UTF-8 is a ValueError, too
        document, _ = json.JSONDecoder().raw_decode(body.decode().lstrip("\ufeff \t\r\n"))
    return document


def _differences(before: object, now: object) -> Iterator[tuple[object, object]]:
    if isinstance(before, dict) and isinstance(now, dict) and now:
        for name in dict.fromkeys((*before, *now)):
            if name not in {"last_updated", "id", "uid"}:
                yield from _differences(before.get(name, ABSENT), now.get(name, ABSENT))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for one, other in zip(before, now, strict=True):
            yield from _differences(one, other)
    elif before is ABSENT or now is ABSENT or type(before) is not type(now) or before != now:
        yield before, now


async def _answer(send: Send, status: int, document: Mapping[str, Any], location: str | None = None) -> None:
    content = {"status_code": _SUCCESS, "timestamp": "2026-01-01T00:00:00Z", **document}
    body = json.dumps(content, ensure_ascii=True).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if location:
        headers.append((b"location", location.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
