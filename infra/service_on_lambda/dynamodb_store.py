"""The service's storage in DynamoDB: the objects table here, registrations in `registrations`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from infra.service.registration import Registration
from infra.service.store.interface import (
    Collection,
    ObjectKey,
    Page,
    PutOutcome,
    StoredObject,
    Visibility,
    Window,
    judge_put,
)
from infra.service_on_lambda.object_items import (
    Item,
    key_item,
    object_item,
    owner_of,
    stored_object,
    tenant_of,
    updated_of,
)
from infra.service_on_lambda.registrations import Registrations

_INDEX: Final = "by-creation"
_BATCH: Final = 100  # keys: the most that one BatchGetItem takes
_TRIES: Final = 8


class DynamoDbStore:
    """See `Store`. Calls block: an instance of the function serves one request at a time.

    A list may miss what was written in the last moment (its index follows the table), single objects never do. Counting
    a list reads the index of the whole collection, about 100 bytes an object.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - a boto3 DynamoDB client
        objects: str,
        registrations: Registrations,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._table = objects
        self._registrations = registrations
        self._clock = clock

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        total, keys = 0, []
        for entry in self._entries(collection):
            if _seen(entry, visibility) and window.covers(updated_of(entry)):
                if window.offset <= total < window.offset + window.limit:
                    keys.append({"pk": entry["pk"], "sk": entry["sk"]})
                total += 1
        return Page(objects=tuple(self._fetch(keys)), total=total)

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        item = self._item(key)
        found = None if item is None else stored_object(item)
        return found if found is not None and visibility.covers(found) else None

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`. Raises RuntimeError when other writers are faster again and again."""
        for _ in range(_TRIES):
            item = self._item(candidate.key)
            existing = None if item is None else stored_object(item)
            outcome = judge_put(existing, candidate, expected_revision)
            if outcome not in (PutOutcome.CREATED, PutOutcome.UPDATED):
                return outcome
            created = self._now() if item is None else item["created"]["S"]
            if self._write(candidate, created, existing.revision if existing else 0):
                return outcome
        raise RuntimeError("too many writers of one object")

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        answer = self._client.delete_item(TableName=self._table, Key=key_item(key), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    async def registration(self, partner_id: str) -> Registration | None:
        """See `Store.registration`."""
        return self._registrations.find(partner_id)

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """See `Store.registration_by_token`."""
        return self._registrations.find_by_token(token_hash)

    async def save_registration(self, registration: Registration) -> bool:
        """See `Store.save_registration`."""
        return self._registrations.save(registration)

    def _write(self, candidate: StoredObject, created: str, known_revision: int) -> bool:
        """False when the item is not at `known_revision` any more."""
        item = object_item(replace(candidate, revision=known_revision + 1), created)
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if known_revision:
            condition = {
                "ConditionExpression": "revision = :known",
                "ExpressionAttributeValues": {":known": {"N": str(known_revision)}},
            }
        try:
            self._client.put_item(TableName=self._table, Item=item, **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _item(self, key: ObjectKey) -> Item | None:
        answer = self._client.get_item(TableName=self._table, Key=key_item(key), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def _entries(self, collection: Collection) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=_INDEX,
            KeyConditionExpression="#c = :collection",
            ExpressionAttributeNames={"#c": "collection"},
            ExpressionAttributeValues={":collection": {"S": str(collection)}},
        )
        for page in pages:
            yield from page["Items"]

    def _fetch(self, keys: Sequence[Item]) -> Iterator[StoredObject]:
        """In the order of `keys`; what was removed since is left out."""
        found: dict[str, Item] = {}
        for start in range(0, len(keys), _BATCH):
            wanted: Any = {self._table: {"Keys": keys[start : start + _BATCH], "ConsistentRead": True}}
            while wanted:
                answer = self._client.batch_get_item(RequestItems=wanted)
                found |= {item["pk"]["S"]: item for item in answer["Responses"].get(self._table, ())}
                wanted = answer.get("UnprocessedKeys")
        return (stored_object(found[key["pk"]["S"]]) for key in keys if key["pk"]["S"] in found)

    def _now(self) -> str:
        """Sorts by time; the random end keeps two objects of one microsecond apart."""
        return f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}#{uuid.uuid4().hex[:8]}"


def _seen(entry: Item, visibility: Visibility) -> bool:
    owners, tenants = visibility.owners, visibility.tenants
    return (owners is None or owner_of(entry) in owners) and (tenants is None or tenant_of(entry) in tenants)
