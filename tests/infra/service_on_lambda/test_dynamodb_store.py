"""DynamoDB keeps the rules of every storage: the tests are those of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from infra.service.store import Collection, Kind, PutOutcome, Store, StoredObject, Visibility, Window
from infra.service_on_lambda.dynamodb_store import DynamoDbStore
from infra.service_on_lambda.registrations import Registrations
from tests.infra.recorded_program import Recorded
from tests.infra.service.test_store import (
    ALL,
    BEGIN,
    an_object,
    memory,
    objects,
    parties,
    run,
    windows,
)
from tests.infra.service.test_store import (
    test_a_registration_is_found_by_partner_and_by_token_and_saved_once_per_revision as test_registrations,  # noqa: F401
)
from tests.infra.service.test_store import (
    test_an_expected_revision_must_be_the_stored_one as test_expected_revisions,  # noqa: F401
)
from tests.infra.service.test_store import (
    test_an_object_outside_the_visibility_is_not_found as test_visibility,  # noqa: F401
)
from tests.infra.service.test_store import (
    test_an_object_without_a_tenant_is_hidden_from_a_restricted_reader as test_no_tenant,  # noqa: F401
)
from tests.infra.service.test_store import (
    test_ids_and_parties_are_compared_without_case as test_case_of_ids,  # noqa: F401
)
from tests.infra.service.test_store import (
    test_put_creates_replaces_and_refuses_the_older as test_puts,  # noqa: F401
)
from tests.infra.service_on_lambda.access_and_objects import REGION, create_tables

SESSIONS = Collection("2.2.1", Kind.SESSIONS)
CDRS = Collection("2.2.1", Kind.CDRS)


@contextmanager
def dynamodb() -> Iterator[DynamoDbStore]:
    with mock_aws():
        client = boto3.client("dynamodb", REGION)
        create_tables(client)
        ticks = count()
        yield DynamoDbStore(
            client,
            "objects",
            Registrations(client, "access"),
            lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks)),
        )


@pytest.fixture
def store() -> Iterator[Store]:
    with dynamodb() as opened:
        yield opened


@settings(max_examples=8, deadline=None)
@given(st.lists(objects, max_size=12), st.builds(Visibility, owners=parties, tenants=parties), windows)
def test_dynamodb_answers_as_memory_does(written: list[StoredObject], visibility: Visibility, window: Window):
    async def history(store: Store) -> tuple[object, ...]:
        outcomes = [await store.put(o) for o in written]
        found = [await store.find(o.key, visibility) for o in written]
        return outcomes, found, await store.page(CDRS, visibility, window)

    with memory() as one, dynamodb() as other:
        assert run(history(one)) == run(history(other))


def test_pages_longer_than_one_batch_keep_their_order(store: Store):
    for number in range(130):
        run(store.put(an_object(number)))
    page = run(store.page(SESSIONS, Visibility(), replace(ALL, limit=120)))
    assert page.total == 130
    assert [o.body["id"] for o in page.objects] == [f"S{n}" for n in range(120)]


def test_a_writer_that_was_overtaken_judges_again(store: DynamoDbStore, monkeypatch):
    """Between its read and its write another writer puts a newer object: the late one is stale, not a winner."""
    real = store._write
    overtaken: list[bool] = []

    def overtake(candidate: StoredObject, created: str, known_revision: int) -> bool:
        if not overtaken:
            overtaken.append(True)
            real(an_object(last_updated=BEGIN + timedelta(hours=1), body={"winner": True}), created, known_revision)
        return real(candidate, created, known_revision)

    monkeypatch.setattr(store, "_write", overtake)
    assert run(store.put(an_object())) is PutOutcome.STALE
    assert run(store.find(an_object().key, Visibility())).body == {"winner": True}


def test_during_a_rotation_both_tokens_are_the_partners(store: DynamoDbStore):
    from infra.rotation.tokens import AccessTokens  # noqa: PLC0415 - the other writer of the table

    tokens: Any = AccessTokens(store._client, "access")
    tokens.accept("a" * 64, "acme", bootstrap=False)
    tokens.replace("a" * 64, "acme")
    tokens.accept("b" * 64, "acme", bootstrap=False)
    for token_hash in ("a" * 64, "b" * 64):
        found = run(store.registration_by_token(token_hash))
        assert (found.partner_id, found.token_hash, found.bootstrap) == ("acme", token_hash, False)
    tokens.replace("b" * 64, "acme")
    assert run(store.registration_by_token("a" * 64)) is None
    assert run(store.registration("acme")).token_hash == "b" * 64


def other_end(store: DynamoDbStore, token_hash: str) -> bool:
    """True for an accepted token that has an end."""
    key = {"pk": {"S": f"token#{token_hash}"}, "sk": {"S": "partner"}}
    return "expires_at" in store._client.get_item(TableName="access", Key=key)["Item"]


def test_the_token_that_a_partner_uses_stays_and_the_other_one_ends(store: DynamoDbStore):
    from infra.rotation.tokens import AccessTokens  # noqa: PLC0415 - the other writer of the table

    old, new = "a" * 64, "b" * 64
    tokens, registrations = AccessTokens(store._client, "access"), Registrations(store._client, "access")
    tokens.accept(old, "acme", bootstrap=False)
    tokens.replace(old, "acme")
    tokens.accept(new, "acme", bootstrap=False)
    for used, unused in ((old, new), (new, old), (new, old), (old, new)):
        registrations.settle(used, "acme")
        assert (other_end(store, used), other_end(store, unused)) == (False, True)
        assert tokens.current("acme") == used
    tokens.withdraw(new, "acme")
    registrations.settle(new, "acme")  # a token that is gone does not come back
    assert run(store.registration_by_token(new)) is None


def test_a_handshake_of_the_partner_ends_both_tokens_of_a_rotation(store: DynamoDbStore):
    from infra.rotation.tokens import AccessTokens  # noqa: PLC0415 - the other writer of the table

    tokens = AccessTokens(store._client, "access")
    tokens.accept("a" * 64, "acme", bootstrap=False)
    tokens.replace("a" * 64, "acme")
    tokens.accept("b" * 64, "acme", bootstrap=False)
    known = run(store.registration("acme"))
    assert run(store.save_registration(replace(known, token_hash="c" * 64)))
    found = {letter: run(store.registration_by_token(letter * 64)) for letter in "abc"}
    assert [letter for letter, registration in found.items() if registration] == ["c"]


def test_the_index_of_the_stack_is_the_one_that_is_asked(stack: Recorded):
    (index,) = stack.inputs("aws:dynamodb/table:Table", "objects")["globalSecondaryIndexes"]
    assert (index["name"], index["hashKey"], index["rangeKey"]) == ("by-creation", "collection", "created")
    assert index["nonKeyAttributes"] == ["owner", "tenant", "last_updated"]
