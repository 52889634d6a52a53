"""JSON as RFC 8259 has it, and nothing that two parsers could read differently.

Refused: a byte order mark, invalid UTF-8, duplicate member names, NaN and Infinity, numbers beyond a double, data after
the value, nesting deeper than `MAX_DEPTH`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

MAX_DEPTH: Final = 32
_MAX_DIGITS: Final = 20  # characters of an integer: beyond 64 bit JSON readers stop agreeing
# possessive, and matching an unterminated string too: one pass over hostile input, never a second try
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.?)*+"?', re.DOTALL)
_BRACKET: Final = re.compile(r"[\[\]{}]")
JsonObject = dict[str, Any]


class InvalidJsonError(ValueError):
    """The bytes are not JSON that this service reads; the text says why and quotes nothing."""


def parse_json(data: bytes) -> Any:  # noqa: ANN401 - a JSON value has no narrower type
    """The value in `data`. Raises InvalidJsonError."""
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        raise InvalidJsonError("the body is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise InvalidJsonError("the body starts with a byte order mark")
    _check_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
        )
    except InvalidJsonError:
        raise
    except (ValueError, RecursionError):
        raise InvalidJsonError("the body is not valid JSON") from None


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_outside_strings(text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise InvalidJsonError("the body is nested too deeply")


def _outside_strings(text: str) -> str:
    """An unterminated string goes to the end."""
    return _STRING.sub("", text) if "\\" in text else "".join(text.split('"')[::2])


def _unique(pairs: list[tuple[str, Any]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidJsonError("an object has the same member name twice")
    return members


def _no_constant(_: str) -> NoReturn:
    raise InvalidJsonError("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidJsonError("a number is out of range")
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise InvalidJsonError("a number is out of range")
    return int(text)
