"""What a command or charging profile is about, as the gate reads it: nothing that exists, or one EVSE by name."""

import json
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from scanner.model.intent import HttpIntent

MADE_UP: Final = "POSTURE-"  # ids of our own objects and of none begin so
_NAMES: Final = ("location_id", "evse_uid", "session_id")
_ANY_OF: Final = ("location_id", "session_id")
_RESERVATION: Final = "reservation_id"
_TOKEN: Final = "token"
_OF_A_RESULT: Final = frozenset({"result", "message"})
_OF_A_STOP: Final = frozenset({"session_id", "response_url"})
_PROFILES: Final = "chargingprofiles"
_OF_PROFILES: Final = frozenset({"PUT", "DELETE"})
_TELLING: Final = {name.replace("_", ""): name for name in (*_NAMES, _RESERVATION, _TOKEN)}


def about_nothing(intent: HttpIntent) -> bool:
    """True for a POST about a location or session that is made up, and for the result of a made-up request.

    Every id in it that could lead to hardware has to be made up; what cannot be read is not about nothing.
    """
    if _is_of_profiles(intent):
        return urlsplit(intent.url).path.rpartition("/")[2].startswith(MADE_UP)
    document = _document(intent)
    if document is None or not _no_drivers_reservation(intent, document):
        return False
    named = [document[name] for name in _NAMES if name in document]
    if not all(_is_made_up(value) for value in named):
        return False
    is_result = "result" in document and urlsplit(intent.url).path.rpartition("/")[2].startswith(MADE_UP)
    return is_result or any(name in document for name in _ANY_OF)


def about_evse(intent: HttpIntent) -> bool:
    """True for a command whose body names the EVSE that the intent declares, or a reservation of our own making.

    A command without an `evse_uid` may move any EVSE of its location; a session or reservation that we did not begin
    may be a driver's (and a RESERVE_NOW with the id of one replaces it), and so may a token that we did not make up.
    A charging profile names a session only: that it stands at the EVSE is what the platform said to whoever declares
    it. So does STOP_SESSION, which takes the made-up mark of the command that began the session as well: the platform
    showed it with that, and the gate sees to it that it sent that command (`IntentRecord.began`).
    """
    if _is_of_profiles(intent):
        return intent.evse is not None
    document = _document(intent)
    if document is None or intent.evse is None:
        return False
    if "session_id" in document:
        return _is_made_up(intent.begun_with) and document.keys() == _OF_A_STOP
    if _TOKEN in document and not _is_nobodys(document[_TOKEN]):
        return False
    reserved = document.get(_RESERVATION)
    if _RESERVATION in document and not _is_made_up(reserved):
        return False
    return document.get("evse_uid") == intent.evse if "location_id" in document else _is_made_up(reserved)


def is_result(intent: HttpIntent) -> bool:
    """True for a CommandResult, which names nothing: the URL alone says what it is the result of."""
    document = _document(intent)
    return document is not None and "result" in document and document.keys() <= _OF_A_RESULT


def _no_drivers_reservation(intent: HttpIntent, document: dict[str, object]) -> bool:
    """A reservation is found by its id alone; one of 2.1.1 is a number, which tells nobody who made it up."""
    if _RESERVATION not in document or _is_made_up(document[_RESERVATION]):
        return True
    makes = urlsplit(intent.url).path.rpartition("/")[2] == "RESERVE_NOW"
    return makes and type(document[_RESERVATION]) is int


def _is_made_up(value: object) -> bool:
    return isinstance(value, str) and value.startswith(MADE_UP)


def _is_nobodys(token: object) -> bool:
    """True for a Token object under a made-up uid: no driver is billed."""
    return isinstance(token, dict) and _is_made_up(token.get("uid"))


def _is_of_profiles(intent: HttpIntent) -> bool:
    """A charging profile that is set or cleared, under the id of its session."""
    return intent.module == _PROFILES and intent.method in _OF_PROFILES


def _document(intent: HttpIntent) -> dict[str, object] | None:
    """The body of a POST to the commands module, if every reader takes the same from it."""
    if intent.method != "POST" or intent.module != "commands" or not isinstance(intent.body, bytes):
        return None
    try:
        document = json.loads(intent.body.decode(), object_pairs_hook=_told_alike)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or any(map(_hides_an_id, document.values())):
        return None
    return document


def _told_alike(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of a name that comes twice, some readers take the first; some read names without regard to case or marks.

    Raises: ValueError where that would lead elsewhere.
    """
    folded = [_folded(name) for name, _ in pairs]
    if len(set(folded)) < len(folded):
        raise ValueError("a name comes twice")
    if any(_TELLING.get(fold, name) != name for fold, (name, _) in zip(folded, pairs, strict=True)):
        raise ValueError("an id under a name that only some readers know")
    return dict(pairs)


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def _hides_an_id(value: object) -> bool:
    """True where an id that leads to hardware stands below the top."""
    if isinstance(value, dict):
        return bool({*_NAMES, _RESERVATION} & value.keys()) or any(map(_hides_an_id, value.values()))
    return isinstance(value, list) and any(map(_hides_an_id, value))
