"""A storage in one SQLite file. Each write is one immediate transaction; rows are returned in order of creation."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from infra.service.partner import InterfaceRole, Party
from infra.service.registration import PartnerEndpoint, Registration
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

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL, owner TEXT NOT NULL, object_id TEXT NOT NULL,
    tenant TEXT, last_updated INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    UNIQUE (collection, owner, object_id)
);
CREATE INDEX IF NOT EXISTS objects_by_reader ON objects (collection, owner, tenant, last_updated);
CREATE TABLE IF NOT EXISTS registrations (
    partner_id TEXT PRIMARY KEY, token_hash TEXT UNIQUE, bootstrap INTEGER NOT NULL, version TEXT,
    versions_url TEXT, endpoints TEXT NOT NULL, revision INTEGER NOT NULL
);
"""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_COLUMNS: Final = "collection, owner, object_id, tenant, last_updated, revision, body"


class SqliteStore:
    """See `Store`. Belongs to the thread that made it; other processes may use the same file."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # before SQLite would make it with a wider mode
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    async def page(self, collection: Collection, visibility: Visibility, window: Window) -> Page:
        """See `Store.page`."""
        where, values = _where(collection, visibility, window)
        (total,) = self._connection.execute(f"SELECT count(*) FROM objects WHERE {where}", values).fetchone()  # noqa: S608
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM objects WHERE {where} ORDER BY number LIMIT ? OFFSET ?",  # noqa: S608
            (*values, window.limit, window.offset),
        )
        return Page(objects=tuple(_object(row) for row in rows), total=total)

    async def find(self, key: ObjectKey, visibility: Visibility) -> StoredObject | None:
        """See `Store.find`."""
        found = self._find(key)
        return found if found is not None and visibility.covers(found) else None

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        """See `Store.put`."""
        with self._transaction():
            existing = self._find(candidate.key)
            outcome = judge_put(existing, candidate, expected_revision)
            if outcome is PutOutcome.CREATED:
                self._insert(replace(candidate, revision=1))
            elif outcome is PutOutcome.UPDATED:
                self._update(replace(candidate, revision=(existing.revision if existing else 0) + 1))
            return outcome

    async def remove(self, key: ObjectKey) -> bool:
        """See `Store.remove`."""
        cursor = self._connection.execute(
            "DELETE FROM objects WHERE collection = ? AND owner = ? AND object_id = ?", _key_values(key)
        )
        return cursor.rowcount > 0

    async def registration(self, partner_id: str) -> Registration | None:
        """See `Store.registration`."""
        return self._registration("partner_id = ?", partner_id)

    async def registration_by_token(self, token_hash: str) -> Registration | None:
        """See `Store.registration_by_token`."""
        return self._registration("token_hash = ?", token_hash)

    async def save_registration(self, registration: Registration) -> bool:
        """See `Store.save_registration`."""
        with self._transaction():
            known = self._registration("partner_id = ?", registration.partner_id)
            if (known.revision if known else 0) != registration.revision:
                return False
            self._connection.execute(
                "INSERT OR REPLACE INTO registrations VALUES (?, ?, ?, ?, ?, ?, ?)",
                _registration_values(replace(registration, revision=registration.revision + 1)),
            )
            return True

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _find(self, key: ObjectKey) -> StoredObject | None:
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM objects WHERE collection = ? AND owner = ? AND object_id = ?",  # noqa: S608
            _key_values(key),
        ).fetchone()
        return None if row is None else _object(row)

    def _insert(self, new: StoredObject) -> None:
        self._connection.execute(
            f"INSERT INTO objects ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (*_key_values(new.key), *_content_values(new)),
        )

    def _update(self, new: StoredObject) -> None:
        self._connection.execute(
            "UPDATE objects SET tenant = ?, last_updated = ?, revision = ?, body = ?"
            " WHERE collection = ? AND owner = ? AND object_id = ?",
            (*_content_values(new), *_key_values(new.key)),
        )

    def _registration(self, where: str, value: str) -> Registration | None:
        row = self._connection.execute(f"SELECT * FROM registrations WHERE {where}", (value,)).fetchone()  # noqa: S608
        return None if row is None else _read_registration(row)


def _where(collection: Collection, visibility: Visibility, window: Window) -> tuple[str, tuple[object, ...]]:
    clauses, values = ["collection = ?"], [str(collection)]
    for column, parties in (("owner", visibility.owners), ("tenant", visibility.tenants)):
        if parties is not None:
            clauses.append(f"{column} IN ({', '.join('?' * len(parties))})")
            values += [_party_text(p) for p in sorted(parties)]
    bounds: list[int] = []
    for operator, moment in ((">=", window.date_from), ("<", window.date_to)):
        if moment is not None:
            clauses.append(f"last_updated {operator} ?")
            bounds.append(_microseconds(moment))
    return " AND ".join(clauses), (*values, *bounds)


def _key_values(key: ObjectKey) -> tuple[str, str, str]:
    return str(key.collection), _party_text(key.owner), key.object_id


def _content_values(new: StoredObject) -> tuple[str | None, int, int, str]:
    tenant = None if new.tenant is None else _party_text(new.tenant)
    return tenant, _microseconds(new.last_updated), new.revision, json.dumps(new.body)


def _object(row: tuple[Any, ...]) -> StoredObject:
    collection, owner, object_id, tenant, last_updated, revision, body = row
    return StoredObject(
        key=ObjectKey(Collection.parse(collection), _party(owner), object_id),
        tenant=None if tenant is None else _party(tenant),
        last_updated=_EPOCH + last_updated * _MICROSECOND,
        body=json.loads(body),
        revision=revision,
    )


def _registration_values(registration: Registration) -> tuple[object, ...]:
    endpoints = [(e.identifier, e.role.value, e.url) for e in registration.endpoints]
    return (
        registration.partner_id,
        registration.token_hash,
        int(registration.bootstrap),
        registration.version,
        registration.versions_url,
        json.dumps(endpoints),
        registration.revision,
    )


def _read_registration(row: tuple[Any, ...]) -> Registration:
    partner_id, token_hash, bootstrap, version, versions_url, endpoints, revision = row
    return Registration(
        partner_id=partner_id,
        token_hash=token_hash,
        bootstrap=bool(bootstrap),
        version=version,
        versions_url=versions_url,
        endpoints=tuple(
            PartnerEndpoint(identifier=identifier, role=InterfaceRole(role), url=url)
            for identifier, role, url in json.loads(endpoints)
        ),
        revision=revision,
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _party_text(party: Party) -> str:
    return f"{party.country_code}*{party.party_id}"


def _party(text: str) -> Party:
    return Party(*text.split("*", 1))
