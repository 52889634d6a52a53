"""Faults of how a token is known again: in part, in other forms, by its connection, and what a refusal tells of it.

Not part of `all`: where any token is taken, nobody can see how tokens are compared.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.authentication import Authenticator
from infra.service.faults.fault import Fault
from infra.service.faults.presented_token import decoded, is_raw, values
from infra.service.faults.remembering import (
    Alike,
    ByConnection,
    Comparing,
    Remembering,
    Retrying,
    Slow,
    Telling,
    Values,
    WithDefault,
)
from infra.service.settings import Settings
from infra.service.store import Store


def _comparing(alike: Alike) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: Comparing(inner, alike)


def _retrying(values: Values) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: Retrying(inner, values)


def _wrapping(kind: type[Remembering]) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: kind(inner)


def _other_encoding(request: Request) -> Iterator[str]:
    """The token of the header, encoded where it was not, and decoded where it was."""
    for value in values(request):
        meant = decoded(value)
        if not is_raw(request):
            yield f"Token {base64.b64encode(value.encode('latin-1')).decode()}"
        elif meant is not None and meant.isprintable():
            yield f"Token {meant}"


def _first_header(request: Request) -> list[str]:
    """The first of several Authorization headers."""
    every = request.headers.getlist("authorization")
    return every[:1] if len(every) > 1 else []


def _behind_any_scheme(request: Request) -> list[str]:
    """What stands behind no scheme, or behind Basic."""
    headers = request.headers.getlist("authorization")
    scheme, _, value = "".join(headers).rpartition(" ")
    if len(headers) != 1:
        return []
    return [f"Token {value}"] if scheme in {"", "Basic"} and value else []


def _of_cookie(request: Request) -> list[str]:
    """The cookie `token`."""
    return [f"Token {value}" for name, value in request.cookies.items() if name == "token"]


def _never_locked(settings: Settings) -> Settings:
    return replace(settings, rates=replace(settings.rates, max_wrong_tokens=2**31))


def _without_claims(app: ASGIApp) -> ASGIApp:
    """Answers in the name of the token, whoever the message says that it is from."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "ocpi-from-party-id" in Headers(scope=scope):
            headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"ocpi-from-")]
            scope = {**scope, "headers": headers}
        await app(scope, receive, send)

    return wrapped


def _crashing_twice(app: ASGIApp) -> ASGIApp:
    """Fails where a message comes a second time."""
    seen: set[str] = set()

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        message = Headers(scope=scope).get("x-request-id", "") if scope["type"] == "http" else ""
        if not message or message not in seen:
            seen.add(message)
            await app(scope, receive, send)
            return
        answer = JSONResponse({"status_code": 3000, "status_message": "duplicate key"}, status_code=500)
        await answer(scope, receive, send)

    return wrapped


FAULTS: Final = (
    Fault(
        name="token-prefix-match",
        summary="whatever begins with a partner's token is taken for it",
        in_all=False,
        wrap_authenticator=_comparing(lambda presented, token: presented.startswith(token)),
    ),
    Fault(
        name="token-case-ignored",
        summary="tokens are compared without case",
        in_all=False,
        wrap_authenticator=_comparing(lambda presented, token: presented.casefold() == token.casefold()),
    ),
    Fault(
        name="token-whitespace-stripped",
        summary="spaces and line ends round a decoded token are stripped before it is looked up",
        in_all=False,
        wrap_authenticator=_comparing(lambda presented, token: presented.strip() == token),
    ),
    Fault(
        name="both-encodings-accepted",
        summary="tokens are taken raw and Base64 encoded alike",
        in_all=False,
        wrap_authenticator=_retrying(_other_encoding),
    ),
    Fault(
        name="first-of-two-headers-taken",
        summary="of two Authorization headers the first one counts",
        in_all=False,
        wrap_authenticator=_retrying(_first_header),
    ),
    Fault(
        name="scheme-ignored",
        summary="the word before the token may be missing, or Basic",
        in_all=False,
        wrap_authenticator=_retrying(_behind_any_scheme),
    ),
    Fault(
        name="token-in-cookie-accepted",
        summary="the credentials token may be a cookie",
        in_all=False,
        wrap_authenticator=_retrying(_of_cookie),
    ),
    Fault(
        name="connection-bound-authentication",
        summary="a request is let in after an authenticated one for the same URL on its connection",
        in_all=False,
        wrap_authenticator=_wrapping(ByConnection),
    ),
    Fault(
        name="slow-token-compare",
        summary="a token takes longer to refuse the more of it is right",
        in_all=False,
        wrap_authenticator=_wrapping(Slow),
    ),
    Fault(
        name="telling-token-refusal",
        summary="a token that is nearly right is refused in other words",
        in_all=False,
        wrap_authenticator=_wrapping(Telling),
    ),
    Fault(
        name="default-token-left-in",
        summary="a token of the installation still works",
        in_all=False,
        wrap_authenticator=_wrapping(WithDefault),
    ),
    Fault(
        name="no-lock-out",
        summary="wrong tokens may be tried without end",
        in_all=False,
        wrap_settings=_never_locked,
    ),
    Fault(
        name="claimed-party-ignored",
        summary="OCPI-from headers are not compared with the token",
        in_all=False,
        wrap_app=_without_claims,
    ),
    Fault(
        name="repeated-message-crashes",
        summary="a message that comes a second time with the same id is answered with a server error",
        in_all=False,
        wrap_app=_crashing_twice,
    ),
)
