"""JSON of others, read fast, and as the standard library reads it."""

import json

import msgspec

from scanner.model.json_value import JsonValue


def read_json(text: bytes) -> JsonValue:
    """A document in UTF-8. What only the standard library takes is left to it: NaN, half a surrogate pair, a BOM.

    Raises: ValueError, RecursionError.
    """
    try:
        value: JsonValue = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = json.loads(text.decode("utf-8-sig"))
    return value
