"""Faults of access to data: how much, whose, and which modules."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from infra.service.faults.fault import Fault
from infra.service.modules.vouching import Vouch
from infra.service.partner import InterfaceRole, Partner, Right, Scope
from infra.service.registration import Registration
from infra.service.settings import Settings
from infra.service.store import Collection, Kind, ObjectKey, Page, PutOutcome, Store, StoredObject, Visibility, Window

_NO_LIMIT: Final = 2**31 - 1  # objects
_PERSONAL: Final = frozenset({Kind.SESSIONS, Kind.CDRS})
_SURPLUS: Final = Scope(module="tokens", side=InterfaceRole.SENDER, rights=frozenset({Right.READ}))


class _Storage:
    """A storage that does all that the one inside does."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        return await self._inner.page(collection, visibility, window)

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        return await self._inner.find(key, visibility)

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        return await self._inner.put(candidate, expected_revision=expected_revision)

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        return await self._inner.remove(key)

    async def registration(self, partner_id: str) -> Registration | None:
        """See `Store.registration`."""
        return await self._inner.registration(partner_id)

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """See `Store.registration_by_token`."""
        return await self._inner.registration_by_token(token_hash)

    async def save_registration(self, registration: Registration) -> bool:
        """See `Store.save_registration`."""
        return await self._inner.save_registration(registration)


class _ForgetsTenants(_Storage):
    """A storage that ignores whose driver a session or CDR is about."""

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        return await super().page(collection, _for_all(collection, visibility), window)

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        return await super().find(key, _for_all(key.collection, visibility))


class _CountsForgettingTenants(_Storage):
    """A storage that ignores whose driver a session or CDR is about where it counts them."""

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        everybody = await super().page(collection, _for_all(collection, visibility), window)
        return replace(await super().page(collection, visibility, window), total=everybody.total)


def _for_all(collection: Collection, visibility: Visibility) -> Visibility:
    return replace(visibility, tenants=None) if collection.kind in _PERSONAL else visibility


def _forgetting_tenants(vouch: Vouch) -> Vouch:
    return lambda found, visibility, model: vouch(found, _for_all(found.key.collection, visibility), model)


def _without_limit(settings: Settings) -> Settings:
    return replace(settings, page_limit=_NO_LIMIT)


def _with_surplus(settings: Settings) -> Settings:
    return replace(settings, partners=tuple(_offered_more(p) for p in settings.partners))


def _offered_more(partner: Partner) -> Partner:
    if partner.offers(_SURPLUS.module, _SURPLUS.side):
        return partner
    return replace(partner, scopes=(*partner.scopes, _SURPLUS))


FAULTS: Final = (
    Fault(name="no-page-limit", summary="any limit that a request names is honoured", wrap_settings=_without_limit),
    Fault(
        name="other-tenant-readable",
        summary="sessions and CDRs of other partners' drivers are in lists and readable by id",
        wrap_store=_ForgetsTenants,
        wrap_vouch=_forgetting_tenants,
    ),
    Fault(
        name="other-tenants-counted",
        summary="X-Total-Count of sessions and CDRs counts those of other partners' drivers, who are not in the list",
        in_all=False,  # other-tenant-readable puts them into the list
        wrap_store=_CountsForgettingTenants,
    ),
    Fault(
        name="surplus-module",
        summary="partners without a contract for it are offered our drivers' tokens",
        wrap_settings=_with_surplus,
    ),
)
