"""Faults of how a token is known again: in part, in other forms, by its connection, and what a refusal tells of it.

Only digests of tokens are stored, so the wrappers remember the tokens that were let in rightly, and compare with those.
Not part of `all`: where any token is taken, nobody can see how tokens are compared.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from itertools import takewhile
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.authentication import Authenticator, Reason, Unauthenticated
from infra.service.call import Identity
from infra.service.faults.fault import Fault
from infra.service.partner import RAW_VERSION
from infra.service.settings import Settings
from infra.service.status import Refusal, StatusCode
from infra.service.store import Store

Alike = Callable[[str, str], bool]  # the token as presented, a token that was let in
Values = Callable[[Request], Iterable[str]]  # header values that are tried as well
_PER_CHARACTER_S: Final = 0.0005
_NOT_A_TOKEN: Final = frozenset({Reason.UNKNOWN_TOKEN, Reason.MALFORMED})
_HALF: Final = 0.5


class _Remembering:
    """Lets in whom the service knows, remembers the token, and asks `otherwise` about the others."""

    def __init__(self, inner: Authenticator) -> None:
        self._inner = inner
        self.known: dict[str, Identity] = {}

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        try:
            identity = await self._inner.authenticate(request)
        except Unauthenticated as refusal:
            return await self.otherwise(request, refusal)
        if identity.token is not None:
            self.known[identity.token.reveal()] = identity
        return identity

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """Let in somebody else, or raise the refusal."""
        del request
        raise refusal


class _Comparing(_Remembering):
    """Takes what is alike one of the known tokens."""

    def __init__(self, inner: Authenticator, alike: Alike) -> None:
        super().__init__(inner)
        self._alike = alike

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `_Remembering.otherwise`."""
        if refusal.reason in _NOT_A_TOKEN:
            for presented in _texts(request):
                for token, identity in self.known.items():
                    if self._alike(presented, token):
                        return identity
        raise refusal


class _Retrying(_Remembering):
    """Tries other header values where a request was refused."""

    def __init__(self, inner: Authenticator, values: Values) -> None:
        super().__init__(inner)
        self._values = values

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `_Remembering.otherwise`."""
        for value in self._values(request):
            try:
                return await self._inner.authenticate(_with_authorization(request, value))
            except Unauthenticated:
                continue
        raise refusal


class _Before(NamedTuple):
    """The only URL that was asked on a connection so far, and who was let in."""

    url: str
    who: Identity | None


_NOTHING: Final = _Before("", None)


class _ByConnection(_Remembering):
    """Lets in who asks, on one connection, for what was rightly asked for just before, and for nothing else."""

    def __init__(self, inner: Authenticator) -> None:
        super().__init__(inner)
        self._before: dict[tuple[str, int], _Before | None] = {}

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        connection = (request.client.host, request.client.port) if request.client else ("", 0)
        asked, before = str(request.url), self._before.get(connection, _NOTHING)
        self._before[connection] = None  # as long as this one is not let in, and for good where another URL was asked
        identity = await self._admit(request, asked, before)
        if before is not None and before.url in {"", asked}:
            self._before[connection] = _Before(asked, identity)
        return identity

    async def _admit(self, request: Request, asked: str, before: _Before | None) -> Identity:
        try:
            return await super().authenticate(request)
        except Unauthenticated:
            if before is None or before.who is None or before.url != asked:
                raise
            return before.who


class _Slow(_Remembering):
    """Compares a token character by character, and stops at the first that differs."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `_Remembering.otherwise`."""
        if refusal.reason is Reason.UNKNOWN_TOKEN:
            await asyncio.sleep(_longest_match(request, self.known) * _PER_CHARACTER_S)
        raise refusal


class _Telling(_Remembering):
    """Says that a token was nearly right."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `_Remembering.otherwise`."""
        if refusal.reason is Reason.UNKNOWN_TOKEN and any(
            _longest_match(request, [token]) >= len(token) * _HALF - 1 for token in self.known
        ):
            raise Refusal(HTTPStatus.UNAUTHORIZED, StatusCode.CLIENT_ERROR, "Wrong secret")
        raise refusal


class _WithDefault(_Remembering):
    """Takes a token that was left in from the installation for the first one that was let in rightly."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `_Remembering.otherwise`."""
        if self.known and "changeme" in _texts(request):
            return next(iter(self.known.values()))
        raise refusal


def _comparing(alike: Alike) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: _Comparing(inner, alike)


def _retrying(values: Values) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: _Retrying(inner, values)


def _wrapping(kind: type[_Remembering]) -> Callable[[Authenticator, Settings, Store], Authenticator]:
    return lambda inner, _settings, _store: kind(inner)


def _other_encoding(request: Request) -> Iterator[str]:
    """The token of the header, encoded where it was not, and decoded where it was."""
    for value in _values(request):
        decoded = _decoded(value)
        if not _is_raw(request):
            yield f"Token {base64.b64encode(value.encode('latin-1')).decode()}"
        elif decoded is not None and decoded.isprintable():
            yield f"Token {decoded}"


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


def _values(request: Request) -> list[str]:
    """The token as it stands in the header; nothing where there are several."""
    headers = request.headers.getlist("authorization")
    return [header.removeprefix("Token ") for header in headers if header.startswith("Token ") and len(headers) == 1]


def _texts(request: Request) -> list[str]:
    """The token as it is meant: decoded, but on the paths of 2.1.1."""
    every = (value if _is_raw(request) else _decoded(value) for value in _values(request))
    return [text for text in every if text is not None]


def _is_raw(request: Request) -> bool:
    return RAW_VERSION in request.scope["path"].split("/")


def _decoded(value: str) -> str | None:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _longest_match(request: Request, tokens: Iterable[str]) -> int:
    """How many characters a presented token has in common with the beginning of one of `tokens`."""
    pairs = [(presented, token) for presented in _texts(request) for token in tokens]
    return max((_same(presented, token) for presented, token in pairs), default=0)


def _same(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _with_authorization(request: Request, value: str) -> Request:
    others = [(name, v) for name, v in request.scope["headers"] if name != b"authorization"]
    headers = [*others, (b"authorization", value.encode("latin-1", "replace"))]
    return Request({**request.scope, "headers": headers})


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
        wrap_authenticator=_wrapping(_ByConnection),
    ),
    Fault(
        name="slow-token-compare",
        summary="a token takes longer to refuse the more of it is right",
        in_all=False,
        wrap_authenticator=_wrapping(_Slow),
    ),
    Fault(
        name="telling-token-refusal",
        summary="a token that is nearly right is refused in other words",
        in_all=False,
        wrap_authenticator=_wrapping(_Telling),
    ),
    Fault(
        name="default-token-left-in",
        summary="a token of the installation still works",
        in_all=False,
        wrap_authenticator=_wrapping(_WithDefault),
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
