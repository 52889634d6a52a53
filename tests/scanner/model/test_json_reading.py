import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.json_reading import read_json

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=())))
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)))
TOKENS = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"a"', b"1", b"-0", b"1e999", b"NaN", b" ", b"\x00", b"\xff"]
)


def read_slowly(text):
    try:
        return repr(json.loads(text.decode("utf-8-sig")))
    except ValueError:
        return None


def read(text):
    try:
        return repr(read_json(text))
    except ValueError:
        return None


@given(DOCUMENTS, st.booleans())
def test_whatever_is_written_is_read_alike(document, ascii_only):
    text = json.dumps(document, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    assert read(text) == read_slowly(text)


@given(st.one_of(st.binary(max_size=20), st.lists(TOKENS, max_size=12).map(b"".join)))
def test_whatever_is_no_json_is_refused_alike(text):
    assert read(text) == read_slowly(text)


def test_what_only_the_standard_library_takes_is_read():
    assert read_json(b'\xef\xbb\xbf["\\ud800", Infinity]') == ["\ud800", math.inf]


def test_what_is_nested_too_deeply_is_said_to_be():
    with pytest.raises(RecursionError):
        read_json(b"[" * 100_000)
