"""Faults of registrations that the service starts, which only the partner on the other side can see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Final

from infra.service.authentication import Authenticator
from infra.service.call import Call, Identity
from infra.service.credentials_token import CredentialsToken
from infra.service.faults.fault import Fault
from infra.service.faults.registration import AlsoLetsIn
from infra.service.modules.claimed_roles import our_credentials
from infra.service.modules.dialect import Dialect
from infra.service.registration import Registration, agreed_registration
from infra.service.settings import Settings
from infra.service.starting.manner import StartManner
from infra.service.starting.offered import OfferedTokens
from infra.service.store import Store


class _NeverForgets(OfferedTokens):
    """Lets a token in whose offer came to nothing."""

    @contextmanager
    def offered(self, registration: Registration, token: CredentialsToken) -> Iterator[None]:
        """See `OfferedTokens.offered`."""
        with super().offered(registration, token):
            yield
        super().forget(token.digest())  # this one was taken: it is the present token now

    def forget(self, digest: str) -> None:
        """See `OfferedTokens.forget`."""


def _counted(manner: StartManner) -> StartManner:
    numbers = count(1)
    return replace(manner, make_token=lambda: CredentialsToken(f"ocpi-partner-token-{next(numbers):06}"))


def _always_the_same(manner: StartManner) -> StartManner:
    token = CredentialsToken.make()
    return replace(manner, make_token=lambda: token)


def _in_plaintext(call: Call, dialect: Dialect, token: CredentialsToken) -> dict[str, object]:
    ours = our_credentials(call, dialect, token)
    return {**ours, "url": str(ours["url"]).replace("https://", "http://", 1)}


def _as_the_partner(call: Call, dialect: Dialect, token: CredentialsToken) -> dict[str, object]:
    """With the partner's own party, beside ours or in its place."""
    ours = our_credentials(call, dialect, token)
    theirs = call.partner.roles[0]
    party = {"country_code": theirs.party.country_code, "party_id": theirs.party.party_id}
    roles = ours.get("roles")
    if not isinstance(roles, list):
        return {**ours, **party}
    return {**ours, "roles": [*roles, {**roles[0], **party, "role": theirs.role.value}]}


async def _takes_it_all_the_same(call: Call, offered: CredentialsToken) -> None:
    """The offered token takes the place of the present one, although the partner did not take it."""
    registration = await call.services.store.registration(call.partner.id) or agreed_registration(call.partner)
    await call.services.store.save_registration(replace(registration, token_hash=offered.digest(), bootstrap=False))


def _former_ones_live(inner: Authenticator, settings: Settings, store: Store) -> Authenticator:
    """Every token of a registration that was ever let in is let in as long as its partner has any."""
    known: dict[str, str] = {}

    def notices(_request: object, identity: Identity) -> None:
        if identity.token is not None and not identity.registration.bootstrap:
            known[identity.token.digest()] = identity.partner.id

    async def chance(token: CredentialsToken) -> Identity | None:
        partner = settings.partner(known.get(token.digest(), ""))
        registration = await store.registration(partner.id) if partner else None
        return Identity(partner=partner, registration=registration, token=token) if partner and registration else None

    return AlsoLetsIn(inner, chance, notices)


FAULTS: Final = (
    Fault(
        name="start-with-a-counted-token",
        summary="a registration that the service starts offers a token that is a number with words before it",
        by_writing=True,
        wrap_start=_counted,
    ),
    Fault(
        name="start-with-the-same-token",
        summary="every registration that the service starts offers the same token",
        by_writing=True,
        wrap_start=_always_the_same,
    ),
    Fault(
        name="start-names-plaintext",
        summary="a registration that the service starts names a versions URL without TLS",
        by_writing=True,
        wrap_start=lambda manner: replace(manner, ours=_in_plaintext),
    ),
    Fault(
        name="start-names-the-partners-party",
        summary="a registration that the service starts names the partner's party as one of its own",
        by_writing=True,
        wrap_start=lambda manner: replace(manner, ours=_as_the_partner),
    ),
    Fault(
        name="start-keeps-the-former-token",
        summary="tokens of before a registration that the service started go on working",
        by_writing=True,
        wrap_authenticator=_former_ones_live,
    ),
    Fault(
        name="start-goes-on-with-bootstrap-token",
        summary="after a registration that it started the service goes on calling with the CREDENTIALS_TOKEN_A",
        by_writing=True,
        wrap_start=lambda manner: replace(manner, goes_on_with=lambda _answered, agreed: agreed),
    ),
    Fault(
        name="start-that-failed-counts",
        summary="a registration that the partner did not take replaces the token all the same",
        by_writing=True,
        wrap_start=lambda manner: replace(manner, after_failure=_takes_it_all_the_same),
    ),
    Fault(
        name="start-that-failed-leaves-its-token",
        summary="the token of a registration that the partner did not take goes on working",
        by_writing=True,
        wrap_start=lambda manner: replace(manner, offered=_NeverForgets),
    ),
)
