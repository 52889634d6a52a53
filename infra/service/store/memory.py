"""A storage that forgets: for tests, demos and as the model of what the others must do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

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

_WRITES = (PutOutcome.CREATED, PutOutcome.UPDATED)


class MemoryStore:
    """Dictionaries. Atomic because no method awaits anything."""

    def __init__(self) -> None:
        self._objects: dict[Collection, dict[ObjectKey, StoredObject]] = defaultdict(dict)
        self._registrations: dict[str, Registration] = {}

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`; dictionaries keep the order of creation."""
        visible = [
            o for o in self._objects[collection].values() if visibility.covers(o) and window.covers(o.last_updated)
        ]
        return Page(objects=tuple(visible[window.offset : window.offset + window.limit]), total=len(visible))

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        found = self._objects[key.collection].get(key)
        return found if found is not None and visibility.covers(found) else None

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        objects = self._objects[candidate.key.collection]
        existing = objects.get(candidate.key)
        outcome = judge_put(existing, candidate, expected_revision)
        if outcome in _WRITES:
            objects[candidate.key] = replace(candidate, revision=(existing.revision if existing else 0) + 1)
        return outcome

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        return self._objects[key.collection].pop(key, None) is not None

    async def registration(self, partner_id: str) -> Registration | None:
        """See `Store.registration`."""
        return self._registrations.get(partner_id)

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """See `Store.registration_by_token`."""
        return next((r for r in self._registrations.values() if r.token_hash == token_hash), None)

    async def save_registration(self, registration: Registration) -> bool:
        """See `Store.save_registration`."""
        known = self._registrations.get(registration.partner_id)
        if (known.revision if known else 0) != registration.revision:
            return False
        self._registrations[registration.partner_id] = replace(registration, revision=registration.revision + 1)
        return True
