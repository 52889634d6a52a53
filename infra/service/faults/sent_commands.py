"""Faults of commands that the service sends: who may answer them, how often, how late, and at which URL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.authentication import Authenticator, Unauthenticated
from infra.service.call import Identity
from infra.service.commanding.manner import CommandManner
from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer
from infra.service.partner import InterfaceRole, Right
from infra.service.settings import Settings
from infra.service.store import Store

_SUCCESS: Final = 1000
_BEHIND: Final = 2  # segments behind the module
_A_DAY: Final = timedelta(days=1)


def _is_result(scope: Scope) -> bool:
    _, found, rest = scope["path"].partition("/commands/")
    return bool(found) and scope.get("method") == "POST" and len(rest.split("/")) == _BEHIND


class _Overwrites:
    """Takes whatever result comes for a command that has one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_result(scope):
            await self._app(scope, receive, send)
            return
        held = HeldAnswer()
        await self._app(scope, receive, held)
        if held.document.get("status_code") == _SUCCESS:
            self._known.add(scope["path"])
        elif scope["path"] in self._known:
            document = {"status_code": _SUCCESS, "timestamp": "2026-01-01T00:00:00Z"}
            await JSONResponse(document)(scope, receive, send)
            return
        await held.pass_on(send)


class _TakenForTheCommanded:
    """Whoever brings a result is taken for the partner that is commanded, `unknown` callers, too, or those alone."""

    def __init__(self, inner: Authenticator, settings: Settings, store: Store, *, unknown: bool) -> None:
        self._inner = inner
        self._settings = settings
        self._store = store
        self._unknown = unknown

    async def authenticate(self, request: Request) -> Identity:
        """See `Authenticator.authenticate`."""
        try:
            identity = await self._inner.authenticate(request)
        except Unauthenticated:
            if not self._unknown or not _is_result(request.scope):
                raise
            return await self._commanded()
        return identity if self._unknown or not _is_result(request.scope) else await self._commanded()

    async def _commanded(self) -> Identity:
        side, right = InterfaceRole.SENDER, Right.WRITE
        partner = next(p for p in self._settings.partners if p.may("commands", side, right))
        registration = await self._store.registration(partner.id)
        if registration is None:
            raise AssertionError("a partner without a registration")
        return Identity(partner=partner, registration=registration)


def _by_anyone(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    return _TakenForTheCommanded(inner, settings, store, unknown=False)


def _by_nobody(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    return _TakenForTheCommanded(inner, settings, store, unknown=True)


def _counted(manner: CommandManner) -> CommandManner:
    numbers = count(4711)
    return replace(manner, make_id=lambda: f"{next(numbers)}")


def _for_a_day(manner: CommandManner) -> CommandManner:
    return replace(manner, until=lambda sent, _timeout_s: sent + _A_DAY)


def _without_tls(manner: CommandManner) -> CommandManner:
    return replace(manner, response_url=lambda url: url.replace("https://", "http://", 1))


FAULTS: Final = (
    Fault(
        name="sent-command-overwritten",
        summary="a second result of a command that the service sent takes the place of the first",
        by_writing=True,
        wrap_app=_Overwrites,
    ),
    Fault(
        name="sent-command-answered-by-anyone",
        summary="any partner may bring the result of a command that the service sent to another",
        by_writing=True,
        wrap_authenticator=_by_anyone,
    ),
    Fault(
        name="sent-command-answered-without-token",
        summary="the result of a command that the service sent is taken without a token",
        by_writing=True,
        wrap_authenticator=_by_nobody,
    ),
    Fault(
        name="sent-command-answered-late",
        summary="the result of a command that the service sent is taken long after its timeout",
        by_writing=True,
        wrap_commands=_for_a_day,
    ),
    Fault(
        name="sent-command-counted",
        summary="the response_urls of commands that the service sends end with a number that counts",
        by_writing=True,
        wrap_commands=_counted,
    ),
    Fault(
        name="sent-command-in-plaintext",
        summary="the response_urls of commands that the service sends are without TLS",
        by_writing=True,
        wrap_commands=_without_tls,
    ),
)
