import json

import pytest

from scanner.ocpi.cut_off import readable_part


@pytest.mark.parametrize(
    "text, readable",
    [
        ('{"data": [{"id": "a,}", "more": {"x": 1, "y": "unfin,', {"data": [{"id": "a,}", "more": {"x": 1}}]}),
        ('[1, [2, {"a": "b\\"', [1, [2]]),
        ('{"a": 1}{"b": 2}', {"a": 1}),
        ('{"a', None),
        ("<html>", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_what_came_whole_is_read(text, readable):
    assert readable_part(text.encode()) == readable


@pytest.mark.parametrize("length", range(2, 60))
def test_wherever_it_is_cut_nothing_is_invented(length):
    whole = {"data": [{"id": "1", "b": [True, None, -1.5e3]}, {"c": "é\\"}]}
    part = readable_part(json.dumps(whole).encode()[:length])
    assert part is None or (isinstance(part, dict) and part.keys() <= {"data"})
