"""What was counted is told in words: `2 of 3 messages`, so a unit is one noun that takes its plural at its end."""

import re
from pathlib import Path

import pytest

import checks

UNIT = re.compile(r'unit=f?"([^"]+)"')
UNITS = sorted({u for path in Path(checks.__path__[0]).rglob("*.py") for u in UNIT.findall(path.read_text())})


def test_there_are_units():
    assert "request" in UNITS


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_singular_and_ends_with_its_noun(unit):
    words = unit.split()
    assert not {"of", "on", "at", "to", "that"} & set(words)
    assert words[-1].endswith("ss") or not words[-1].endswith("s")
