"""What a command or charging profile is about, as the gate reads it: nothing that exists, or one EVSE by name."""

import json
from typing import Final
from urllib.parse import urlsplit

from scanner.model.intent import HttpIntent

MADE_UP: Final = "POSTURE-"  # ids of our own objects and of none begin so
_NAMES: Final = ("location_id", "evse_uid", "session_id")
_ANY_OF: Final = ("location_id", "session_id")
_PROFILES: Final = "chargingprofiles"
_OF_PROFILES: Final = frozenset({"PUT", "DELETE"})


def about_nothing(intent: HttpIntent) -> bool:
    """True for a POST about a location or session that is made up, and for the result of a made-up request.

    Every id in it that could lead to hardware has to be made up; what cannot be read is not about nothing.
    """
    if _is_of_profiles(intent):
        return urlsplit(intent.url).path.rpartition("/")[2].startswith(MADE_UP)
    document = _document(intent)
    if document is None:
        return False
    named = [document[name] for name in _NAMES if name in document]
    if not all(isinstance(value, str) and value.startswith(MADE_UP) for value in named):
        return False
    is_result = "result" in document and urlsplit(intent.url).path.rpartition("/")[2].startswith(MADE_UP)
    return is_result or any(name in document for name in _ANY_OF)


def about_evse(intent: HttpIntent) -> bool:
    """True for a command whose body names the EVSE that the intent declares, or a reservation of our own making.

    A command without an `evse_uid` may move any EVSE of its location, and a session or reservation that we did not
    begin may be a driver's. A charging profile names a session only: that it stands at the EVSE is what the platform
    said to whoever declares it.
    """
    if _is_of_profiles(intent):
        return intent.evse is not None
    document = _document(intent)
    if document is None or intent.evse is None or "session_id" in document:
        return False
    if "location_id" in document:
        return document.get("evse_uid") == intent.evse
    return str(document.get("reservation_id", "")).startswith(MADE_UP)


def _is_of_profiles(intent: HttpIntent) -> bool:
    """A charging profile that is set or cleared, under the id of its session."""
    return intent.module == _PROFILES and intent.method in _OF_PROFILES


def _document(intent: HttpIntent) -> dict[str, object] | None:
    """The body of a POST to the commands module."""
    if intent.method != "POST" or intent.module != "commands" or not isinstance(intent.body, bytes):
        return None
    try:
        document = json.loads(intent.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
