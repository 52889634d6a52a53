"""What can still be read of JSON that was cut off, or that does not end as it should."""

import json
import re
from typing import Final

from scanner.model.json_value import JsonValue

_HEAD: Final = 65_536  # bytes that are looked at
_DEEPEST: Final = 200
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[\[\]{},]', re.DOTALL)
_CLOSING: Final = {"[": "]", "{": "}"}


def readable_part(body: bytes) -> JsonValue:
    """The first whole values of a body, with all that was open closed behind them; None where it is no JSON."""
    text = body[:_HEAD].decode("utf-8-sig", "replace").lstrip()
    if not text.startswith(("[", "{")):
        return None
    end, open_there = 0, ""
    closing = ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in _CLOSING:
            closing = _CLOSING[mark] + closing
        elif mark in {"]", "}"}:
            closing = closing[1:]
            end, open_there = token.end(), closing
        elif mark == ",":
            end, open_there = token.start(), closing
        if not closing or len(closing) > _DEEPEST:
            break
    return _parsed(text[:end] + open_there)


def _parsed(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
