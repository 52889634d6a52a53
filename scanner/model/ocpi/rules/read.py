"""Typed reading: what is absent, null or of another type is None or empty, so that a rule steps aside.

Whether a value has its type is the validator's matter (scanner.model.ocpi.validator). `dict` stands before
`Mapping`, and lists are made whole, for speed: these functions run a hundred times for a CDR.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.scalar import SCALARS

JsonObject = Mapping[str, JsonValue]
_is_date_time = SCALARS["DateTime"]


def text(of: JsonObject, key: str) -> str | None:
    """A string."""
    found = of.get(key)
    return found if isinstance(found, str) else None


def number(of: JsonObject, key: str) -> float | None:
    """A finite number."""
    found = of.get(key)
    if found is None or isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    try:
        value = float(found)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def flag(of: JsonObject, key: str) -> bool | None:
    """A boolean."""
    found = of.get(key)
    return found if isinstance(found, bool) else None


def moment(of: JsonObject, key: str) -> datetime | None:
    """A DateTime, in UTC whether it says so or not."""
    found = of.get(key)
    return _moment(found) if isinstance(found, str) else None


@lru_cache(maxsize=4096)  # several rules read the same timestamp
def _moment(value: str) -> datetime | None:
    if _is_date_time(value) is not None:
        return None
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def inner(of: JsonObject, key: str) -> JsonObject | None:
    """An object."""
    found = of.get(key)
    return found if found is not None and isinstance(found, (dict, Mapping)) else None


def items(of: JsonObject, key: str) -> list[tuple[str, JsonObject]]:
    """The objects of a list, each with its relative pointer."""
    found = of.get(key)
    if not isinstance(found, (list, tuple)):
        return []
    return [(f"/{key}/{place}", item) for place, item in enumerate(found) if isinstance(item, (dict, Mapping))]


def texts(of: JsonObject, key: str) -> list[tuple[str, str]]:
    """The strings of a list, each with its relative pointer."""
    found = of.get(key)
    if not isinstance(found, (list, tuple)):
        return []
    return [(f"/{key}/{place}", item) for place, item in enumerate(found) if isinstance(item, str)]


def folded(value: str) -> str:
    """A CiString in the one form in which two of them are compared."""
    return value.lower()
