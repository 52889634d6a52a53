"""A platform that hands out one of our own words as a token takes no record apart."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.gate.journal import FILE_NAME, Journal, read_journal
from scanner.gate.known_secrets import SHORTEST
from scanner.gate.own_words import is_own_word
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.gate.registration import Registrations
from scanner.gate.vault import TokenVault
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.intent import HttpIntent
from scanner.model.leftover import Leftover
from scanner.model.secret import Secret
from scanner.run.leftovers import left_behind

SCHEMA = Path(__file__).parents[3] / "reports" / "schemas" / "posture.schema.json"
LEFT = Leftover(what="an object", environment="test", identity="us", undo_method="DELETE", undo_url="https://a/x")


def words_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in (*schema.get("enum", ()), schema.get("const")) if isinstance(word, str))
        for inner in schema.values():
            yield from words_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from words_of(inner)


def test_every_word_of_a_report_is_known():
    words = {word for word in words_of(json.loads(SCHEMA.read_text())) if len(word) >= SHORTEST}
    assert len(words) > 50
    assert [word for word in sorted(words) if not is_own_word(word)] == []


@pytest.mark.parametrize("kind", [Leftover, Exchange])
def test_the_names_of_what_the_model_keeps_are_known_however_it_is_made(kind):
    assert [name for name in inspect.get_annotations(kind) if not is_own_word(name)] == []


def test_an_ordinary_token_is_none_of_them():
    assert not any(map(is_own_word, ("e7b1c2d3f4a5", "supersecret-token", "environment-1")))


@pytest.mark.parametrize("token", ["undo_method", "environment", "Identity", "nvironmen", "effect_x"])
def test_what_was_left_behind_is_known_whatever_the_platform_hands_out(tmp_path, token):
    redactor = Redactor()
    journal = Journal(tmp_path / FILE_NAME, redactor)
    record = IntentRecord(journal)
    desk = Registrations(vault=TokenVault({}), redactor=redactor, record=record, rescue=tmp_path, stop=lambda _: None)
    desk.learn(Secret(token))
    intent = HttpIntent(
        effect=Effect.WRITE,
        environment="test",
        probe="p",
        purpose="write",
        method="PUT",
        url="https://a/x",
        leaves=(LEFT,),
    )
    record.note(intent, {"method": "PUT"})
    journal.close()
    (left,) = left_behind(read_journal(tmp_path / FILE_NAME))
    assert left.leftover == LEFT
    assert token not in redactor.text(json.dumps({"token": token}))
