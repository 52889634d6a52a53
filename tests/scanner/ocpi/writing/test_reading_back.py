"""What comes back is compared in substance, not in spelling."""

import pytest

from scanner.model.json_value import JsonValue
from scanner.ocpi.writing.reading_back import ABSENT, alike, put_right, unlike, value_at

SENT: dict[str, JsonValue] = {
    "id": "LOC-1",
    "kwh": 10.5,
    "last_updated": "2026-11-21T10:00:00Z",
    "evses": [{"uid": "A", "connectors": []}],
    "name": None,
    "valid": True,
}


@pytest.mark.parametrize(
    "read",
    [
        {**SENT, "id": "loc-1"},
        {**SENT, "kwh": 10.50},
        {**SENT, "last_updated": "2026-11-21T10:00:00.000+00:00"},
        {**SENT, "last_updated": "2026-11-21T10:00:00"},
        {**SENT, "evses": [{"uid": "A"}]},
        {**SENT, "surplus": 1},
        {name: value for name, value in SENT.items() if name != "name"},
    ],
)
def test_case_spelling_absence_and_additions_are_no_difference(read):
    assert list(unlike(SENT, read)) == []


@pytest.mark.parametrize(
    "read, pointer",
    [
        ({**SENT, "kwh": "10.5"}, "/kwh"),
        ({**SENT, "kwh": 10**400}, "/kwh"),
        ({**SENT, "valid": 1}, "/valid"),
        ({**SENT, "last_updated": "2026-11-21T10:00:01Z"}, "/last_updated"),
        ({**SENT, "evses": [{"uid": "B"}]}, "/evses/0/uid"),
        ({**SENT, "evses": []}, "/evses"),
        ({**SENT, "name": ""}, "/name"),
        ({name: value for name, value in SENT.items() if name != "id"}, "/id"),
    ],
)
def test_another_value_is_named_by_its_pointer(read, pointer):
    assert list(unlike(SENT, read)) == [pointer]


def test_a_value_is_found_by_its_pointer_and_absence_is_no_null():
    document = {"a/b": {"~": [1, None]}}
    assert value_at(document, "/a~1b/~0/0") == 1
    assert value_at(document, "/a~1b/~0/1") is None
    assert value_at(document, "/a~1b/~0/2") is ABSENT
    assert value_at(document, "/a~1b/x") is ABSENT
    assert value_at(document, "") == document


@pytest.mark.parametrize(
    "sent", ["2026-11-21T10:00:00+00:00", "2026-11-21T11:00:00+01:00", "2026-11-21 10:00:00Z", "20261121T100000Z"]
)
def test_a_date_is_put_right_when_it_comes_back_as_the_same_instant_in_the_form_of_ocpi(sent):
    assert put_right(sent, "2026-11-21T10:00:00Z")


@pytest.mark.parametrize(
    "sent, read",
    [
        ("2026-11-21T11:00:00+01:00", "2026-11-21T11:00:00+01:00"),
        ("2026-11-21T11:00:00+01:00", "2026-11-21T11:00:00Z"),
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
        ("yesterday", "2026-11-21T10:00:00Z"),
        (1763719200, "2026-11-21T10:00:00Z"),
        ("2026-11-21T10:00:00Z", ABSENT),
    ],
)
def test_a_date_that_was_kept_moved_or_replaced_was_not_put_right(sent, read):
    assert not put_right(sent, read)


def test_what_is_absent_is_like_nothing():
    assert alike("DE-1", "de-1")
    assert not alike("DE-1", ABSENT)
    assert not alike(ABSENT, ABSENT)


def test_lists_of_words_and_of_things_with_ids_have_no_order():
    sent: dict[str, JsonValue] = {
        "capabilities": ["RESERVABLE", "RFID_READER"],
        "evses": [{"uid": "1", "a": 1}, {"uid": "2", "a": 2}],
    }
    read: dict[str, JsonValue] = {
        "capabilities": ["RFID_READER", "RESERVABLE"],
        "evses": [{"uid": "2", "a": 2}, {"uid": "1", "a": 1}],
    }
    assert not list(unlike(sent, read))
    assert list(unlike(sent, {**read, "capabilities": ["RFID_READER", "RFID_READER"]}))
    assert list(unlike(sent, {**read, "evses": [{"uid": "2", "a": 1}, {"uid": "1", "a": 2}]})) == [
        "/evses/0/a",
        "/evses/1/a",
    ]
    assert list(unlike({"elements": [{"a": 1}, {"a": 2}]}, {"elements": [{"a": 2}, {"a": 1}]}))
