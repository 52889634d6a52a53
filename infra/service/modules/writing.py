"""Writing pushed objects: newer wins, equal is idempotent, every write is an audit event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from infra.service.call import Answer, Call
from infra.service.datetimes import parse_datetime
from infra.service.partner import Party
from infra.service.status import Refusal, StatusCode, invalid_object, not_found
from infra.service.store import Collection, ObjectKey, PutOutcome, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_ATTEMPTS: Final = 8  # of a read-change-write against concurrent writers


def stored(
    key: ObjectKey, body: JsonObject, *, tenant: Party | None = None, last_updated: str | None = None
) -> StoredObject:
    """`body` as the storage keeps it; `last_updated` defaults to the body's own."""
    return StoredObject(
        key=key, tenant=tenant, last_updated=parse_datetime(last_updated or body["last_updated"]), body=body
    )


async def write(call: Call, operation: str, candidate: StoredObject, expected_revision: int | None = None) -> Answer:
    """Store and answer: 201 when new, 200 otherwise; OCPI 2001 when a newer one is there or the date is in the future.

    Raises Refusal, and Conflict when `expected_revision` is not the stored one.
    """
    latest = call.services.clock() + timedelta(seconds=call.services.settings.clock_skew_s)
    if candidate.last_updated > latest:
        raise invalid_object("last_updated is in the future")
    outcome = await call.services.store.put(candidate, expected_revision=expected_revision)
    record_change(call, operation, candidate.key, outcome)
    if outcome is PutOutcome.CONFLICT:
        raise ConflictError
    if outcome is PutOutcome.STALE:
        raise invalid_object("last_updated is older than that of the stored object")
    return Answer(http_status=HTTPStatus.CREATED if outcome is PutOutcome.CREATED else HTTPStatus.OK)


class ConflictError(Exception):
    """Somebody else changed the object between reading and writing it."""


async def change(
    call: Call, key: ObjectKey, visibility: Visibility, changed: Callable[[StoredObject], StoredObject]
) -> Answer:
    """Read, change and write an object that must exist (404 otherwise); tries again when somebody else was faster."""

    def existing_changed(existing: StoredObject | None) -> StoredObject:
        if existing is None:
            raise not_found()
        return changed(existing)

    return await put_over(call, key, visibility, existing_changed)


async def put_over(
    call: Call, key: ObjectKey, visibility: Visibility, made: Callable[[StoredObject | None], StoredObject]
) -> Answer:
    """Write what `made` makes of the object that is there, or None; tries again when somebody else was faster."""
    for _ in range(_ATTEMPTS):
        existing = await call.services.store.find(key, visibility)
        candidate = made(existing)
        try:
            return await write(call, call.route.method.lower(), candidate, existing.revision if existing else 0)
        except ConflictError:
            continue
    raise Refusal(HTTPStatus.OK, StatusCode.SERVER_ERROR, "The object is being changed by others")


def merged(existing: JsonObject, patch: JsonObject) -> JsonObject:
    """PATCH: the fields that are given replace those that are there; null leaves a field as it is.

    Raises Refusal without `last_updated`, which every PATCH must contain.
    """
    if patch.get("last_updated") is None:
        raise invalid_object("Invalid or missing: last_updated")
    return existing | {name: value for name, value in patch.items() if value is not None}


def record_change(call: Call, operation: str, key: ObjectKey, outcome: PutOutcome | str) -> None:
    """The audit event of a data change, also of one that did not happen."""
    owner = key.owner
    reference = call.services.references.of(
        str(key.collection), key.owner.country_code, key.owner.party_id, key.object_id
    )
    call.record(
        "data_change",
        operation=operation,
        module=key.collection.kind.value,
        owner=f"{owner.country_code}-{owner.party_id}",
        object=reference,
        outcome=str(outcome),
    )


async def find_first(call: Call, collection: Collection, object_id: str, visibility: Visibility) -> StoredObject | None:
    """The visible object with that id, whichever of the visible owners it has."""
    for owner in sorted(visibility.owners or ()):
        found = await call.services.store.find(ObjectKey(collection, owner, object_id), visibility)
        if found is not None:
            return found
    return None
