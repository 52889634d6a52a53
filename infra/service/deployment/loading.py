"""Seed objects and agreed tokens into a storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.service.datetimes import parse_datetime
from infra.service.deployment.seed_records import Record
from infra.service.partner import Partner, Party
from infra.service.registration import agreed_registration
from infra.service.store import Collection, Kind, ObjectKey, Store, StoredObject


async def load_seed(store: Store, seed: Mapping[str, Mapping[str, Sequence[Record]]]) -> None:
    """Put all objects of all versions; those that are there and newer stay."""
    for version, collections in seed.items():
        for name, records in collections.items():
            for record in records:
                await store.put(_stored(Collection(version, Kind(name)), record))


async def load_partners(store: Store, partners: Sequence[Partner]) -> None:
    """Register the agreed token of each partner that the storage does not know yet."""
    for partner in partners:
        if await store.registration(partner.id) is None:
            await store.save_registration(agreed_registration(partner))


def _stored(collection: Collection, record: Record) -> StoredObject:
    return StoredObject(
        key=ObjectKey(collection, Party(*record["owner"]), record["id"]),
        tenant=None if record["tenant"] is None else Party(*record["tenant"]),
        last_updated=parse_datetime(record["last_updated"]),
        body=record["object"],
    )
