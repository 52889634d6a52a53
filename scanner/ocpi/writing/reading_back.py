"""What a platform gives back, against what it was sent: where do they differ in substance?"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from scanner.model.json_value import JsonValue

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?", re.ASCII)
_PLAIN: Final = frozenset({str, int, float, bool})
_FULL: Final = frozenset({dict, list})


class Absent:
    """Stands for a value that is not there."""


ABSENT = Absent()


def unlike(sent: JsonValue, read: JsonValue, pointer: str = "") -> Iterator[str]:
    """Pointers at which `read` differs from `sent`.

    Case of strings, spelling of numbers and dates, null against absent, the order of lists of words and of things with
    ids, and properties that the platform adds are no difference (CiString, DateTime: OCPI types).
    """
    match sent:
        case Mapping() if isinstance(read, Mapping):
            for name, value in sent.items():
                other = read.get(name)
                if not _same(value, other):
                    yield from unlike(value, other, f"{pointer}/{name}")
        case list() if isinstance(read, list) and len(read) == len(sent):
            for index, (one, other) in enumerate(zip(sent, _in_order_of(sent, read), strict=True)):
                if not _same(one, other):
                    yield from unlike(one, other, f"{pointer}/{index}")
        case _ if not _alike(sent, read):
            yield pointer


def _in_order_of(sent: list[JsonValue], read: list[JsonValue]) -> list[JsonValue]:
    """What was read in the order of what was sent, where each item is told by its word or id; else as it is."""
    names, found = [_name(item) for item in sent], {_name(item): item for item in read}
    if None in found or len(found) != len(read) or found.keys() != set(names) or len(set(names)) != len(names):
        return read
    return [found[name] for name in names]


def _name(item: JsonValue) -> str | None:
    if isinstance(item, Mapping):
        item = item.get("uid", item.get("id"))
    return item.casefold() if isinstance(item, str) else None


def value_at(document: JsonValue, pointer: str) -> JsonValue | Absent:
    """The value under a JSON pointer (RFC 6901); ABSENT where there is none."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value


def _same(sent: JsonValue, read: JsonValue) -> bool:
    """The quick look: most values come back as they were, objects and lists whole; True is not 1, nor within these."""
    kind = sent.__class__
    if kind is not read.__class__:
        return False
    return sent == read if kind in _PLAIN else kind in _FULL and _written_alike(sent, read)


def _written_alike(sent: JsonValue, read: JsonValue) -> bool:
    """Equal, and of the same kinds down to each number; false where that cannot be told at once (depth, surrogates)."""
    try:
        return sent == read and msgspec.json.encode(sent) == msgspec.json.encode(read)
    except (RecursionError, ValueError, OverflowError):
        return False


def alike(sent: JsonValue | Absent, read: JsonValue | Absent) -> bool:
    """True where both are there and are the same in substance."""
    if isinstance(sent, Absent) or isinstance(read, Absent):
        return False
    return not any(True for _ in unlike(sent, read))


def put_right(sent: JsonValue | Absent, read: JsonValue | Absent) -> bool:
    """True for a date that came back as the same instant in the form that OCPI asks for (types, DateTime)."""
    if not isinstance(sent, str) or not isinstance(read, str) or sent == read or not _DATE.fullmatch(read):
        return False
    instant = _instant(sent.strip())
    return instant is not None and instant == _instant(read)


def _alike(sent: JsonValue, read: JsonValue) -> bool:
    if sent is None or read is None or sent == [] or read == []:
        return sent in (None, []) and read in (None, [])
    if isinstance(sent, bool) or isinstance(read, bool):
        return sent is read
    if isinstance(sent, int | float) and isinstance(read, int | float):
        return sent == read or _close(sent, read)
    if isinstance(sent, str) and isinstance(read, str):
        return sent.casefold() == read.casefold() or (_instant(sent) or sent) == (_instant(read) or read)
    return False


def _close(sent: float, read: float) -> bool:
    try:
        return math.isclose(sent, read, rel_tol=1e-9, abs_tol=1e-9)
    except OverflowError:  # an integer beyond every float
        return False


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
