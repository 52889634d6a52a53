"""A simulated Charge Point: what it can do, and what it says, by what its EVSE object says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.service.strict_json import JsonObject

_CAPABILITY: Final[Mapping[str, str]] = {
    "START_SESSION": "REMOTE_START_STOP_CAPABLE",
    "RESERVE_NOW": "RESERVABLE",
    "UNLOCK_CONNECTOR": "UNLOCK_CAPABLE",
}
_BROKEN: Final = frozenset({"INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "UNKNOWN"})
_TAKEN: Final = frozenset({"BLOCKED", "CHARGING", "RESERVED"})


def find_evse(location: JsonObject, uid: str | None) -> JsonObject | None:
    """The EVSE with that uid; the first one when none is named."""
    evses = location.get("evses") or []
    if uid is None:
        return evses[0] if evses else None
    return next((evse for evse in evses if evse["uid"].lower() == uid.lower()), None)


def has_connector(evse: JsonObject, connector_id: str | None) -> bool:
    """True when no connector is named, or the EVSE has it."""
    return connector_id is None or any(c["id"].lower() == connector_id.lower() for c in evse["connectors"])


def can(evse: JsonObject, command: str) -> bool:
    """True when the EVSE has the capability that the command needs."""
    return _CAPABILITY.get(command) in (None, *evse.get("capabilities", ()))


def result(evse: JsonObject, command: str, *, new_words: bool) -> str:
    """CommandResultType, or the fewer words of 2.1.1. A connector may be unlocked whatever its EVSE does."""
    if evse["status"] in _BROKEN:
        return "EVSE_INOPERATIVE" if new_words else "REJECTED"
    if evse["status"] in _TAKEN and command != "UNLOCK_CONNECTOR":
        return occupied(new_words=new_words)
    return "ACCEPTED"


def occupied(*, new_words: bool) -> str:
    """What it says where another driver is charging."""
    return "EVSE_OCCUPIED" if new_words else "REJECTED"
