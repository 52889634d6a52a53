"""One request as a handler sees it, and what a handler answers. No web framework here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from infra.service.audit import EventSink, ObjectReference
from infra.service.credentials_token import CredentialsToken
from infra.service.outbound import OutboundClient
from infra.service.partner import InterfaceRole, Partner, Right
from infra.service.quarantine import Quarantine
from infra.service.registration import Registration
from infra.service.routing_headers import RoutedParties
from infra.service.settings import Settings
from infra.service.status import StatusCode
from infra.service.store import Store, StoredObject, Visibility
from infra.service.strict_json import JsonObject
from infra.service.vault import TokenVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What handlers work with; made once per application.

    `background` runs what outlives the answer; `registered` hears of every partner that registered or renewed;
    `vouch` says whether a value that a backend gave may be used (`modules/vouching.py`).
    """

    settings: Settings
    store: Store
    vault: TokenVault
    quarantine: Quarantine | None  # None: what is refused is not kept
    outbound: OutboundClient
    clock: Callable[[], datetime]
    events: EventSink
    references: ObjectReference
    background: Callable[[Coroutine[Any, Any, None]], None]
    registered: Callable[[Partner], None]
    vouch: Callable[[StoredObject, Visibility, type[Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who was authenticated. `token` is what was presented; OCPI sends it back in the credentials object."""

    partner: Partner
    registration: Registration
    token: CredentialsToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIds:
    """X-Request-ID and X-Correlation-ID of the exchange."""

    request_id: str
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An authenticated, routed and authorised request.

    `body` reads the request's JSON object (strictly, once) and raises Refusal; None means that no body was sent.
    """

    services: Services
    identity: Identity
    ids: MessageIds
    route: Route
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    routed: RoutedParties | None
    body: Callable[[], Awaitable[JsonObject | None]]

    @property
    def partner(self) -> Partner:
        """The contract of the partner that calls."""
        return self.identity.partner

    def record(self, event: str, **facts: object) -> None:
        """Write one audit event with the ids of this exchange."""
        self.services.events(
            {
                "event": event,
                "time": self.services.clock().isoformat(),
                "request_id": self.ids.request_id,
                "correlation_id": self.ids.correlation_id,
                "partner": self.partner.id,
                "route": self.route.template,
                **facts,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a handler answers. `data` None leaves the field out, as OCPI advises where it defines nothing."""

    data: Any = None
    http_status: HTTPStatus = HTTPStatus.OK
    status_code: int = StatusCode.SUCCESS
    message: str = "Success"
    headers: tuple[tuple[str, str], ...] = field(default=())


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method on one URL template. `module` and `side` are what the contract must cover.

    Configuration modules (versions, credentials) have no side: every partner has them, also one that only holds
    CREDENTIALS_TOKEN_A. `routed`: OCPI-from and OCPI-to are read and answered.
    """

    method: str
    template: str
    handler: Handler
    module: str
    side: InterfaceRole | None = None
    right: Right = Right.READ
    routed: bool = True
