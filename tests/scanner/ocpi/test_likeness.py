import pytest

from scanner.ocpi.likeness import holds_ocpi
from tests.targets.odd_objects import objects_of


def nested(depth, item):
    for _ in range(depth):
        item = {"more": [item]}
    return item


@pytest.mark.parametrize("module", ["locations", "sessions", "tariffs"])
@pytest.mark.parametrize("depth", [0, 1, 5])
def test_an_object_is_found_under_whatever_key_it_stands(module, depth):
    assert holds_ocpi({"status_code": 2000, "data": nested(depth, objects_of("2.2.1", module)[0])})


@pytest.mark.parametrize(
    "document",
    [
        {"status_code": 2000, "status_message": "no", "timestamp": "2026-01-01T00:00:00Z"},
        {"errors": [{"id": "1", "status": "401", "code": "x", "title": "no", "detail": "no"}]},
        {"error": {"user": {"id": "1", "name": "n"}, "help": {"url": "https://x", "version": "1", "text": ""}}},
        {"data": {"token": None}},
        nested(400, {}),
        ["LOC1"] * 100_000,
    ],
)
def test_an_error_that_tells_its_story_is_no_object(document):
    assert not holds_ocpi(document)


def test_a_list_of_versions_is_known_by_exactly_its_own_names():
    assert holds_ocpi({"help": [{"version": "2.2.1", "url": "https://h/2.2.1"}]})
