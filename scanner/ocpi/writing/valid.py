"""Valid objects of a party of ours, under ids that nobody has, as a platform can still change them."""

from datetime import datetime
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party

_KEYS: Final = {"Token": "uid", "EVSE": "uid"}
_RFID: Final = "RFID"  # what a path without a type means
_ENDS: Final = ("end_date_time", "end_datetime")  # the second is its name in 2.1.1


def key_of(class_name: str) -> str:
    """The name of the property that is an object's id in its URL."""
    return _KEYS.get(class_name, "id")


def valid_object(  # noqa: PLR0913 - keywords with defaults
    version: str,
    class_name: str,
    object_id: str,
    *,
    party: Party,
    emsp: Party | None,
    seed: str,
    now: datetime,
    stamp: str | None = None,
    full: bool = True,
) -> JsonObject:
    """A valid object of `party` as it may be at `now`; `stamp` is its `last_updated`, where the class has one.

    A session is under way: one that is COMPLETED is not changed any more, so that nothing could be tried on it.
    `emsp`: whose driver a session or CDR is for, where the platform says which eMSP it has.
    """
    properties = specification(version).classes[class_name]
    own: dict[str, JsonValue] = {key_of(class_name): object_id}
    if stamp is not None and "last_updated" in properties:
        own["last_updated"] = stamp
    if class_name == "Token":
        own["type"] = _RFID
    if class_name == "Session":
        own |= {"status": "ACTIVE", **dict.fromkeys(_ENDS)}
    if emsp is not None and "cdr_token" in properties:
        own["cdr_token"] = build(version, "CdrToken", seed=seed, party=emsp, now=now)
    made = build(version, class_name, seed=seed, party=party, now=now, full=full, **own)
    return {name: value for name, value in made.items() if name in properties}
