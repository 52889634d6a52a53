"""Faults of messages that meet: what a slow storage does at times, these do every time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.arriving import WRITES, Came, gone
from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer, json_object, replaying
from infra.service.faults.records import done

_SUCCESS: Final = 1000
_WAIT: Final = 0.01  # seconds
_MOST_WAITS: Final = 30
_SLOW_BILL: Final = 80


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
        elif scope["type"] == "http" and scope["method"] in WRITES:
            await self._write(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _write(self, scope: Scope, receive: Receive, send: Send) -> None:
        came, path = await Came.of(receive), scope["path"]
        if not came.whole:
            await self._app(scope, gone, send)
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


_CROSSED: Final = ("kwh", "meter_id")


class _CrossesSessions(_Layer):
    """Keeps what it works on beside the sessions: of two that are changed together, one gets the other's energy."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)
        self._at_work: dict[str, dict[str, Any]] = {}

    async def _make(self, write: _Write) -> None:
        if write.method != "PUT" or "/sessions/" not in write.path or not write.before:
            self._kept.pop(write.path, None)
            return
        self._at_work[write.path] = write.document
        other = await self._another(write) or {}
        self._kept[write.path] = {**write.document, **{name: other[name] for name in _CROSSED if name in other}}
        await asyncio.sleep(_WAIT)  # whoever was waited for has to see this one, too
        self._at_work.pop(write.path, None)

    async def _another(self, write: _Write) -> dict[str, Any] | None:
        """What another session is changed to; it is waited for, but not for ever."""
        for _ in range(_MOST_WAITS):
            for path, document in self._at_work.items():
                if path != write.path:
                    return document
            await asyncio.sleep(_WAIT)
        return None


FAULTS: Final = (
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
    Fault(
        name="sessions-crossed",
        summary="Of sessions that are written at the same time, one gets what was sent of another.",
        by_writing=True,
        wrap_app=_CrossesSessions,
    ),
)
