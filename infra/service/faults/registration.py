"""Faults of registration by those who are let in: tokens that live too long, states that do not matter."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from math import inf
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.authentication import Authenticator, Reason, Unauthenticated
from infra.service.call import Identity
from infra.service.credentials_token import CredentialsToken, decode_token
from infra.service.faults.fault import Fault
from infra.service.partner import TokenEncoding
from infra.service.settings import Settings
from infra.service.store import Store

_SIDES: Final = ("/ocpi/cpo/", "/ocpi/emsp/")
_NOT_ALLOWED: Final = 405
_BAD_REQUEST: Final = 400
Wrapper = Callable[[Authenticator, Settings, Store], Authenticator]
SecondChance = Callable[[CredentialsToken], Awaitable[Identity | None]]


def is_credentials(scope: Scope) -> bool:
    """True for the credentials module of any version."""
    return bool(scope["path"].rstrip("/").endswith("/credentials"))


def tokens_of(request: Request) -> list[CredentialsToken]:
    """What the Authorization header may mean: as it stands, or in Base64."""
    _, _, value = request.headers.get("authorization", "").partition(" ")
    return [token for encoding in TokenEncoding if value and (token := decode_token(value, encoding))]


class AlsoLetsIn:
    """Gives unknown tokens a second chance, of requests that `where` picks; `notices` hears of all who were let in."""

    def __init__(
        self,
        inner: Authenticator,
        chance: SecondChance,
        notices: Callable[[Request, Identity], None] | None = None,
        where: Callable[[Request], bool] = lambda _: True,
    ) -> None:
        self._inner = inner
        self._chance = chance
        self._notices = notices
        self._where = where

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        try:
            identity = await self._inner.authenticate(request)
        except Unauthenticated as refusal:
            if refusal.reason is not Reason.UNKNOWN_TOKEN or not self._where(request):
                raise
            for token in tokens_of(request):
                if (late := await self._chance(token)) is not None:
                    return late
            raise
        if self._notices is not None:
            self._notices(request, identity)
        return identity


class _SeenAs:
    """Lets a request see the registration of its partner in another state."""

    def __init__(self, inner: Authenticator, bootstrap: Callable[[Scope], bool | None]) -> None:
        self._inner = inner
        self._bootstrap = bootstrap

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        identity = await self._inner.authenticate(request)
        bootstrap = self._bootstrap(request.scope)
        if bootstrap is None:
            return identity
        return replace(identity, registration=replace(identity.registration, bootstrap=bootstrap))


def _bootstrap_lives_on(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    agreed = {p.token_hash: p for p in settings.partners if p.token_is_bootstrap}

    async def chance(token: CredentialsToken) -> Identity | None:
        partner = agreed.get(token.digest())
        registration = await store.registration(partner.id) if partner else None
        if partner is None or registration is None or registration.token_hash is None:
            return None
        return Identity(partner=partner, registration=registration, token=token)

    return AlsoLetsIn(inner, chance)


def remembering(*, times: int, where: Callable[[Request], bool] = lambda _: True, for_s: float = inf) -> Wrapper:
    """Lets tokens in that asked for a renewal so many times, for `for_s` seconds after; `where`: by requests of a kind.

    Who asks a second time with one token had failed before.
    """

    def wrap(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
        asked: dict[str, list[float]] = {}
        partners: dict[str, str] = {}

        def notices(request: Request, identity: Identity) -> None:
            is_renewal = request.method == "PUT" and not identity.registration.bootstrap
            if is_renewal and is_credentials(request.scope) and identity.token is not None:
                partners[identity.token.digest()] = identity.partner.id
                asked.setdefault(identity.token.digest(), []).append(time.monotonic())

        async def chance(token: CredentialsToken) -> Identity | None:
            renewals = asked.get(token.digest(), [])
            if len(renewals) < times or time.monotonic() - renewals[-1] > for_s:
                return None
            partner = settings.partner(partners[token.digest()])
            registration = await store.registration(partner.id) if partner else None
            if partner is None or registration is None or registration.token_hash is None:
                return None
            return Identity(partner=partner, registration=registration, token=token)

        return AlsoLetsIn(inner, chance, notices, where)

    return wrap


def _survives_end(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    ended: dict[str, Identity] = {}

    def notices(request: Request, identity: Identity) -> None:
        is_end = request.method == "DELETE" and not identity.registration.bootstrap
        if is_end and is_credentials(request.scope) and identity.token is not None:
            ended[identity.token.digest()] = identity

    async def chance(token: CredentialsToken) -> Identity | None:
        return ended.get(token.digest())

    return AlsoLetsIn(inner, chance, notices)


def _opens_modules(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    return _SeenAs(inner, lambda scope: False if scope["path"].startswith(_SIDES) else None)


def _any_state(inner: Authenticator, _settings: Settings, _store: Store) -> Authenticator:
    needed = {"POST": True, "PUT": False}
    return _SeenAs(inner, lambda scope: needed.get(scope["method"]) if is_credentials(scope) else None)


def _another_status(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def changed(message: Message) -> None:
            refused = message["type"] == "http.response.start" and message["status"] == _NOT_ALLOWED
            await send({**message, "status": _BAD_REQUEST} if refused and is_credentials(scope) else message)

        await app(scope, receive, changed)

    return wrapped


FAULTS: Final = (
    Fault(
        name="bootstrap-opens-modules",
        summary="a bootstrap token opens every module of the contract",
        by_writing=True,
        wrap_authenticator=_opens_modules,
    ),
    Fault(
        name="bootstrap-token-lives-on",
        summary="a bootstrap token works on after it was registered with",
        by_writing=True,
        wrap_authenticator=_bootstrap_lives_on,
    ),
    Fault(
        name="old-token-lives-on",
        summary="the token before a renewal works on",
        by_writing=True,
        wrap_authenticator=remembering(times=1),
    ),
    Fault(
        name="token-survives-end",
        summary="the last token works on after DELETE credentials",
        by_writing=True,
        wrap_authenticator=_survives_end,
    ),
    Fault(
        name="registers-in-any-state",
        summary="POST credentials works when registered, PUT when not",
        by_writing=True,
        wrap_authenticator=_any_state,
    ),
    Fault(
        name="bad-request-in-wrong-state",
        summary="credentials requests in the wrong state are answered 400 instead of 405",
        by_writing=True,
        wrap_app=_another_status,
    ),
)
