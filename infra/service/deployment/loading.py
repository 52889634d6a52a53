"""Seed objects and agreed tokens into a storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.service.datetimes import parse_datetime
from infra.service.partner import Partner, Party
from infra.service.registration import agreed_registration
from infra.service.store import Collection, ObjectKey, Store, StoredObject
from infra.service.strict_json import JsonObject


async def load_seed(store: Store, seed: Mapping[str, Sequence[JsonObject]]) -> None:
    """Put all objects; those that are there and newer stay."""
    for name, documents in seed.items():
        for document in documents:
            await store.put(_stored(Collection(name), document))


async def load_partners(store: Store, partners: Sequence[Partner]) -> None:
    """Register the agreed token of each partner that the storage does not know yet."""
    for partner in partners:
        if await store.registration(partner.id) is None:
            await store.save_registration(agreed_registration(partner))


def _stored(collection: Collection, document: JsonObject) -> StoredObject:
    owner = Party(document["country_code"], document["party_id"])
    driver = document.get("cdr_token")
    object_id = f"{document['type']}:{document['uid']}" if collection is Collection.TOKENS else document["id"]
    return StoredObject(
        key=ObjectKey(collection, owner, object_id),
        tenant=Party(driver["country_code"], driver["party_id"]) if driver else None,
        last_updated=parse_datetime(document["last_updated"]),
        body=document,
    )
