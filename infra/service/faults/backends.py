"""A fault proxy before the storage, and services that such a backend brings down, since a protection is missing.

A condition says how the backend of one kind of object behaves: it is slow, hangs until it is released, fails, lies,
floods, or is stale. A sound service lives with each of them, so a condition alone is no fault.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, TypeVar

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.service.audit import EventSink
from infra.service.faults.fault import Fault
from infra.service.modules.vouching import Vouch
from infra.service.registration import Registration
from infra.service.store import Collection, Kind, ObjectKey, Page, PutOutcome, Store, StoredObject, Visibility, Window
from infra.service.store.guarded import Guard, GuardSettings

R = TypeVar("R")
_POOL: Final = 2  # calls at a time, in a service whose backends share one pool
_LONG_S: Final = 30.0
_TIMES: Final = 1000  # as many objects as there are
_WEIGHT: Final = 400_000  # characters beside each of them


class Condition:
    """A sound backend; the others differ in one way."""

    async def before(self) -> None:
        """What happens before each call."""

    def seen(self, found: StoredObject) -> StoredObject:
        """What it gives for an object that is there."""
        return found

    def page(self, page: Page) -> Page:
        """What it gives for a page."""
        return replace(page, objects=tuple(self.seen(one) for one in page.objects))


class Slow(Condition):
    """Every call takes `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def before(self) -> None:
        """See `Condition.before`."""
        await asyncio.sleep(self._seconds)


class Hangs(Condition):
    """No call ends before the backend is back; `waiting` is how many wait for it."""

    def __init__(self) -> None:
        self.is_back = False
        self.waiting = 0

    async def before(self) -> None:
        """See `Condition.before`."""
        self.waiting += 1
        try:
            while not self.is_back:  # noqa: ASYNC110 - set from other threads, which an Event does not allow
                await asyncio.sleep(0.02)
        finally:
            self.waiting -= 1


class Fails(Condition):
    """Every call is an error."""

    async def before(self) -> None:
        """See `Condition.before`."""
        raise ConnectionError("the backend is down")


class Lies(Condition):
    """Gives what `change` makes of an object."""

    def __init__(self, change: Callable[[StoredObject], StoredObject]) -> None:
        self._change = change

    def seen(self, found: StoredObject) -> StoredObject:
        """See `Condition.seen`."""
        return self._change(found)


class Floods(Condition):
    """Gives a page `times` as long as what there is, and every object of it `weight` characters heavier."""

    def __init__(self, times: int, weight: int) -> None:
        self._times = times
        self._more = {"padding": "x" * weight}

    def page(self, page: Page) -> Page:
        """See `Condition.page`."""
        heavy = (replace(one, body=one.body | self._more) for one in page.objects)
        return replace(page, objects=tuple(heavy) * self._times)


class Stale(Condition):
    """Gives what it gave first."""

    def __init__(self) -> None:
        self._first: dict[ObjectKey, StoredObject] = {}

    def seen(self, found: StoredObject) -> StoredObject:
        """See `Condition.seen`."""
        return self._first.setdefault(found.key, found)


class BackendProxy:
    """See `Store`. `conditions` may change while it is in use."""

    def __init__(self, inner: Store, conditions: Mapping[Kind, Condition]) -> None:
        self._inner = inner
        self._conditions = conditions

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        condition = await self._met(collection.kind)
        return condition.page(await self._inner.page(collection, visibility, window))

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        condition = await self._met(key.collection.kind)
        found = await self._inner.find(key, visibility)
        return None if found is None else condition.seen(found)

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        await self._met(candidate.key.collection.kind)
        return await self._inner.put(candidate, expected_revision=expected_revision)

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        await self._met(key.collection.kind)
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

    async def _met(self, kind: Kind) -> Condition:
        condition = self._conditions.get(kind, Condition())
        await condition.before()
        return condition


class _OnePool(BackendProxy):
    """All backends behind one small pool: who waits for one of them holds up all others."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner, {})
        self._pool = asyncio.Semaphore(_POOL)

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        async with self._pool, asyncio.timeout(_LONG_S):
            return await super().page(collection, visibility, window)


def _unguarded(_guard: Guard) -> Guard:
    def made(inner: Store, _settings: GuardSettings, _events: EventSink) -> Store:
        return inner

    return made


def _in_one_pool(guard: Guard) -> Guard:
    """Calls are given up in time, and until then they hold a place that everybody needs."""

    def made(inner: Store, settings: GuardSettings, events: EventSink) -> Store:
        return _OnePool(guard(inner, settings, events))

    return made


def trusting(_vouch: Vouch) -> Vouch:
    """What a backend says is right."""
    return lambda _found, _visibility, _model: True


def behind(conditions: Mapping[Kind, Condition]) -> Callable[[Store], Store]:
    """A storage behind such a proxy."""
    return lambda store: BackendProxy(store, conditions)


def misspelled(found: StoredObject) -> StoredObject:
    """Values of another system: a currency that is none, in a tariff."""
    return replace(found, body=found.body | {"currency": "EURO"})


class _BareErrors:
    """Answers of errors in the words of a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._app(scope, receive, keep)
        if kept and kept[0].get("status", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            await PlainTextResponse("upstream request failed", HTTPStatus.BAD_GATEWAY)(scope, receive, send)
            return
        for message in kept:
            await send(message)


def _fault(name: str, summary: str, condition: Condition, **wrappers: Any) -> Fault:  # noqa: ANN401 - of a fault
    return Fault(
        name=name, summary=summary, by_writing=True, wrap_backend=behind({Kind.TARIFFS: condition}), **wrappers
    )


FAULTS: Final = (
    _fault(
        "backend-values-unchecked",
        "a backend's tariffs have a currency that is none, and are served as they are",
        Lies(misspelled),
        wrap_vouch=trusting,
    ),
    _fault("backend-hangs-unbounded", "a request waits for as long as a backend hangs", Hangs(), wrap_guard=_unguarded),
    _fault("backend-hang-spreads", "a backend that hangs holds up the other modules", Hangs(), wrap_guard=_in_one_pool),
    _fault(
        "backend-flood-served",
        "a backend gives far more than it is asked for, and what fits on a page is served as it is",
        Floods(_TIMES, _WEIGHT),
        wrap_guard=_unguarded,
        wrap_vouch=trusting,
    ),
    _fault("backend-failure-bare", "a backend's failure is answered outside OCPI", Fails(), wrap_app=_BareErrors),
)
