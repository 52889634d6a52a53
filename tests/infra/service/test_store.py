"""Every storage keeps the same rules: the memory one is the model of the others."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.service.partner import InterfaceRole, Party
from infra.service.registration import PartnerEndpoint, Registration
from infra.service.store import Collection, Kind, ObjectKey, PutOutcome, Store, StoredObject, Visibility, Window
from infra.service.store.memory import MemoryStore
from infra.service.store.sqlite import SqliteStore

SESSIONS = Collection("2.2.1", Kind.SESSIONS)
CDRS = Collection("2.2.1", Kind.CDRS)
OWNERS = (Party("NL", "RFC"), Party("BE", "GRN"))
TENANTS = (Party("DE", "VLT"), Party("FR", "RLN"))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ALL = Window(offset=0, limit=1000)


@contextmanager
def sqlite() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as directory:
        store = SqliteStore(Path(directory) / "store.sqlite")
        try:
            yield store
        finally:
            store.close()


@contextmanager
def memory() -> Iterator[Store]:
    yield MemoryStore()


OPENERS: dict[str, Callable[[], Any]] = {"memory": memory, "sqlite": sqlite}


@pytest.fixture(params=OPENERS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with OPENERS[request.param]() as opened:
        yield opened


def an_object(number: int = 1, **changes: Any) -> StoredObject:
    key = ObjectKey(SESSIONS, OWNERS[0], f"S{number}")
    made = StoredObject(key=key, tenant=TENANTS[0], last_updated=BEGIN, body={"id": f"S{number}", "text": "ä"})
    return replace(made, **changes)


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


def test_put_creates_replaces_and_refuses_the_older(store: Store):
    later = BEGIN + timedelta(microseconds=1)
    assert run(store.put(an_object())) is PutOutcome.CREATED
    assert run(store.put(an_object())) is PutOutcome.UNCHANGED
    assert run(store.put(an_object(last_updated=later, body={"v": 2}))) is PutOutcome.UPDATED
    assert run(store.put(an_object(body={"v": 3}))) is PutOutcome.STALE
    found = run(store.find(an_object().key, Visibility()))
    assert (found.body, found.last_updated, found.revision) == ({"v": 2}, later, 2)


def test_an_expected_revision_must_be_the_stored_one(store: Store):
    assert run(store.put(an_object(), expected_revision=1)) is PutOutcome.CONFLICT
    assert run(store.put(an_object(), expected_revision=0)) is PutOutcome.CREATED
    assert run(store.put(an_object(body={}), expected_revision=0)) is PutOutcome.CONFLICT
    assert run(store.put(an_object(body={}), expected_revision=1)) is PutOutcome.UPDATED


def test_ids_and_parties_are_compared_without_case(store: Store):
    run(store.put(an_object()))
    key = ObjectKey(SESSIONS, Party("nl", "rfc"), "s1")
    assert run(store.find(key, Visibility())) is not None
    assert run(store.remove(key)) is True
    assert run(store.remove(key)) is False
    assert run(store.find(key, Visibility())) is None


def test_an_object_outside_the_visibility_is_not_found(store: Store):
    run(store.put(an_object()))
    key = an_object().key
    for hidden in (
        Visibility(owners=frozenset()),
        Visibility(owners=frozenset({OWNERS[1]})),
        Visibility(tenants=frozenset({TENANTS[1]})),
        Visibility(tenants=frozenset()),
    ):
        assert run(store.find(key, hidden)) is None
        assert run(store.page(SESSIONS, hidden, ALL)).total == 0


def test_an_object_without_a_tenant_is_hidden_from_a_restricted_reader(store: Store):
    run(store.put(an_object(tenant=None)))
    assert run(store.page(SESSIONS, Visibility(tenants=frozenset(TENANTS)), ALL)).total == 0
    assert run(store.page(SESSIONS, Visibility(), ALL)).total == 1


def test_a_registration_is_found_by_partner_and_by_token_and_saved_once_per_revision(store: Store):
    endpoint = PartnerEndpoint(identifier="cdrs", role=InterfaceRole.SENDER, url="https://a.example/cdrs")
    first = Registration(partner_id="p", token_hash="a" * 64, bootstrap=True)
    assert run(store.save_registration(first)) is True
    assert run(store.save_registration(first)) is False
    second = replace(first, token_hash="b" * 64, bootstrap=False, version="2.2.1", endpoints=(endpoint,), revision=1)
    assert run(store.save_registration(second)) is True
    assert run(store.save_registration(second)) is False
    assert run(store.registration("p")) == replace(second, revision=2)
    assert run(store.registration_by_token("b" * 64)) == replace(second, revision=2)
    assert run(store.registration_by_token("a" * 64)) is None
    assert run(store.registration("q")) is None
    assert run(store.save_registration(replace(second, token_hash=None, revision=2))) is True
    assert run(store.registration_by_token("b" * 64)) is None


objects = st.builds(
    lambda owner, tenant, number, minutes: StoredObject(
        key=ObjectKey(CDRS, owner, f"C{number}"),
        tenant=tenant,
        last_updated=BEGIN + timedelta(minutes=minutes),
        body={"n": number, "m": minutes},
    ),
    st.sampled_from(OWNERS),
    st.sampled_from((*TENANTS, None)),
    st.integers(0, 6),
    st.integers(0, 9),
)
parties = st.none() | st.frozensets(st.sampled_from((*OWNERS, *TENANTS)))
moments = st.none() | st.integers(0, 9).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
windows = st.builds(Window, offset=st.integers(0, 8), limit=st.integers(1, 5), date_from=moments, date_to=moments)


@settings(max_examples=40, deadline=None)
@given(st.lists(objects, max_size=20), st.builds(Visibility, owners=parties, tenants=parties), windows)
def test_sqlite_answers_as_memory_does(written: list[StoredObject], visibility: Visibility, window: Window):
    async def history(store: Store) -> tuple[object, ...]:
        outcomes = [await store.put(o) for o in written]
        found = [await store.find(o.key, visibility) for o in written]
        return outcomes, found, await store.page(CDRS, visibility, window)

    with memory() as one, sqlite() as other:
        assert run(history(one)) == run(history(other))


def test_a_file_is_opened_again_with_what_was_in_it(tmp_path: Path):
    for outcome in (PutOutcome.CREATED, PutOutcome.UNCHANGED):
        store = SqliteStore(tmp_path / "s.sqlite")
        assert run(store.put(an_object())) is outcome
        store.close()
