import pytest

from scanner.model.json_value import JsonValue
from scanner.ocpi.transitions.step import differences

BEFORE: dict[str, JsonValue] = {"id": "1", "kwh": 1.0, "status": "ACTIVE", "seen_at": "2026-01-01T00:00:00Z"}
KNOWN = ("id", "kwh", "status", "end_date_time")


def test_an_object_that_came_or_went_differs_as_a_whole():
    assert differences(None, BEFORE, KNOWN) == ("",)
    assert differences(BEFORE, None, KNOWN) == ("",)
    assert differences(None, None, KNOWN) == ()


@pytest.mark.parametrize(
    "after, changed",
    [
        ({**BEFORE}, ()),
        ({**BEFORE, "status": "active", "kwh": 1}, ()),
        ({**BEFORE, "kwh": 2.0}, ("/kwh",)),
        ({**BEFORE, "end_date_time": "2026-01-01T00:00:00Z"}, ("/end_date_time",)),
        ({"id": "1", "status": "ACTIVE"}, ("/kwh",)),
        ({**BEFORE, "seen_at": "2026-01-02T00:00:00Z"}, ()),  # of the platform, not of the object that was sent
    ],
)
def test_what_reads_otherwise_is_named(after, changed):
    assert differences(BEFORE, after, KNOWN) == changed
