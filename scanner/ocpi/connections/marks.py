"""Values by which the message that an object came from can be told: two properties each, in every version."""

from collections.abc import Callable
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import JsonObject

Marks = dict[str, JsonValue]
_CURRENCIES: Final = ("EUR", "NOK", "SEK", "DKK")


def marks(class_name: str, number: int, former: JsonObject) -> Marks:
    """The two marks of message `number` (from 1); `former` is the object before all of them."""
    return _MARKS[class_name](number, former)


def can_be_marked(class_name: str) -> bool:
    """True for objects that change at all."""
    return class_name in _MARKS


def _session(number: int, former: JsonObject) -> Marks:
    before = former.get("kwh", 0)
    energy = float(before) if isinstance(before, int | float) else 0.0
    return {"kwh": energy + number, "meter_id": f"POSTURE-{number}"}


_MARKS: Final[dict[str, Callable[[int, JsonObject], Marks]]] = {
    "Location": lambda number, _former: {"address": f"POSTURE {number}", "city": f"POSTURE {number}"},
    "Session": _session,
    "Token": lambda number, _former: {"issuer": f"POSTURE {number}", "visual_number": f"POSTURE-{number}"},
    "Tariff": lambda number, _former: {
        "currency": _CURRENCIES[number % len(_CURRENCIES)],
        "tariff_alt_url": f"https://example.com/{number}",
    },
}
