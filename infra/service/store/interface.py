"""What the service asks of a storage. All methods are atomic: two requests at the same time see one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from infra.service.partner import Party
from infra.service.registration import Registration
from infra.service.strict_json import JsonObject


class Kind(StrEnum):
    """Kinds of objects. Ours and those pushed to us are of one kind: the owner tells them apart."""

    LOCATIONS = "locations"
    TARIFFS = "tariffs"
    TOKENS = "tokens"
    SESSIONS = "sessions"
    CDRS = "cdrs"
    CHARGING_PREFERENCES = "charging_preferences"
    CHARGING_PROFILES = "chargingprofiles"
    CLIENT_INFO = "hubclientinfo"
    COMMAND_RESULTS = "command_results"
    PENDING_RESULTS = "pending_results"
    RESERVATIONS = "reservations"
    OCCUPIED = "occupied"
    PULLS = "pulls"


@dataclass(frozen=True, slots=True, order=True)
class Collection:
    """The objects of one kind in one version: what was pushed through one version is seen through that one only."""

    version: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.version}/{self.kind}"

    @classmethod
    def parse(cls, text: str) -> Collection:
        """The reverse of `str`. Raises ValueError."""
        version, _, kind = text.partition("/")
        return cls(version, Kind(kind))


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """Identity of an object. Ids are CiStrings, so `object_id` is kept in lower case."""

    collection: Collection
    owner: Party
    object_id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "object_id", self.object_id.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object as it is served.

    `tenant` is the party whose driver it is about (sessions, CDRs), None for what concerns every partner.
    `revision` is 1 when created and grows with each change.
    """

    key: ObjectKey
    tenant: Party | None
    last_updated: datetime
    body: JsonObject
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """Which objects a request may see: those of these owners, and of these tenants. None does not restrict."""

    owners: frozenset[Party] | None = None
    tenants: frozenset[Party] | None = None

    def covers(self, candidate: StoredObject) -> bool:
        """True when `candidate` is visible. An object without a tenant is not visible to a restricted reader."""
        owner_ok = self.owners is None or candidate.key.owner in self.owners
        return owner_ok and (self.tenants is None or candidate.tenant in self.tenants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One page: `date_from` inclusive, `date_to` exclusive, both on `last_updated`."""

    offset: int
    limit: int
    date_from: datetime | None = None
    date_to: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """True when `moment` lies between the dates."""
        return (self.date_from is None or moment >= self.date_from) and (self.date_to is None or moment < self.date_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Objects of one page, oldest first, and how many there are in all pages."""

    objects: tuple[StoredObject, ...]
    total: int


class PutOutcome(StrEnum):
    """What became of a write."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"  # the very same object was there
    STALE = "stale"  # a newer last_updated was there; nothing changed
    CONFLICT = "conflict"  # not the expected revision; nothing changed


class Store(Protocol):
    """Objects and registrations of one deployment."""

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """The visible objects of a collection, in order of creation."""
        ...

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """The object, or None when it does not exist or is not visible."""
        ...

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """Create or replace, unless a newer one is there. `expected_revision` 0 means: must not exist yet."""
        ...

    async def remove(self, key: ObjectKey) -> bool:
        """Delete; False when it did not exist."""
        ...

    async def registration(self, partner_id: str) -> Registration | None:
        """The saved registration of a partner."""
        ...

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """The registration whose current token has that hash."""
        ...

    async def save_registration(self, registration: Registration) -> bool:
        """Save as the next revision of `registration.revision`; False when somebody else was faster."""
        ...


def judge_put(existing: StoredObject | None, candidate: StoredObject, expected_revision: int | None) -> PutOutcome:
    """The rule of `Store.put`, shared by all storages."""
    if expected_revision is not None and expected_revision != (existing.revision if existing else 0):
        return PutOutcome.CONFLICT
    if existing is None:
        return PutOutcome.CREATED
    if candidate.last_updated < existing.last_updated:
        return PutOutcome.STALE
    return PutOutcome.UNCHANGED if candidate.body == existing.body else PutOutcome.UPDATED
