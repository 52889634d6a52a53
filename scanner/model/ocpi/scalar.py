"""The scalar types of OCPI (chapter "types") as predicates: each says what is wrong with a value, or None."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from scanner.model.json_value import JsonValue

Complaint = str | None
URL_LENGTH: Final = 255
DATE_TIME_LENGTH: Final = 25

# Z or nothing: "+00:00 is not the same as UTC". Fractions as in 2.2 and later; 2.1.1 is silent about them.
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", re.ASCII)
_PRINTABLE_ASCII: Final = re.compile(r"[\x20-\x7e]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def _string(value: JsonValue) -> Complaint:
    if not isinstance(value, str):
        return "type"
    return "control characters" if _CONTROL.search(value) else None


def _ci_string(value: JsonValue) -> Complaint:
    if not isinstance(value, str):
        return "type"
    return None if _PRINTABLE_ASCII.fullmatch(value) else "not printable ASCII"


def _date_time(value: JsonValue) -> Complaint:
    if not isinstance(value, str):
        return "type"
    if not _DATE_TIME.fullmatch(value):
        return "not an OCPI DateTime"
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return "no such date"
    return None


def _url(value: JsonValue) -> Complaint:
    if not isinstance(value, str):
        return "type"
    if _CONTROL.search(value):
        return "control characters"  # urlsplit drops some of them without a word
    try:
        parts = urlsplit(value)
    except ValueError:
        return "not a URL"
    return None if parts.scheme and (parts.netloc or parts.path) and " " not in value else "not a URL"


def _number(value: JsonValue) -> Complaint:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "type"
    return None if isinstance(value, int) or math.isfinite(value) else "not a finite number"


def _int(value: JsonValue) -> Complaint:
    if isinstance(value, float) and value.is_integer():
        return None  # JSON has one kind of number: 16.0 is 16
    return "type" if isinstance(value, bool) or not isinstance(value, int) else None


def _boolean(value: JsonValue) -> Complaint:
    return None if isinstance(value, bool) else "type"


SCALARS: Final[dict[str, Callable[[JsonValue], Complaint]]] = {
    "string": _string,
    "CiString": _ci_string,
    "DateTime": _date_time,
    "URL": _url,
    "number": _number,
    "int": _int,
    "boolean": _boolean,
}
LENGTHS: Final = {"URL": URL_LENGTH, "DateTime": DATE_TIME_LENGTH}
