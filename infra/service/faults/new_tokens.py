"""Faults of the tokens in credentials objects: whose they are, what they look like, whether they work."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.credentials_token import CredentialsToken
from infra.service.faults.answers import changing_json
from infra.service.faults.fault import Fault
from infra.service.faults.passing_client import PassingClient
from infra.service.faults.registration import is_credentials, tokens_of
from infra.service.outbound import OutboundClient, OutboundError
from infra.service.partner import TokenEncoding
from infra.service.strict_json import JsonObject

Naming = Callable[[str | None], str | None]
"""The name of a new token, from the one that the request shows; None leaves it as it is."""


class _Renaming:
    """Hands out tokens under other names; what comes in under such a name is taken for the token itself."""

    def __init__(self, app: ASGIApp, naming: Naming, *, known: bool) -> None:
        self._app = app
        self._naming = naming
        self._known = known
        self._real: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        shown = [token.reveal() for token in tokens_of(Request(scope))]
        name = next((token for token in shown if token in self._real), None)
        if name is not None:
            scope = {**scope, "headers": _with_token(scope, name, self._real[name])}
        change = changing_json(lambda document, at, _: self._rename(document, at, name or next(reversed(shown), None)))
        await (change(self._app) if is_credentials(scope) else self._app)(scope, receive, send)

    def _rename(self, document: JsonObject, scope: Scope, shown: str | None) -> None:
        data = document.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("token"), str):
            return
        token = data["token"]
        if scope["method"] == "GET":
            data["token"] = next((name for name, real in self._real.items() if real == token), token)
            return
        named = self._naming(shown) if scope["method"] in {"POST", "PUT"} else None
        if named is not None:
            data["token"] = named
            if self._known:
                self._real[named] = token


def _with_token(scope: Scope, name: str, token: str) -> list[tuple[bytes, bytes]]:
    """The headers of a request with another token in the form in which the first one came."""
    forms = {name: token, base64.b64encode(name.encode()).decode(): base64.b64encode(token.encode()).decode()}
    return [
        (key, b"Token " + forms[value.decode("latin-1").partition(" ")[2]].encode())
        if key == b"authorization" and value.decode("latin-1").partition(" ")[2] in forms
        else (key, value)
        for key, value in scope["headers"]
    ]


def _sequential(app: ASGIApp) -> ASGIApp:
    given = iter(range(31001, 10**6))
    return _Renaming(app, lambda _: f"credentials-token-of-a-partner-{next(given)}", known=True)


def _twice(app: ASGIApp) -> ASGIApp:
    handed_out: set[str] = set()

    def naming(shown: str | None) -> str | None:
        """The first one is new; a renewal brings the one that it came with."""
        if handed_out and shown is not None:
            return shown
        handed_out.add("a registration")
        return None

    return _Renaming(app, naming, known=True)


def _useless(app: ASGIApp) -> ASGIApp:
    return _Renaming(app, lambda _: secrets.token_urlsafe(32), known=False)


def _for_everybody(app: ASGIApp) -> ASGIApp:
    """As a cache does that looks at the path alone."""
    first: dict[str, str] = {}

    def change(document: JsonObject, scope: Scope, _status: int) -> None:
        data = document.get("data")
        if scope["method"] == "GET" and is_credentials(scope) and isinstance(data, dict) and "token" in data:
            data["token"] = first.setdefault(scope["path"], data["token"])

    return changing_json(change)(app)


class _LocksOut:
    """Forgets the token that a refused renewal came with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._forgotten: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = {token.reveal() for token in tokens_of(Request(scope))} if scope["type"] == "http" else set()
        if shown & self._forgotten:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"authorization"]}
        body = bytearray()

        async def noticing(message: Message) -> None:
            body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, noticing)
        if scope["type"] == "http" and scope["method"] == "PUT" and is_credentials(scope) and _refused(bytes(body)):
            self._forgotten |= shown


class _TriesOthersTokens(PassingClient):
    """Calls a partner with the tokens that others gave, too, when it has called with the right one."""

    def __init__(self, inner: OutboundClient) -> None:
        super().__init__(inner)
        self._given: dict[str, CredentialsToken] = {}

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        data = await self.inner.get(url, token, encoding)
        platform = url.rstrip("/").rpartition("/versions")[0]
        if platform:
            self._given[platform] = token
            for other in [given for at, given in self._given.items() if at != platform]:
                with suppress(OutboundError):
                    await self.inner.get(url, other, encoding)
        return data


def _refused(body: bytes) -> bool:
    """True for a renewal that was understood and refused, not for one in the wrong state."""
    answer: dict[str, int] = json.loads(body)
    return answer["status_code"] not in {1000, 2000}  # OCPI: success, and what is no fault of the message


FAULTS: Final = (
    Fault(
        name="credentials-for-everybody",
        summary="GET credentials answers every partner what it answered the first one",
        by_writing=True,
        wrap_app=_for_everybody,
    ),
    Fault(
        name="token-handed-out-twice",
        summary="PUT credentials brings the token that it came with",
        by_writing=True,
        group="new tokens",
        wrap_app=_twice,
    ),
    Fault(
        name="sequential-tokens",
        summary="new tokens are numbered",
        by_writing=True,
        group="new tokens",
        wrap_app=_sequential,
    ),
    Fault(
        name="new-token-useless",
        summary="the token that POST or PUT credentials brings opens nothing",
        by_writing=True,
        group="new tokens",
        wrap_app=_useless,
    ),
    Fault(
        name="failed-renewal-locks-out",
        summary="a renewal that is refused ends the token that it came with",
        by_writing=True,
        wrap_app=_LocksOut,
    ),
    Fault(
        name="tokens-of-others-tried",
        summary="a partner is called with the tokens of other partners, too",
        by_writing=True,
        wrap_outbound=_TriesOthersTokens,
    ),
)
