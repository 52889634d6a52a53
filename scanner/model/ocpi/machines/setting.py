"""An edge's settings laid over an object: what a step of a scenario sends."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.machines.machine import Sets, Tag, Value

_YEAR: Final = timedelta(days=365)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What tags stand for. `former`: the object as it was sent before; `now` is UTC; `new_id`: never used before."""

    former: Mapping[str, JsonValue]
    now: datetime
    other_party: str
    new_id: str


def with_sets(value: Mapping[str, JsonValue], sets: Sets, setting: Setting) -> dict[str, JsonValue]:
    """A copy of an object in which each pointer stands for what the edge sets; what is on the way has to exist.

    Raises: KeyError or IndexError where a pointer leads through what the object does not have.
    """
    changed: dict[str, Any] = deepcopy(dict(value))
    for pointer, wanted in sets.items():
        *way, last = pointer.split("/")[1:]
        inner: Any = changed
        for part in way:
            inner = inner[int(part)] if part.isdigit() else inner[part]
        if wanted is Tag.LEFT_OUT:
            inner.pop(last, None)
        else:
            inner[int(last) if last.isdigit() else last] = _value(pointer, wanted, setting)
    return changed


def _value(pointer: str, wanted: Value, setting: Setting) -> JsonValue:
    if not isinstance(wanted, Tag):
        return wanted
    moments = {Tag.NOW: setting.now, Tag.PAST: setting.now - _YEAR, Tag.FUTURE: setting.now + _HOUR}
    moments[Tag.EARLIER] = setting.now - _HOUR
    if wanted in moments:
        return moments[wanted].strftime("%Y-%m-%dT%H:%M:%SZ")
    if wanted is Tag.SAME_ID:
        return setting.former["reservation_id" if pointer == "/reservation_id" else "id"]
    if wanted in {Tag.NEGATED, Tag.MORE}:
        amount = float(_former(pointer, setting))
        return -amount if wanted is Tag.NEGATED else amount + 1
    return setting.other_party if wanted is Tag.OTHER_PARTY else setting.new_id


def _former(pointer: str, setting: Setting) -> Any:  # noqa: ANN401 - whatever JSON has there
    inner: Any = setting.former
    for part in pointer.split("/")[1:]:
        inner = inner[int(part)] if part.isdigit() else inner[part]
    return inner
