"""OCPI objects as DynamoDB items of the objects table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from infra.service.partner import Party
from infra.service.store.interface import Collection, ObjectKey, StoredObject

Item = Mapping[str, Any]  # attribute name to typed value
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SK: Final = {"S": "object"}


def key_item(key: ObjectKey) -> dict[str, Any]:
    """The primary key. Owner and collection hold no `#`, so an id cannot imitate another key."""
    return {"pk": {"S": f"{key.collection}#{_party_text(key.owner)}#{key.object_id}"}, "sk": _SK}


def object_item(stored: StoredObject, created: str) -> dict[str, Any]:
    """The whole item; `created` orders the list of the collection."""
    item = {
        **key_item(stored.key),
        "collection": {"S": str(stored.key.collection)},
        "created": {"S": created},
        "owner": {"S": _party_text(stored.key.owner)},
        "object_id": {"S": stored.key.object_id},
        "last_updated": {"N": str(_microseconds(stored.last_updated))},
        "revision": {"N": str(stored.revision)},
        "body": {"S": json.dumps(stored.body, separators=(",", ":"))},
    }
    return item if stored.tenant is None else {**item, "tenant": {"S": _party_text(stored.tenant)}}


def stored_object(item: Item) -> StoredObject:
    """Back from the item."""
    return StoredObject(
        key=ObjectKey(Collection.parse(item["collection"]["S"]), owner_of(item), item["object_id"]["S"]),
        tenant=tenant_of(item),
        last_updated=updated_of(item),
        body=json.loads(item["body"]["S"]),
        revision=int(item["revision"]["N"]),
    )


def owner_of(item: Item) -> Party:
    """The owner, also from an item of the index."""
    return _party(item["owner"]["S"])


def tenant_of(item: Item) -> Party | None:
    """The tenant, also from an item of the index."""
    return _party(item["tenant"]["S"]) if "tenant" in item else None


def updated_of(item: Item) -> datetime:
    """`last_updated`, also from an item of the index."""
    return _EPOCH + timedelta(microseconds=int(item["last_updated"]["N"]))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _party_text(party: Party) -> str:
    return f"{party.country_code}*{party.party_id}"


def _party(text: str) -> Party:
    return Party(*text.split("*", 1))
