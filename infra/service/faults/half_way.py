"""Faults of renewals that fail half-way, and of nodes that do not all hear of a renewal."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from math import inf
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.authentication import Authenticator
from infra.service.call import Identity
from infra.service.credentials_token import CredentialsToken
from infra.service.faults.fault import Fault
from infra.service.faults.passing_client import PassingClient
from infra.service.faults.registration import is_credentials, remembering, tokens_of
from infra.service.outbound import OutboundError
from infra.service.partner import TokenEncoding
from infra.service.settings import Settings
from infra.service.store import Store

_TIMEOUT: Final = "timeout"
_CACHED_S: Final = 60.0
_LOCK_S: Final = 0.1
_BUSY: Final = {"status_code": 3000, "status_message": "Busy", "timestamp": "2026-01-01T00:00:00Z"}
_unanswered: ContextVar[list[str] | None] = ContextVar("calls without an answer in this request", default=None)


class _Telling(PassingClient):
    """Tells the request that made a call of one that was not answered in time."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        try:
            return await self.inner.get(url, token, encoding)
        except OutboundError as error:
            calls = _unanswered.get()
            if calls is not None and error.reason == _TIMEOUT:
                calls.append(url)
            raise


class _LocksOutTheSlow:
    """Forgets the token of a renewal during which the partner did not answer in time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._forgotten: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        shown = {token.reveal() for token in tokens_of(Request(scope))}
        if shown & self._forgotten:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"authorization"]}
        calls: list[str] = []
        _unanswered.set(calls)
        await self._app(scope, receive, send)
        if calls and scope["method"] == "PUT" and is_credentials(scope):
            self._forgotten |= shown


def _a_node_remembers(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    """The second, fourth .. connection on which a former token comes leads to a node that has not heard of its end."""
    nodes: dict[str, dict[tuple[str, int], bool]] = {}

    def is_deaf(request: Request) -> bool:
        client = request.client
        seen = nodes.setdefault(request.headers["authorization"], {})
        return client is not None and seen.setdefault((client.host, client.port), len(seen) % 2 == 1)

    return remembering(times=1, where=is_deaf)(inner, settings, store)


class _Locked:
    """Answers no read while a renewal is under way, and takes its time with one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._renewals = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or not is_credentials(scope):
            busy = scope["type"] == "http" and self._renewals
            await (JSONResponse(_BUSY, status_code=503) if busy else self._app)(scope, receive, send)
            return
        self._renewals += 1
        try:
            await asyncio.sleep(_LOCK_S)
            await self._app(scope, receive, send)
        finally:
            self._renewals -= 1


class _Cache:
    """Lets in what was let in within the last minute, whatever the store says by now."""

    def __init__(self, inner: Authenticator) -> None:
        self._inner = inner
        self._known: dict[tuple[str, str], tuple[float, Identity]] = {}

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        key = request.headers.get("authorization", ""), request.scope["path"]
        at, identity = self._known.get(key, (-inf, None))
        if identity is not None and request.method == "GET" and time.monotonic() - at < _CACHED_S:
            return identity
        identity = await self._inner.authenticate(request)
        self._known[key] = time.monotonic(), identity
        return identity


FAULTS: Final = (
    Fault(
        name="renewal-locks-reads",
        summary="while a renewal is under way every read is answered 503",
        by_writing=True,
        wrap_app=_Locked,
    ),
    Fault(
        name="token-cache",
        summary="a token that was let in is not looked up again for a minute",
        by_writing=True,
        wrap_authenticator=lambda inner, _settings, _store: _Cache(inner),
    ),
    Fault(
        name="slow-partner-locked-out",
        summary="a renewal during which the partner does not answer in time ends the token that it came with",
        by_writing=True,
        wrap_app=_LocksOutTheSlow,
        wrap_outbound=_Telling,
    ),
    Fault(
        name="failed-renewal-keeps-both",
        summary="a token with which a renewal failed works on after the next one",
        by_writing=True,
        wrap_authenticator=remembering(times=2),
    ),
    Fault(
        name="deaf-node-keeps-old-token",
        summary="one of two nodes goes on taking the token before a renewal",
        by_writing=True,
        wrap_authenticator=_a_node_remembers,
    ),
)
