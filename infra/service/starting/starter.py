"""Registering with a partner (OCPI 2.2.1 and 2.3.0, credentials: registration), as the side that starts.

Order: read the partner's versions and details with its CREDENTIALS_TOKEN_A, offer it a new token, which opens nothing
but versions and credentials until the partner answers, and only with a sound answer put both new tokens in place of the
old ones. Whatever fails before leaves the old ones as they were. Where the partner's answer was lost nobody knows
whether it took ours: the operator starts again.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from infra.service.call import Answer, Call, Identity, MessageIds, Route, Services
from infra.service.credentials_token import CredentialsToken
from infra.service.modules.claimed_roles import check_roles
from infra.service.modules.dialect import Dialect
from infra.service.modules.handshake import fetch_endpoints
from infra.service.modules.reading import read_object
from infra.service.origins import https_origin
from infra.service.outbound import OutboundError
from infra.service.registration import PartnerEndpoint, Registration, agreed_registration
from infra.service.starting.manner import StartManner
from infra.service.starting.offered import OfferedTokens
from infra.service.status import Refusal, StatusCode, not_found
from infra.service.strict_json import JsonObject

_DONE: Final = range(200, 300)


class StartError(Exception):
    """The registration was not made, and what was valid before still is. The sentence names no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The partner's platform in the version that is registered."""

    dialect: Dialect
    endpoints: tuple[PartnerEndpoint, ...]
    credentials_url: str


class Starter:
    """Idle until `attach`; `dialects` are those that are served, oldest first."""

    def __init__(self, dialects: tuple[Dialect, ...], manner: StartManner | None = None) -> None:
        self._dialects = dialects
        self._manner = manner or StartManner()
        self._services: Services | None = None
        self.offered: OfferedTokens = self._manner.offered()

    def attach(self, services: Services) -> None:
        """What it works with."""
        self._services = services

    async def start(self, partner_id: str, versions_url: str, agreed: CredentialsToken) -> str:
        """Register with a partner; the version. `agreed` is its CREDENTIALS_TOKEN_A. Raises StartError."""
        call = await self._call(partner_id)
        try:
            found = await self._find(call, versions_url, agreed)
            return await self._exchange(call, found, versions_url, agreed)
        except OutboundError as error:
            raise _failed(call, error.reason) from None
        except Refusal as refusal:
            raise _failed(call, refusal.message) from None

    async def _call(self, partner_id: str) -> Call:
        """As if the partner had called: what a handshake reads and records is the same."""
        services = self._services
        partner = services.settings.partner(partner_id) if services else None
        if services is None or partner is None:
            raise StartError("there is no such partner")
        if not partner.in_force(services.clock()):
            raise StartError("the contract is not in force")
        registration = await services.store.registration(partner.id) or agreed_registration(partner)
        return Call(
            services=services,
            identity=Identity(partner=partner, registration=registration),
            ids=MessageIds(request_id=str(uuid.uuid4()), correlation_id=str(uuid.uuid4())),
            route=_STARTED,
            path={},
            query=(),
            routed=None,
            body=_no_body,
        )

    async def _find(self, call: Call, versions_url: str, agreed: CredentialsToken) -> _Found:
        """In the newest version that both sides have."""
        for dialect in reversed(self._dialects):
            try:
                endpoints = await fetch_endpoints(call, dialect.number, versions_url, agreed)
            except Refusal as refusal:
                if refusal.status_code != StatusCode.UNSUPPORTED_VERSION:
                    raise
                continue
            url = next(one.url for one in endpoints if one.identifier == "credentials")
            _check_origin(url, versions_url)
            return _Found(dialect=dialect, endpoints=endpoints, credentials_url=url)
        raise OutboundError("version_missing")

    async def _exchange(self, call: Call, found: _Found, versions_url: str, agreed: CredentialsToken) -> str:
        offered = self._manner.make_token()
        with self.offered.offered(call.identity.registration, offered):
            try:
                theirs = await self._post(call, found, agreed, offered)
                check_roles(call, theirs)
                _check_origin(theirs["url"], versions_url)
            except (OutboundError, Refusal):
                await self._manner.after_failure(call, offered)
                raise
            await _keep(call, found, theirs, offered)
        await self._confirm(call, found.dialect, theirs, agreed)
        return found.dialect.number

    async def _post(self, call: Call, found: _Found, agreed: CredentialsToken, offered: CredentialsToken) -> JsonObject:
        encoding = call.partner.encoding_of(found.dialect.number)
        ids = {"X-Request-ID": call.ids.request_id, "X-Correlation-ID": call.ids.correlation_id}
        ours = self._manner.ours(call, found.dialect, offered)
        outbound = call.services.outbound
        reply = await outbound.exchange("POST", found.credentials_url, agreed.authorization(encoding), ids, ours)
        if reply.http_status not in _DONE or reply.status_code != StatusCode.SUCCESS:
            raise OutboundError(f"refused: {reply.http_status}, {reply.status_code}")
        data = reply.document.get("data")
        if not isinstance(data, Mapping):
            raise OutboundError("invalid_answer")
        answered: JsonObject = read_object(found.dialect.types.credentials, dict(data)).to_json()
        return answered

    async def _confirm(self, call: Call, dialect: Dialect, theirs: JsonObject, agreed: CredentialsToken) -> None:
        """Use what the partner answered with: where that does not work, the operator should know now."""
        token = self._manner.goes_on_with(CredentialsToken(theirs["token"]), agreed)
        try:
            await call.services.outbound.get(theirs["url"], token, call.partner.encoding_of(dialect.number))
        except OutboundError as error:
            call.record("handshake", outcome="unconfirmed", reason=error.reason)
        call.services.registered(call.partner)


def _check_origin(url: str, versions_url: str) -> None:
    if https_origin(url) != https_origin(versions_url):
        raise OutboundError("other_origin")


async def _keep(call: Call, found: _Found, theirs: JsonObject, offered: CredentialsToken) -> None:
    registration: Registration = replace(
        call.identity.registration,
        token_hash=offered.digest(),
        bootstrap=False,
        version=found.dialect.number,
        versions_url=theirs["url"],
        endpoints=found.endpoints,
    )
    saved = await call.services.store.save_registration(registration)
    call.record("data_change", operation="start", module="credentials", outcome="registered" if saved else "conflict")
    if not saved:
        raise OutboundError("another exchange with this partner was faster")
    await call.services.vault.keep(call.partner.id, CredentialsToken(theirs["token"]))


def _failed(call: Call, reason: str) -> StartError:
    call.record("handshake", outcome="failed", reason=reason)
    return StartError(f"the handshake could not be completed: {reason}")


async def _no_body() -> JsonObject | None:
    return None


async def _nobody_asks(_call: Call) -> Answer:
    raise not_found("There is nothing here")


_STARTED: Final = Route(method="POST", template="operator", handler=_nobody_asks, module="credentials")
