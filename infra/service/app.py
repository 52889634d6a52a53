"""The ASGI application: authenticate, route, authorise, handle, answer - in this order."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.audit import EventSink, ObjectReference, discard
from infra.service.authentication import Authenticator, Reason, TokenAuthenticator, Unauthenticated
from infra.service.background import Background
from infra.service.call import Answer, Call, Identity, Route, Services
from infra.service.datetimes import now
from infra.service.envelope import SERVER_ERROR, UNAUTHORIZED, refused, render
from infra.service.exchange import STATE, Exchange, ExchangeState
from infra.service.forwarding import forward
from infra.service.modules.vouching import Vouch, Vouching
from infra.service.outbound import NoOutbound, OutboundClient
from infra.service.partner import Partner
from infra.service.pulling.puller import Puller
from infra.service.quarantine import Quarantine
from infra.service.rate_limits import PartnerRates, WrongTokens
from infra.service.request_body import body_reader, check_framing
from infra.service.router import Router
from infra.service.routing_headers import RoutedParties, read_routing
from infra.service.set_aside import SeenBody, set_aside
from infra.service.settings import Settings
from infra.service.status import Refusal, forbidden
from infra.service.store import Store
from infra.service.supported import VERSIONS
from infra.service.vault import MemoryVault, TokenVault
from infra.service.versions import Version, version_routes

if TYPE_CHECKING:  # where nobody starts a registration or commands a partner none of it is loaded
    from infra.service.commanding.sender import CommandSender
    from infra.service.starting.starter import Starter


def create_app(  # noqa: PLR0913 - keywords with defaults
    settings: Settings,
    store: Store,
    *,
    authenticator: Authenticator | None = None,
    outbound: OutboundClient | None = None,
    vault: TokenVault | None = None,
    quarantine: Quarantine | None = None,
    clock: Callable[[], datetime] = now,
    events: EventSink = discard,
    versions: Iterable[Version] = VERSIONS,
    puller: Puller | None = None,
    starter: Starter | None = None,
    commands: CommandSender | None = None,
    vouch: Vouch | None = None,
    background: Background | None = None,
) -> ASGIApp:
    """The service as an ASGI application (HTTP only, no lifespan).

    It keeps no state beside `store`, `vault` and `quarantine`.
    Without `quarantine` what is refused is not kept.
    Without `outbound` the handshake cannot call back and ends with OCPI 3001; without `puller` nothing is pulled.
    `starter` begins registrations; `authenticator` has to know the tokens that it offers. `commands` go to partners.
    `vouch`: who looks at what the storage gives. `background` runs what outlives an answer; whoever gives it closes it.
    """
    services = Services(
        settings=settings,
        store=store,
        vault=vault or MemoryVault(),
        quarantine=quarantine,
        outbound=outbound or NoOutbound(),
        clock=clock,
        events=events,
        references=ObjectReference(settings.log_key),
        background=background or Background(),
        registered=puller.registered if puller else _nobody_pulls,
        vouch=vouch or Vouching(),
    )
    served = tuple(versions)
    routes = (*version_routes(served), *(route for version in served for route in version.routes))
    if puller is not None:
        puller.attach(services, routes)
    if starter is not None:
        starter.attach(services)
    if commands is not None:
        commands.attach(services)
    guard = _Guard(
        authenticator=authenticator or TokenAuthenticator(settings, store, clock),
        rates=PartnerRates(settings.rates, time.monotonic),
        wrong_tokens=WrongTokens(settings.rates, time.monotonic),
    )
    core = _Service(services, guard, Router(routes))
    return Exchange(core, events, clock)


def _nobody_pulls(_partner: Partner) -> None:
    """A service that waits for pushes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guard:
    """Lets in who is known, and not too often."""

    authenticator: Authenticator
    rates: PartnerRates
    wrong_tokens: WrongTokens

    async def admit(self, request: Request) -> Identity:
        """Raises Unauthenticated, and Refusal (429)."""
        address = request.client.host if request.client else ""
        self.wrong_tokens.check(address)
        try:
            identity = await self.authenticator.authenticate(request)
        except Unauthenticated as refusal:
            if refusal.reason is Reason.UNKNOWN_TOKEN:
                self.wrong_tokens.wrong(address)
            raise
        self.wrong_tokens.right(address)
        self.rates.take(identity.partner.id)
        return identity


