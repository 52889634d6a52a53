from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.service.strict_json import MAX_DEPTH, InvalidJsonError, parse_json

FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FINITE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(JSON, st.booleans())
def test_what_is_json_is_read_as_it_is(value: object, ascii_only: bool):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")) == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_refusal(data: bytes):
    try:
        value = parse_json(data)
    except InvalidJsonError:
        return
    assert json.loads(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf{}",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1,"\\u0061":2}',
        b"NaN",
        b'{"a":Infinity}',
        b"[-Infinity]",
        b"1e400",
        b"[-1e999]",
        b"1" * 21,
        b"-" + b"9" * 5000,
        b"{} {}",
        b"{}x",
        b"[1,]",
        b"{'a':1}",
        b"// c\n{}",
        b'"\x00"',
        b'"\xff"',
        b"\xff\xfe{\x00}\x00",
        "{}".encode("utf-16"),
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * 200_000,
        b"[" * 500_000,
    ],
)
def test_what_two_parsers_may_read_differently_is_refused(data: bytes):
    with pytest.raises(InvalidJsonError):
        parse_json(data)


def test_brackets_in_strings_are_not_depth():
    assert parse_json(b'["' + b"[{" * 100 + b'"]') == ["[{" * 100]
    assert parse_json(b'["\\"[[[[", "\\\\", [' + b"[" * (MAX_DEPTH - 2) + b"]" * (MAX_DEPTH - 2) + b"]]")
    assert parse_json(b"[" + b'{"a]}":[[]]},' * MAX_DEPTH + b"{}]")


@pytest.mark.parametrize("text", ["]}", '\\"]}', "\\\\"])
def test_what_closes_in_a_string_closes_nothing(text: str):
    member = f'"{text}":'
    with pytest.raises(InvalidJsonError, match="nested too deeply"):
        parse_json((f"{{{member}[" * (MAX_DEPTH // 2 + 1) + "]}" * (MAX_DEPTH // 2 + 1)).encode())


@pytest.mark.parametrize("data", [b'\\"' * 500_000, b'"' + b"\\" * 1_000_000, b'"a' * 300_000, b'{"' * 300_000])
def test_hostile_bytes_take_no_time(data: bytes):
    started = time.process_time()
    with pytest.raises(InvalidJsonError):
        parse_json(data)
    assert time.process_time() - started < 2  # of the processor: others may be busy
