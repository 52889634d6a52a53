"""One pass over one list of one partner: every page, every object handed in, and from where to go on next time.

Only a whole pass moves the date that the next one begins at. What came before a pass broke off is kept, and comes once
more: the same object twice is one object. The date is taken before the first page and moved back by the overlap, so
that what changes while pages are read is not lost.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta

from infra.service.call import MessageIds, Route, Services
from infra.service.credentials_token import CredentialsToken
from infra.service.origins import https_origin
from infra.service.outbound import OutboundReply
from infra.service.partner import InterfaceRole, Partner
from infra.service.pulling import progress
from infra.service.pulling.manner import Manner
from infra.service.pulling.pages import first_page
from infra.service.pulling.patience import Patience, PullError
from infra.service.pulling.shares import Shares
from infra.service.registration import Registration


@dataclass(slots=True)
class _Counted:
    pages: int = 0
    taken: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Over the list of `route.module`, as `registration` has it."""

    services: Services
    partner: Partner
    registration: Registration
    version: str
    route: Route
    endpoint: str
    patience: Patience
    manner: Manner
    shares: Shares

    async def run(self) -> None:
        """Pull. Raises PullError; what became of it is an event in any case."""
        counted, reason = _Counted(), "complete"
        ids = MessageIds(request_id=str(uuid.uuid4()), correlation_id=str(uuid.uuid4()))
        try:
            async with asyncio.timeout(self.patience.settings.pass_timeout_s):
                await self._through(ids, counted)
        except TimeoutError:
            reason = "pass_timeout"
            raise PullError(reason) from None
        except PullError as error:
            reason = error.reason
            raise
        except Exception as error:  # a system of our own, whatever it raises: nothing was missed for good
            reason = "own_system"
            raise PullError(reason) from error
        finally:
            self._record(ids, counted, reason)

    async def _through(self, ids: MessageIds, counted: _Counted) -> None:
        store, settings = self.services.store, self.patience.settings
        token = await self.services.vault.find(self.partner.id)
        if token is None:
            raise PullError("no_token")
        since = await progress.known_until(store, self.partner, self.version, self.route.module)
        begun = self.services.clock()

        async def fetch(url: str) -> OutboundReply:
            return await self._fetch(url, token, ids)

        async for page in self.manner.pages(fetch, self.patience, first_page(self.endpoint, since, settings)):
            counted.pages += 1
            async with self.shares.keeping:
                await self._take(page, ids, counted)
        until = begun - timedelta(seconds=settings.overlap_s)
        await progress.keep(store, self.partner, self.version, self.route.module, until)

    async def _take(self, page: list[object], ids: MessageIds, counted: _Counted) -> None:
        intake = self.manner.intake(
            services=self.services, partner=self.partner, registration=self.registration, ids=ids, route=self.route
        )
        for document in page:
            is_taken = await intake.take(document)
            counted.taken += is_taken
            counted.refused += not is_taken

    async def _fetch(self, url: str, token: CredentialsToken, ids: MessageIds) -> OutboundReply:
        authorization = token.authorization(self.partner.encoding_of(self.version))
        headers = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": ids.correlation_id}
        async with self.shares.asking:
            return await self.services.outbound.exchange("GET", url, authorization, headers, None)

    def _record(self, ids: MessageIds, counted: _Counted, reason: str) -> None:
        self.services.events(
            {
                "event": "pulled",
                "time": self.services.clock().isoformat(),
                "request_id": ids.request_id,
                "correlation_id": ids.correlation_id,
                "partner": self.partner.id,
                "module": self.route.module,
                "outcome": reason,
                "pages": counted.pages,
                "taken": counted.taken,
                "refused": counted.refused,
            }
        )


def endpoint_of(registration: Registration, module: str) -> str | None:
    """The partner's sender interface, on the origin of its versions URL: its token goes nowhere else."""
    origin = https_origin(registration.versions_url or "")
    for endpoint in registration.endpoints:
        is_sender = endpoint.identifier == module and endpoint.role is InterfaceRole.SENDER
        if is_sender and origin is not None and https_origin(endpoint.url) == origin:
            return endpoint.url
    return None
