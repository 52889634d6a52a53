import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import _UNSHOWABLE, SHOWN_CHARACTERS, STORED_CHARACTERS, one_line, storable, visible
from tests.reports.hostile import ENDLESS, INVISIBLE

NASTY = st.text(alphabet=st.characters(), max_size=60)


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_hides_or_reverses_is_named_by_its_number(text):
    shown = visible(text)
    assert "⟨U+" in shown
    assert not set(shown) & set("\x1b\x00\x07\x08\u202e\u200b\u2028\u2066\ufeff")


def test_what_is_fit_to_read_stays_as_it_is():
    text = "Zürich 北京 naïve “quoted” 🚗\n\ttabbed"
    assert visible(text) == text


def test_an_endless_text_is_cut_and_its_length_said():
    shown = visible(ENDLESS)
    assert shown.startswith("A" * SHOWN_CHARACTERS)
    assert shown.endswith("… (cut: 5,000,000 characters)")


def test_one_line_has_no_line_break():
    assert one_line("a\n  b\r\nc\td") == "a b⟨U+000D⟩ c d"


@given(NASTY)
def test_what_is_shown_can_always_be_written(text):
    visible(text).encode("utf-8")
    one_line(text).encode("utf-8")


def test_a_document_becomes_storable_at_every_depth():
    document: Any = {"k\ud800": ["\udfff", {"deep": ENDLESS}], "n": 1, "none": None, "yes": True, "f": 1.5}
    stored: Any = storable(document)
    assert stored["k\ufffd"][0] == "\ufffd"
    assert len(stored["k\ufffd"][1]["deep"]) < STORED_CHARACTERS + 60
    assert (stored["n"], stored["none"], stored["yes"], stored["f"]) == (1, None, True, 1.5)


def test_no_character_that_counts_as_printable_is_one_that_hides_or_moves_something():
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert len(printable) > 100_000
    assert visible(printable, len(printable)) == _UNSHOWABLE.sub("?", printable) == printable
