"""From the Authorization header to the partner (OCPI 2.2.1, transport_and_format: authorization header)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from starlette.requests import Request

from infra.service.call import Identity
from infra.service.credentials_token import decode_token, same_digest
from infra.service.partner import RAW_VERSION, TokenEncoding
from infra.service.settings import Settings
from infra.service.starting.offered import OfferedTokens
from infra.service.store import Store

_MAX_HEADER = 128  # characters: Base64 of 64 needs 88, and the scheme


class Reason(StrEnum):
    """Why nobody was authenticated: for the audit log, never for the answer."""

    MISSING = "missing"
    REPEATED = "repeated"
    OTHER_SCHEME = "other_scheme"
    MALFORMED = "malformed"
    UNKNOWN_TOKEN = "unknown_token"
    OUT_OF_CONTRACT = "out_of_contract"


class Unauthenticated(Exception):
    """No known partner sent this request."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Authenticator(Protocol):
    """Decides who sent a request."""

    async def authenticate(self, request: Request) -> Identity:
        """The partner. Raises Unauthenticated."""
        ...


class TokenAuthenticator:
    """Accepts `Authorization: Token <encoded token>`, once, in the one encoding of the partner that owns the token.

    On the paths of 2.1.1 that is the raw one, whatever the partner writes elsewhere. `offered`: tokens of registrations
    that we started and that are not answered yet.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        offered: OfferedTokens | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._offered = offered or OfferedTokens()

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        value = _token_value(request.headers.getlist("authorization"))
        raw_only = _speaks_raw(request.scope["path"])
        for encoding in TokenEncoding:
            identity = await self._look_up(value, encoding, raw_only=raw_only)
            if identity is not None:
                return identity
        raise Unauthenticated(Reason.UNKNOWN_TOKEN)

    async def _look_up(self, value: str, encoding: TokenEncoding, *, raw_only: bool) -> Identity | None:
        token = decode_token(value, encoding)
        if token is None:
            return None
        digest = token.digest()
        registration = self._offered.registration(digest) or await self._store.registration_by_token(digest)
        if registration is None or registration.token_hash is None or not same_digest(registration.token_hash, digest):
            return None
        partner = self._settings.partner(registration.partner_id)
        if partner is None or encoding is not (TokenEncoding.RAW if raw_only else partner.token_encoding):
            return None
        now = self._clock()
        if not partner.in_force(now):
            raise Unauthenticated(Reason.OUT_OF_CONTRACT)
        return Identity(partner=partner.on(now), registration=registration, token=token)


def _speaks_raw(path: str) -> bool:
    """True on the paths of 2.1.1, where the header holds the token as it is."""
    return RAW_VERSION in path.split("/")[2:4]


def _token_value(headers: list[str]) -> str:
    if not headers:
        raise Unauthenticated(Reason.MISSING)
    if len(headers) > 1:
        raise Unauthenticated(Reason.REPEATED)
    scheme, _, value = headers[0].partition(" ")
    if scheme != "Token":
        raise Unauthenticated(Reason.OTHER_SCHEME)
    if not value or " " in value or len(headers[0]) > _MAX_HEADER or not value.isascii():
        raise Unauthenticated(Reason.MALFORMED)
    return value
