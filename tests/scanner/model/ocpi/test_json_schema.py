import copy
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from scanner.model.ocpi.builder import build
from scanner.model.ocpi.json_schema import json_schema
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.ocpi.validator import validate
from scanner.model.party import Party

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PARTY = Party(country_code="NL", party_id="TNM")
KINDS = [(version, name) for version in VERSIONS for name in sorted(specification(version).classes)]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 16.0, 16.5, 123456, -123456, 10**400, 1e308),
    *("", " ", "x" * 40, "x" * 6000, "a\nb", "a\n", "\x7f", "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "\u202e"),
    *("2026-01-01T00:00:00", "2026-01-01T00:00:00Z\n", "2026-01-01T00:00:00+00:00", "2026-01-01"),
    *("https://h/x", "https://h/a b", "//h", "h", "AVAILABLE", "mailto:a@b"),
    *([], {}, [None], [{}], [1], ["AVAILABLE"], [[]], {"id": 1}),
]


@cache
def schema_of(version, name):
    return Draft4Validator(json_schema(version, name))


def refused(version, name, value):
    return not schema_of(version, name).is_valid(value)


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def replaced(value, path, new):
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return value


@pytest.mark.parametrize("version, name", KINDS)
def test_every_schema_is_one_and_takes_what_is_valid(version, name):
    schema = json_schema(version, name)
    Draft4Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    for full in (True, False):
        assert not refused(version, name, build(version, name, seed="s", party=PARTY, now=NOW, full=full))


@pytest.mark.parametrize("version, name", KINDS)
@settings(max_examples=10)
@given(data=st.data())
def test_schema_and_validator_refuse_the_same(version, name, data):
    value = build(version, name, seed="s", party=PARTY, now=NOW)
    path = data.draw(st.sampled_from([path for path in places(value) if path]))
    changed = replaced(value, path, data.draw(st.sampled_from(ODD)))
    assert refused(version, name, changed) == bool(list(validate(version, name, changed)))


@pytest.mark.parametrize("version", VERSIONS)
def test_each_required_property_is_required(version):
    for name in ("Location", "Tariff", "CDR", "Token"):
        value = build(version, name, seed="s", party=PARTY, now=NOW)
        for key in value:
            rest = {other: held for other, held in value.items() if other != key}
            assert refused(version, name, rest) == bool(list(validate(version, name, rest)))


def test_unknown_fields_are_allowed_at_every_depth():
    schema = json.dumps(json_schema("2.2.1", "Location"))
    assert "additionalProperties" not in schema


def test_a_closed_enumeration_is_closed_and_an_open_one_is_not():
    token = {**build("2.2.1", "Token", seed="s", party=PARTY, now=NOW), "type": "NFC_RING"}
    assert refused("2.2.1", "Token", token)
    assert not refused("2.3.0", "Token", token)


def test_a_partial_object_may_lack_its_own_properties_and_none_below():
    schema = Draft4Validator(json_schema("2.2.1", "EVSE", partial=True))
    assert schema.is_valid({"status": "REMOVED"})
    assert not schema.is_valid({"status": "OPEN"})
    assert not schema.is_valid({"connectors": [{"id": "1"}]})


def test_what_a_schema_cannot_say():
    token = build("2.2.1", "Token", seed="s", party=PARTY, now=NOW, last_updated="2026-02-30T00:00:00Z")
    assert not refused("2.2.1", "Token", token)
    assert [found.pointer for found in validate("2.2.1", "Token", token)] == ["/last_updated"]
