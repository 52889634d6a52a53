"""A storage whose parts may each be slow, hang or fail without the others (bulkheads; CWE-400, CWE-770).

Each kind of object may have a backend of its own. So many calls to it may be under way, each for so long; what is more
or longer is answered at once with OCPI 3000, while the other kinds go on, and so is a page longer than was asked for. A
call that blocks the event loop cannot be given up: storages in a file or on Lambda answer for their own times.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

from infra.service.audit import EventSink
from infra.service.registration import Registration
from infra.service.status import Refusal, StatusCode
from infra.service.store.interface import (
    Collection,
    ObjectKey,
    Page,
    PutOutcome,
    Store,
    StoredObject,
    Visibility,
    Window,
)

R = TypeVar("R")
_REGISTRATIONS: Final = "registrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """How many calls to one backend may be under way, and for how many seconds each."""

    most_at_a_time: int = 64
    timeout_s: float = 5.0


class BackendError(Refusal):
    """A backend that does not answer as it should: HTTP 503, OCPI 3000 and Retry-After; which one stays here."""

    def __init__(self, wait_s: float) -> None:
        headers = (("Retry-After", str(math.ceil(wait_s))),)
        message = "A system behind this one does not answer as it should"
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, StatusCode.SERVER_ERROR, message, headers=headers)


class GuardedStore:
    """See `Store`; every method raises BackendError, and each of these is an event."""

    def __init__(self, inner: Store, settings: GuardSettings, events: EventSink) -> None:
        self._inner = inner
        self._settings = settings
        self._events = events
        self._under_way: Counter[str] = Counter()

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        page = await self._guarded(collection.kind, self._inner.page(collection, visibility, window))
        if len(page.objects) > window.limit:  # none of them is looked at: that alone would hold everybody up
            raise self._given_up(collection.kind, "flood")
        return page

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        return await self._guarded(key.collection.kind, self._inner.find(key, visibility))

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        putting = self._inner.put(candidate, expected_revision=expected_revision)
        return await self._guarded(candidate.key.collection.kind, putting)

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        return await self._guarded(key.collection.kind, self._inner.remove(key))

    async def registration(self, partner_id: str) -> Registration | None:
        """See `Store.registration`."""
        return await self._guarded(_REGISTRATIONS, self._inner.registration(partner_id))

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """See `Store.registration_by_token`."""
        return await self._guarded(_REGISTRATIONS, self._inner.registration_by_token(token_hash))

    async def save_registration(self, registration: Registration) -> bool:
        """See `Store.save_registration`."""
        return await self._guarded(_REGISTRATIONS, self._inner.save_registration(registration))

    async def _guarded(self, backend: str, call: Coroutine[Any, Any, R]) -> R:
        if self._under_way[backend] >= self._settings.most_at_a_time:
            call.close()
            raise self._given_up(backend, "busy")
        self._under_way[backend] += 1
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await call
        except TimeoutError:
            raise self._given_up(backend, "timeout") from None
        finally:
            self._under_way[backend] -= 1

    def _given_up(self, backend: str, reason: str) -> BackendError:
        self._events({"event": "backend", "backend": backend, "outcome": reason})
        return BackendError(self._settings.timeout_s)


Guard = Callable[[Store, GuardSettings, EventSink], Store]
