"""Until when a partner's list is known: kept in the storage, so that a restart begins where the last pass ended."""

from __future__ import annotations

from datetime import datetime

from infra.service.datetimes import format_datetime, parse_datetime
from infra.service.partner import Partner
from infra.service.store import Collection, Kind, ObjectKey, Store, StoredObject, Visibility


async def known_until(store: Store, partner: Partner, version: str, module: str) -> datetime | None:
    """The date that the next pass begins at; None before the first whole one."""
    found = await store.find(_key(partner, version, module), Visibility())
    return None if found is None else parse_datetime(found.body["until"])


async def keep(store: Store, partner: Partner, version: str, module: str, until: datetime) -> None:
    """After a whole pass. An earlier date than the one that is there changes nothing."""
    body = {"until": format_datetime(until)}
    whole = parse_datetime(body["until"])
    key = _key(partner, version, module)
    await store.put(StoredObject(key=key, tenant=None, last_updated=whole, body=body))


def _key(partner: Partner, version: str, module: str) -> ObjectKey:
    return ObjectKey(Collection(version, Kind.PULLS), min(partner.parties()), f"{partner.id}/{module}")
