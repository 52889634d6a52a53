"""What comes back is compared in substance, not in spelling."""

import pytest

from scanner.ocpi.writing.reading_back import ABSENT, unlike, value_at

SENT = {
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
