"""Authenticators that remember the tokens that were let in rightly: the service itself stores digests only.

Each lets somebody else in as well, or tells something about the token that was refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.requests import Request

from infra.service.authentication import Authenticator, Reason, Unauthenticated
from infra.service.call import Identity
from infra.service.faults.presented_token import longest_match, texts, with_authorization
from infra.service.status import Refusal, StatusCode

Alike = Callable[[str, str], bool]  # the token as presented, a token that was let in
Values = Callable[[Request], Iterable[str]]  # header values that are tried as well
_PER_CHARACTER_S: Final = 0.0005
_NOT_A_TOKEN: Final = frozenset({Reason.UNKNOWN_TOKEN, Reason.MALFORMED})
_HALF: Final = 0.5


class Remembering:
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


class Comparing(Remembering):
    """Takes what is alike one of the known tokens."""

    def __init__(self, inner: Authenticator, alike: Alike) -> None:
        super().__init__(inner)
        self._alike = alike

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `Remembering.otherwise`."""
        if refusal.reason in _NOT_A_TOKEN:
            for presented in texts(request):
                for token, identity in self.known.items():
                    if self._alike(presented, token):
                        return identity
        raise refusal


class Retrying(Remembering):
    """Tries other header values where a request was refused."""

    def __init__(self, inner: Authenticator, values: Values) -> None:
        super().__init__(inner)
        self._values = values

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `Remembering.otherwise`."""
        for value in self._values(request):
            try:
                return await self._inner.authenticate(with_authorization(request, value))
            except Unauthenticated:
                continue
        raise refusal


class _Before(NamedTuple):
    """The only URL that was asked on a connection so far, and who was let in."""

    url: str
    who: Identity | None


_NOTHING: Final = _Before("", None)


class ByConnection(Remembering):
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


class Slow(Remembering):
    """Compares a token character by character, and stops at the first that differs."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `Remembering.otherwise`."""
        if refusal.reason is Reason.UNKNOWN_TOKEN:
            await asyncio.sleep(longest_match(request, self.known) * _PER_CHARACTER_S)
        raise refusal


class Telling(Remembering):
    """Says that a token was nearly right."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `Remembering.otherwise`."""
        if refusal.reason is Reason.UNKNOWN_TOKEN and any(
            longest_match(request, [token]) >= len(token) * _HALF - 1 for token in self.known
        ):
            raise Refusal(HTTPStatus.UNAUTHORIZED, StatusCode.CLIENT_ERROR, "Wrong secret")
        raise refusal


class WithDefault(Remembering):
    """Takes a token that was left in from the installation for the first one that was let in rightly."""

    async def otherwise(self, request: Request, refusal: Unauthenticated) -> Identity:
        """See `Remembering.otherwise`."""
        if self.known and "changeme" in texts(request):
            return next(iter(self.known.values()))
        raise refusal
