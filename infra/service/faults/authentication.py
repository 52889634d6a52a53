"""Faults of authentication: who is let in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request

from infra.service.authentication import Authenticator, Reason, Unauthenticated
from infra.service.call import Identity
from infra.service.credentials_token import CredentialsToken
from infra.service.faults.fault import Fault
from infra.service.partner import TokenEncoding
from infra.service.settings import Settings
from infra.service.store import Store

SecondChance = Callable[[Request], Awaitable[Identity | None]]
_OPEN_MODULE: Final = "/ocpi/cpo/2.2.1/locations"
_OF_A_LIST: Final = 4  # segments of its path: ocpi, the side, the version, the module
_QUERY_NAMES: Final = ("token", "access_token", "authorization")


class Lenient:
    """Gives a second chance to requests that were refused for one of some reasons."""

    def __init__(self, inner: Authenticator, reasons: frozenset[Reason], second_chance: SecondChance) -> None:
        self._inner = inner
        self._reasons = reasons
        self._second_chance = second_chance

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        try:
            return await self._inner.authenticate(request)
        except Unauthenticated as refusal:
            if refusal.reason not in self._reasons:
                raise
            identity = await self._second_chance(request)
            if identity is None:
                raise
            return identity


async def _first_partner(settings: Settings, store: Store) -> Identity | None:
    for partner in settings.partners:
        registration = await store.registration(partner.id)
        if registration is not None and not registration.bootstrap:
            return Identity(partner=partner, registration=registration)
    return None


def _any_token(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    async def second_chance(_: Request) -> Identity | None:
        return await _first_partner(settings, store)

    return Lenient(inner, frozenset({Reason.UNKNOWN_TOKEN}), second_chance)


def _no_token(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    async def second_chance(request: Request) -> Identity | None:
        is_open = request.scope["path"].rstrip("/") == _OPEN_MODULE
        return await _first_partner(settings, store) if is_open else None

    return Lenient(inner, frozenset({Reason.MISSING}), second_chance)


def _objects_without_token(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    async def second_chance(request: Request) -> Identity | None:
        segments = request.scope["path"].strip("/").split("/")
        is_open = request.method == "GET" and len(segments) > _OF_A_LIST
        return await _first_partner(settings, store) if is_open else None

    return Lenient(inner, frozenset({Reason.MISSING}), second_chance)


def _query_token(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    async def second_chance(request: Request) -> Identity | None:
        values = [v for name, v in request.query_params.multi_items() if name in _QUERY_NAMES]
        return await _try_values(inner, request, values)

    return Lenient(inner, frozenset({Reason.MISSING}), second_chance)


def _other_scheme(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    async def second_chance(request: Request) -> Identity | None:
        scheme, _, value = request.headers["authorization"].partition(" ")
        return await _try_values(inner, request, [value]) if scheme.lower() == "bearer" else None

    return Lenient(inner, frozenset({Reason.OTHER_SCHEME}), second_chance)


async def _try_values(inner: Authenticator, request: Request, values: list[str]) -> Identity | None:
    """Authenticate as if a value, encoded or not, had come in a correct header."""
    for value in values:
        for header in _spellings(value):
            try:
                return await inner.authenticate(_with_authorization(request, header))
            except Unauthenticated:
                continue
    return None


def _spellings(value: str) -> list[str]:
    try:
        return [f"Token {value}", CredentialsToken(value).authorization(TokenEncoding.BASE64)]
    except ValueError:
        return [f"Token {value}"]


def _with_authorization(request: Request, value: str) -> Request:
    others = [(name, v) for name, v in request.scope["headers"] if name != b"authorization"]
    headers = [*others, (b"authorization", value.encode("latin-1", "replace"))]
    return Request({**request.scope, "headers": headers})


FAULTS: Final = (
    Fault(
        name="accept-any-token",
        summary="any well-formed credentials token is taken for a partner's",
        wrap_authenticator=_any_token,
    ),
    Fault(
        name="no-token-accepted",
        summary="the list of locations needs no Authorization header",
        wrap_authenticator=_no_token,
    ),
    Fault(
        name="objects-need-no-token",
        summary="an object that is asked for by its id needs no Authorization header; lists do",
        wrap_authenticator=_objects_without_token,
    ),
    Fault(
        name="token-in-query-accepted",
        summary="the credentials token may be a query parameter (token, access_token, authorization)",
        wrap_authenticator=_query_token,
    ),
    Fault(
        name="other-scheme-accepted",
        summary="`Authorization: Bearer` works as well as `Token`",
        wrap_authenticator=_other_scheme,
    ),
)
