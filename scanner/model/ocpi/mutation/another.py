"""Another value of the same type: what a second key, or a contradicting identity, may say without breaking a type."""

from datetime import UTC, datetime, timedelta
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.circumstances import stamp
from scanner.model.ocpi.mutation.place import Place, Shape

_SECOND: Final = timedelta(seconds=1)


def another(place: Place) -> JsonValue:
    """A value that differs from the one at the place, of the same type and within its length.

    Not for objects: their properties have others each.
    """
    value = place.value
    match place.shape:
        case Shape.ENUM:
            words = sorted(place.enumeration.values) if place.enumeration else []
            return next((word for word in words if word != value), "OTHER")
        case Shape.DATE_TIME:
            return _moved(value)
        case Shape.BOOLEAN:
            return not value
        case Shape.NUMBER | Shape.INT:
            return 2 if value == 1 else 1
        case Shape.LIST:
            items = list(value) if isinstance(value, list | tuple) else []
            return [*items, *items[:1]]
        case _:
            return _other_text(value)


def _other_text(value: JsonValue) -> str:
    text = value if isinstance(value, str) and value else "A"
    return text[:-1] + ("Z" if text[-1] != "Z" else "Y")


def _moved(value: JsonValue) -> str:
    try:
        return stamp(datetime.fromisoformat(str(value).removesuffix("Z")).replace(tzinfo=UTC) - _SECOND)
    except ValueError:
        return "2020-01-01T00:00:00Z"