class _Service:
    """Answers one request; every exception ends here."""

    def __init__(self, services: Services, guard: _Guard, router: Router) -> None:
        self._services = services
        self._guard = guard
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        state: ExchangeState = scope[STATE]
        try:
            answer = await self._answer(request, state)
            response = render(answer, self._services.clock())  # fails where a receiver's answer is no Unicode
        except Exception as error:  # noqa: BLE001 - the partner must get an answer, and learn nothing from it
            self._record(state, "internal_error", error=type(error).__name__, where=_where(error))
            answer, response = SERVER_ERROR, render(SERVER_ERROR, self._services.clock())
        state.status_code = int(answer.status_code)
        await response(scope, receive, send)

    async def _answer(self, request: Request, state: ExchangeState) -> Answer:
        try:
            return await self._handle(request, state)
        except Refusal as refusal:
            return refused(refusal)
        except Unauthenticated:
            return UNAUTHORIZED

    async def _handle(self, request: Request, state: ExchangeState) -> Answer:
        check_framing(request)
        identity = await self._authenticate(request, state)
        route, path = self._router.match(request.method, _encoded_path(request))
        state.route = route.template
        routed = self._authorise(request, identity, route, state)
        reading = SeenBody(body_reader(request, self._services.settings))
        call = Call(
            services=self._services,
            identity=identity,
            ids=state.ids,
            route=route,
            path=path,
            query=tuple(request.query_params.multi_items()),
            routed=routed,
            body=reading,
        )
        try:
            if routed is not None and routed.is_elsewhere:
                answer = await forward(call, routed, _encoded_path(request), request.url.query)
            else:
                answer = await route.handler(call)
        except Refusal as refusal:
            await set_aside(call, reading.seen, refusal)
            answer = refused(refusal)
        return answer if routed is None else _with_routing(answer, routed, call)

    async def _authenticate(self, request: Request, state: ExchangeState) -> Identity:
        try:
            identity = await self._guard.admit(request)
        except Unauthenticated as refusal:
            self._record(state, "authentication", outcome="refused", reason=refusal.reason.value)
            raise
        except Refusal as refusal:
            too_many = refusal.http_status == HTTPStatus.TOO_MANY_REQUESTS
            reason = "too_many_requests" if too_many else "unavailable"
            self._record(state, "authentication", outcome="refused", reason=reason)
            raise
        state.partner = identity.partner.id
        kind = "CREDENTIALS_TOKEN_A" if identity.registration.bootstrap else "credentials_token"
        self._record(state, "authentication", outcome="accepted", token_kind=kind)
        return identity

    def _authorise(
        self, request: Request, identity: Identity, route: Route, state: ExchangeState
    ) -> RoutedParties | None:
        if route.side is None:
            return None  # configuration modules are not routed, and every partner has them
        if identity.registration.bootstrap:
            # OCPI 2.2.1, authorization header: CREDENTIALS_TOKEN_A opens versions and credentials only
            self._record(state, "authorization", outcome="refused", reason="bootstrap_token")
            raise Unauthenticated(Reason.UNKNOWN_TOKEN)
        if not identity.partner.may(route.module, route.side, route.right):
            self._record(state, "authorization", outcome="refused", reason="out_of_scope")
            raise forbidden("Not part of your contract")
        if not route.routed:
            return None
        return read_routing(request.headers, identity.partner, self._services.settings)

    def _record(self, state: ExchangeState, event: str, **facts: object) -> None:
        record: Mapping[str, object] = {
            "event": event,
            "time": self._services.clock().isoformat(),
            "request_id": state.ids.request_id,
            "correlation_id": state.ids.correlation_id,
            "partner": state.partner,
            "route": state.route,
        }
        self._services.events({**record, **facts})


def _encoded_path(request: Request) -> str:
    """The path as it was sent: an encoded slash belongs to an id and is not a separator."""
    raw: bytes | None = request.scope.get("raw_path")
    return quote(request.scope["path"]) if raw is None else raw.decode("latin-1")


def _with_routing(answer: Answer, routed: RoutedParties, call: Call) -> Answer:
    headers = (*answer.headers, *routed.answer_headers(call.partner, call.services.settings))
    return Answer(
        data=answer.data,
        http_status=answer.http_status,
        status_code=answer.status_code,
        message=answer.message,
        headers=headers,
    )


def _where(error: Exception) -> str:
    """The place in our code, without values."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
