"""Faults of the results of commands: they do not come, come twice, come without a token, or go anywhere."""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.authentication import Authenticator
from infra.service.call import Identity
from infra.service.credentials_token import CredentialsToken
from infra.service.faults.fault import Fault
from infra.service.faults.held import json_object, replaying, whole_body
from infra.service.faults.passing_client import PassingClient
from infra.service.partner import TokenEncoding
from infra.service.settings import Settings
from infra.service.store import Store
from infra.service.strict_json import JsonObject

_named: ContextVar[str | None] = ContextVar("response_url of the command in this request", default=None)


class _Silent(PassingClient):
    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """Says that it did."""
        del url, token, encoding, document


class _Twice(PassingClient):
    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """As a retry does that forgets what was answered."""
        await self.inner.post(url, token, encoding, document)
        await self.inner.post(url, token, encoding, document)


class _WithoutToken(PassingClient):
    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """With a token that nobody handed out."""
        del token
        await self.inner.post(url, CredentialsToken(secrets.token_urlsafe(32)), encoding, document)


class _AlwaysCancelled(PassingClient):
    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """As a platform says that never looks a reservation up."""
        unknown = document.get("result") == "UNKNOWN_RESERVATION"
        await self.inner.post(url, token, encoding, {**document, "result": "ACCEPTED"} if unknown else document)


class _NotesUrl:
    """Remembers the response_url of a command for as long as it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or "/commands/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        url = json_object(body).get("response_url")
        _named.set(url if isinstance(url, str) else None)
        await self._app(scope, replaying(body), send)


class _PlatformIsWhereItSays:
    """Takes the origin of a response_url for the partner's own."""

    def __init__(self, inner: Authenticator) -> None:
        self._inner = inner

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        identity = await self._inner.authenticate(request)
        url = _named.get()
        if url is None:
            return identity
        return replace(identity, registration=replace(identity.registration, versions_url=url))


def _anywhere(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    return _PlatformIsWhereItSays(inner)


FAULTS: Final = (
    Fault(name="results-never-sent", summary="no result of a command is sent", by_writing=True, wrap_outbound=_Silent),
    Fault(
        name="results-sent-twice",
        summary="the result of a command is sent twice",
        by_writing=True,
        wrap_outbound=_Twice,
    ),
    Fault(
        name="results-without-token",
        summary="results of commands show a token that nobody handed out",
        by_writing=True,
        wrap_outbound=_WithoutToken,
    ),
    Fault(
        name="cancels-anything",
        summary="a reservation that does not exist is cancelled",
        by_writing=True,
        wrap_outbound=_AlwaysCancelled,
    ),
    Fault(
        name="results-sent-anywhere",
        summary="a response_url may lead anywhere",
        by_writing=True,
        wrap_app=_NotesUrl,
        wrap_authenticator=_anywhere,
    ),
)
