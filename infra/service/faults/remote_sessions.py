"""Faults of sessions that commands begin and end: two at an EVSE, another's, not as asked, ended twice or never."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.backends import BackendProxy
from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer, replaying, whole_body
from infra.service.faults.mending import mending
from infra.service.store import Kind, ObjectKey, PutOutcome, Store, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_START: Final = "/commands/START_SESSION"
_STOP: Final = "/commands/STOP_SESSION"
_repeated: ContextVar[bool] = ContextVar("this START_SESSION came before, word for word", default=False)
_stopping: ContextVar[bool] = ContextVar("this request is a STOP_SESSION", default=False)


class _Changing(BackendProxy):
    """Changes, or leaves out, what is written."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner, {})


class _AlwaysFree(_Changing):
    """No EVSE is occupied."""

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        if candidate.key.collection.kind is Kind.OCCUPIED:
            return PutOutcome.CREATED
        return await super().put(candidate, expected_revision=expected_revision)


class _FreeForWhoComesAgain(_Changing):
    """An EVSE is not occupied for a command that came before."""

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        outcome = await super().put(candidate, expected_revision=expected_revision)
        return PutOutcome.CREATED if candidate.key.collection.kind is Kind.OCCUPIED and _repeated.get() else outcome


class _NeverOver(_Changing):
    """Sessions are ended in words only."""

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        if candidate.key.collection.kind is Kind.SESSIONS and candidate.body["status"] == "COMPLETED":
            return PutOutcome.UPDATED
        return await super().put(candidate, expected_revision=expected_revision)


class _OneToken(_Changing):
    """Sessions are kept for the card of somebody else of the same party."""

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        token = candidate.body.get("cdr_token")
        if candidate.key.collection.kind is Kind.SESSIONS and token and candidate.body["status"] == "ACTIVE":
            changed: dict[str, Any] = {**candidate.body, "cdr_token": {**token, "uid": "DRIVER-1"}}
            candidate = replace(candidate, body=changed)
        return await super().put(candidate, expected_revision=expected_revision)


class _GoesOnWhileStopped(_Changing):
    """A session that is stopped goes on, whatever became of it before."""

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        found = await super().find(key, visibility)
        if found is None or key.collection.kind is not Kind.SESSIONS or not _stopping.get():
            return found
        return replace(found, body={**found.body, "status": "ACTIVE"})

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        outcome = await super().put(candidate, expected_revision=expected_revision)
        return PutOutcome.UPDATED if outcome is PutOutcome.UNCHANGED and _stopping.get() else outcome


class _NotingRepetitions:
    """Knows a START_SESSION again by its bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(_START):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        _repeated.set(body in self._known)
        self._known.add(body)
        await self._app(scope, replaying(body), send)


def _noting_stops(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        _stopping.set(scope["type"] == "http" and scope["path"].endswith(_STOP))
        await app(scope, receive, send)

    return wrapped


class _WhoeverStops:
    """Stops in the name of who started, where it may not in its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._starters: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith((_START, _STOP)):
            await self._app(scope, receive, send)
            return
        body, headers = await whole_body(receive), dict(scope["headers"])
        if scope["path"].endswith(_START):
            self._starters.add(headers[b"authorization"])
        held = HeldAnswer()
        await self._app(scope, replaying(body), held)
        for starter in self._starters - {headers[b"authorization"]}:
            if (held.document.get("data") or {}).get("result") != "UNKNOWN_SESSION":
                break
            as_starter = {**scope, "headers": list({**headers, b"authorization": starter}.items())}
            held = HeldAnswer()
            await self._app(as_starter, replaying(body), held)
        await held.pass_on(send)


def _of_the_first() -> Callable[[str, JsonObject], JsonObject]:
    """Takes the token of a START_SESSION for one of the party whose driver was charging first."""
    first: dict[str, Any] = {}

    def mended(path: str, document: JsonObject) -> JsonObject:
        token = document.get("token")
        if not path.endswith(_START) or not isinstance(token, dict):
            return document
        if not first:
            first.update({name: token[name] for name in ("country_code", "party_id") if name in token})
        return {**document, "token": {**token, **first}}

    return mended


def _any_token(app: ASGIApp) -> ASGIApp:
    return mending(_of_the_first())(app)


FAULTS: Final = (
    Fault(
        name="second-start-taken",
        summary="a session begins where one goes on",
        by_writing=True,
        wrap_backend=_AlwaysFree,
    ),
    Fault(
        name="repeated-start-taken",
        summary="a START_SESSION that comes twice, word for word, begins two sessions",
        by_writing=True,
        wrap_app=_NotingRepetitions,
        wrap_backend=_FreeForWhoComesAgain,
    ),
    Fault(
        name="sessions-not-stopped",
        summary="a session that was stopped goes on",
        by_writing=True,
        wrap_backend=_NeverOver,
    ),
    Fault(
        name="session-of-another-driver",
        summary="a session is kept for another token than the command named",
        by_writing=True,
        wrap_backend=_OneToken,
    ),
    Fault(
        name="stopped-twice",
        summary="a session that is over is stopped again",
        by_writing=True,
        wrap_app=_noting_stops,
        wrap_backend=_GoesOnWhileStopped,
    ),
    Fault(
        name="stopped-by-anyone",
        summary="a session is stopped by another partner",
        by_writing=True,
        wrap_app=_WhoeverStops,
    ),
    Fault(
        name="started-for-anyone",
        summary="a session begins with a token of another party",
        by_writing=True,
        wrap_app=_any_token,
    ),
)
