from typing import Any

import pytest

from scanner.ocpi.mutation.held import part_of

PLACE: Any = {
    "id": "L",
    "evses": ["odd", {"uid": "E-1", "connectors": [{"id": "1"}, {"id": "2", "standard": "CHADEMO"}]}],
}


@pytest.mark.parametrize(
    "ids, found",
    [
        (["e-1"], PLACE["evses"][1]),
        (["E-1", "2"], {"id": "2", "standard": "CHADEMO"}),
        (["E-1", "3"], None),
        (["E-2"], None),
        (["E-2", "1"], None),
    ],
)
def test_a_part_is_found_in_its_location_by_its_ids(ids, found):
    assert part_of(PLACE, ids) == found


@pytest.mark.parametrize("location", [None, [], "text", {"evses": None}, {"evses": {"uid": "E-1"}}])
def test_what_is_no_location_has_no_parts(location):
    assert part_of(location, ["E-1"]) is None
