"""Faults that show where a message does not arrive whole, and where several about one object arrive together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer, json_object, replaying
from infra.service.faults.records import answer, done
from infra.service.status import StatusCode

_WAIT: Final = 0.01  # seconds
_MOST_WAITS: Final = 30
_SLOW_BILL: Final = 80
_SUCCESS: Final = 1000
_WRITES: Final = frozenset({"PUT", "POST", "PATCH"})


class _Came:
    """The body of a request as far as it came; `whole` False where the sender went away before its end."""

    def __init__(self) -> None:
        self.body = b""
        self.whole = False

    @classmethod
    async def of(cls, receive: Receive) -> _Came:
        came, more = cls(), True
        while more:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                return came
            came.body += message.get("body", b"")
            more = message.get("more_body", False)
        came.whole = True
        return came


async def _gone() -> Message:
    return {"type": "http.disconnect"}


def _taking_halves(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITES:
            await app(scope, receive, send)
            return
        came = await _Came.of(receive)
        taken = came.whole or json_object(came.body)
        await app(scope, replaying(came.body) if taken else _gone, send)

    return wrapped


class _RemembersHalves:
    """A message whose id was seen before is a repeated one, also where nothing was made of the first."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._halves: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITES:
            await self._app(scope, receive, send)
            return
        request_id = dict(scope["headers"]).get(b"x-request-id", b"")
        came = await _Came.of(receive)
        if not came.whole:
            self._halves.add(request_id)
            await self._app(scope, _gone, send)
        elif request_id in self._halves:
            await answer(HTTPStatus.OK, StatusCode.INVALID_PARAMETERS)(scope, receive, send)
        else:
            await self._app(scope, replaying(came.body), send)


class _Layer:
    """Serves what it made of writes that were accepted; `_make` is what a fault does with them.

    Of writes at one path that are under way together, the first waits for a second (not for ever), and each then for
    those that came after it: what a slow storage does at times is done every time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, dict[str, Any]] = {}
        self._under_way: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = self._kept.get(scope["path"]) if scope["type"] == "http" else None
        if kept is not None and scope["method"] == "GET":
            shown = {"status_code": _SUCCESS, "timestamp": "2026-01-01T00:00:00Z", "data": kept}
            await JSONResponse(shown)(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] in _WRITES:
            await self._write(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        came, path = await _Came.of(receive), scope["path"]
        if not came.whole:
            await self._app(scope, _gone, send)
            return
        turn = self._under_way[path] = self._under_way.get(path, 0) + 1
        try:
            before = await self._read(scope)
            held = HeldAnswer()
            await self._app(scope, replaying(came.body), held)
            instead = None
            if held.status < HTTPStatus.MULTIPLE_CHOICES and held.document.get("status_code") == _SUCCESS:
                instead = await self._make(_Write(scope, json_object(came.body), before, held, turn))
        finally:
            self._under_way[path] -= 1
        await (instead(scope, receive, send) if instead else held.pass_on(send))

    async def _read(self, scope: Scope) -> dict[str, Any]:
        if scope["path"] in self._kept:
            return dict(self._kept[scope["path"]])
        held = HeldAnswer()
        await self._app({**scope, "method": "GET"}, replaying(b""), held)
        data = held.document.get("data")
        return data if isinstance(data, dict) else {}

    async def _met(self, write: _Write, most: int = _MOST_WAITS) -> None:
        """Wait for a second one."""
        for _ in range(most):
            if self._under_way[write.path] > 1:
                return
            await asyncio.sleep(_WAIT)

    async def _after_the_others(self, write: _Write) -> None:
        """Wait for those that came later."""
        for _ in range(_MOST_WAITS):
            if self._under_way[write.path] <= write.turn:
                return
            await asyncio.sleep(_WAIT)

    async def _make(self, write: _Write) -> JSONResponse | None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _Write:
    """A write that the service accepted; `turn`: how many were under way at its path, itself included."""

    scope: Scope
    document: dict[str, Any]
    before: dict[str, Any]
    held: HeldAnswer
    turn: int

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def method(self) -> str:
        return str(self.scope["method"])


class _LosesUpdates(_Layer):
    """PATCH reads, waits, and writes the whole object back."""

    async def _make(self, write: _Write) -> None:
        if write.method != "PATCH":
            self._kept.pop(write.path, None)
            return
        await self._met(write)
        await self._after_the_others(write)
        self._kept[write.path] = {**write.before, **write.document}


class _MixesObjects(_Layer):
    """PUT over an object writes each second property first, and the others later."""

    async def _make(self, write: _Write) -> None:
        if write.method != "PUT" or not write.before:
            self._kept.pop(write.path, None)
            return
        kept = self._kept.setdefault(write.path, dict(write.before))
        names = sorted(write.document)
        kept.update({name: write.document[name] for name in names[::2]})
        await self._met(write)
        await self._after_the_others(write)
        kept.update({name: write.document[name] for name in names[1::2]})


class _LetsTheSlowestWin(_Layer):
    """PUT looks whether it is newer, and writes later: who came first is slowest."""

    async def _make(self, write: _Write) -> None:
        if write.method != "PUT" or not write.before:
            self._kept.pop(write.path, None)
            return
        await self._met(write)
        await self._after_the_others(write)
        self._kept[write.path] = write.document


class _BillsTogether(_Layer):
    """POST asks whether the CDR is known, and stores it later: of several at once, each is the first."""

    async def _make(self, write: _Write) -> JSONResponse | None:
        if write.method != "POST" or write.held.location is None:
            return None
        await self._met(write, _SLOW_BILL)
        if write.turn == 1:
            return None
        origin, _, path = write.held.location.partition("/ocpi/")
        second = f"/ocpi/{path}-{len(self._kept)}"
        self._kept[second] = write.document
        return done(f"{origin}{second}")


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
    Fault(
        name="update-lost",
        summary="Reads an object for a PATCH and writes it back later, over whatever came between.",
        by_writing=True,
        wrap_app=_LosesUpdates,
    ),
    Fault(
        name="objects-mixed",
        summary="Writes an object property by property while another message writes it too.",
        by_writing=True,
        wrap_app=_MixesObjects,
    ),
    Fault(
        name="slowest-update-wins",
        summary="Looks at last_updated first and writes later, so that of PUTs at one time an older one stays.",
        by_writing=True,
        wrap_app=_LetsTheSlowestWin,
    ),
    Fault(
        name="billed-together",
        summary="Makes several CDRs of one that comes several times at the same moment.",
        by_writing=True,
        wrap_app=_BillsTogether,
    ),
)
