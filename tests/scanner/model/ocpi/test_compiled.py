import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi import validator
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.compiled import sound
from scanner.model.ocpi.specification import VERSIONS, specification
from scanner.model.party import Party

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PARTY = Party(country_code="NL", party_id="TNM")
KINDS = [(version, name) for version in VERSIONS for name in sorted(specification(version).classes)]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 16.0, 16.5, 10**400, -(10**400), 123456, 1e308, float("nan"), float("inf")),
    *("", " ", "x" * 40, "x" * 6000, "a\nb", "\x7f", "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "\ud800", "\u202e"),
    *("2026-02-29T00:00:00Z", "2026-01-01T00:00:00", "0000-01-01T00:00:00Z", "2026-01-31T24:00:00Z"),
    *("2026-01-01T00:00:00Z\n", "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+00:00"),
    *("https://h/x", "HTTPS://h:1/x?y#z", "https://[::1]/", "https://[/", "mailto:a@b", "https://h/a b", "//h", "h"),
    *("\N{ARABIC-INDIC DIGIT ONE}026-01-01T00:00:00Z", "https://h/" + "x" * 300),
    *([], {}, (), [None], [{}], [1], ["AVAILABLE"], [[]], {"id": 1}, ("a",)),
]


@pytest.fixture(scope="module", autouse=True)
def _slow_all_the_way():
    """The validator without its short cut, so that the two are independent of each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validator, "sound", lambda *_: lambda _: False)
        validator._class_validator.cache_clear()
        yield
    validator._class_validator.cache_clear()


def exact(version, name, value):
    return list(validator.validate(version, name, value))


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return value


@pytest.mark.parametrize("version, name", KINDS)
def test_what_is_built_is_seen_as_sound_at_once(version, name):
    assert sound(version, name)(build(version, name, seed="s", party=PARTY, now=NOW))


@pytest.mark.parametrize("version, name", [k for k in KINDS if k[1] in {"CDR", "Location", "Tariff", "Token", "Hours"}])
@settings(max_examples=60)
@given(data=st.data())
def test_nothing_is_called_sound_in_which_the_validator_finds_a_fault(version, name, data):
    value = build(version, name, seed="s", party=PARTY, now=NOW)
    path = data.draw(st.sampled_from(sorted(places(value), key=str)))
    changed = replaced(value, path, data.draw(st.sampled_from(ODD)))
    assert not (sound(version, name)(changed) and exact(version, name, changed))


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:40])
@pytest.mark.parametrize("name, key", [("Connector", "max_voltage"), ("Image", "width"), ("Image", "url")])
@pytest.mark.parametrize("version", ["2.2.1"])
def test_odd_values_get_the_same_word_from_both(version, name, key, odd):
    changed = {**build(version, name, seed="s", party=PARTY, now=NOW), key: odd}
    if sound(version, name)(changed):
        assert exact(version, name, changed) == []
    if exact(version, name, changed):
        assert not sound(version, name)(changed)


def test_an_unusual_value_is_left_to_the_validator():
    connector = {**build("2.2.1", "Connector", seed="s", party=PARTY, now=NOW), "max_voltage": 230.0}
    assert not sound("2.2.1", "Connector")(connector)
    assert exact("2.2.1", "Connector", connector) == []


def test_the_short_cut_hides_no_fault_below_it():
    location = build("2.3.0", "Location", seed="s", party=PARTY, now=NOW)
    path = ("evses", 1, "connectors", 0, "last_updated")
    changed = replaced(location, path, "yesterday")
    slow = exact("2.3.0", "Location", changed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validator, "sound", sound)
        validator._class_validator.cache_clear()
        quick = exact("2.3.0", "Location", changed)
    validator._class_validator.cache_clear()
    assert [found.pointer for found in quick] == ["/evses/1/connectors/0/last_updated"]
    assert quick == slow


def test_a_class_that_is_not_known_is_an_error():
    with pytest.raises(KeyError):
        sound("2.1.1", "CdrToken")
