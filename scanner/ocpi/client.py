"""An OCPI client that copes with the world as it is. Reads only; everything goes through the gate.

Redirects on the origin that was asked are followed, each as a request of its own with the same token; any other is
refused, so a token never leaves its origin. Every request carries ids of its own (transport_and_format: "unique
message ids"), which platforms of 2.1.1 ignore.
"""

import random
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from scanner.gate.policy import origin_of
from scanner.model.credential import TokenCredential
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, HttpOutcome, Refused
from scanner.model.facts.ocpi.urls import RefusedRedirect, UrlPlace
from scanner.model.intent import Credential, HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.target import Endpoint
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.reply import NoReply, Reply, no_reply, read_reply
from scanner.ocpi.url_place import absolute, place_of
from scanner.probe import ProbeContext

MAX_REDIRECTS: Final = 4
_REDIRECTS: Final = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Which way a request takes: to one `address` of the name, and over a `connection` of its own; None: any."""

    address: str | None = None
    connection: str | None = None


ANY_WAY: Final = Way()


class OcpiClient:
    """Reads of one probe at one endpoint; forgets every reply as soon as it was handed over."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint, probe: str) -> None:
        self.endpoint = endpoint
        self._context = context
        self._probe = probe
        self._random = random.Random(f"{context.seed}/{probe}/{endpoint.name}")  # noqa: S311 - ids, not secrets

    async def get(
        self,
        url: str,
        wanted: str,
        credential: Credential = None,
        headers: Mapping[str, str] | None = None,
        shown_url: str | None = None,
        way: Way = ANY_WAY,
    ) -> Reply | NoReply:
        """GET one URL; `wanted` says in a few words what is asked for (journal, and the sentence of a failure).

        `shown_url` stands in the journal instead of a URL that holds an id; `way` is the connection that it takes.
        """
        asked, followed = url, 0
        while True:
            outcome = await self._send(asked, wanted, credential, headers or {}, shown_url, way)
            if not isinstance(outcome, Exchange):
                return no_reply(outcome, wanted)
            target = redirect_target(outcome)
            if target is None:
                return read_reply(outcome, followed)
            refused = self._refused(asked, target, outcome.status, followed)
            if refused:
                return read_reply(outcome, followed, refused)
            asked, followed = target, followed + 1

    async def _send(
        self,
        url: str,
        wanted: str,
        credential: Credential,
        headers: Mapping[str, str],
        shown_url: str | None,
        way: Way,
    ) -> Exchange | Failed | Refused:
        intent = HttpIntent(
            effect=Effect.READ,
            environment=self._context.target.name,
            probe=self._probe,
            purpose=wanted,
            identity=credential.identity if isinstance(credential, TokenCredential) else None,
            method="GET",
            url=url,
            shown_url=shown_url,
            credential=credential,
            headers={**MessageIds.new(self._random).headers, **headers},
            address=way.address,
            connection=way.connection,
        )
        outcome: HttpOutcome = await self._context.gate.http(intent)
        return outcome

    def _refused(self, asked: str, target: str, status: int, followed: int) -> RefusedRedirect | None:
        origin = origin_of(target)
        why = ""
        if origin is None or origin != origin_of(asked):
            why = f"a redirect to {origin or 'what is not an http URL'} was not followed: the token stays on its origin"
        elif followed >= MAX_REDIRECTS:
            why = f"redirected more than {MAX_REDIRECTS} times on {origin}"
        if not why:
            return None
        place = place_of(target, self.endpoint) if origin else UrlPlace.NOT_A_URL
        return RefusedRedirect(http_status=status, place=place, origin=str(origin) if origin else "none", why=why)


def redirect_target(exchange: Exchange) -> str | None:
    """The absolute URL that an answer leads to; None where it is no redirect."""
    location = exchange.header("Location")
    if exchange.status not in _REDIRECTS or not location:
        return None
    return absolute(exchange.url, location)
