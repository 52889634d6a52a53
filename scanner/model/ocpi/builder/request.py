"""What is asked of a charge point and answered: commands and charging profiles, with their results."""

from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject
from scanner.model.ocpi.builder.token import token


def response_url(draft: Draft) -> str:
    """Where a result would be sent: a name that does not resolve."""
    return f"{SITE}/results/{draft.id()}"


def request(draft: Draft, name: str) -> JsonObject:
    """The body of a command, of the class named; a reservation ends in an hour."""
    values: JsonObject = {
        "response_url": response_url(draft),
        "token": token(draft),
        "expiry_date": draft.at(hours=1),
        "reservation_id": draft.id() if draft.since("2.2.1") else draft.chance.randrange(1, 2**31),
        "session_id": draft.id(),
        "location_id": draft.id(),
        "evse_uid": draft.id(),
        "connector_id": "1",
        "authorization_reference": draft.id(),
    }
    return draft.shaped(name, values)


def response(draft: Draft, name: str) -> JsonObject:
    """What answers a request at once, or later at its response_url: accepted, with 30 seconds to wait."""
    values: JsonObject = {"result": "ACCEPTED", "timeout": 30, "message": [draft.text("Accepted.")]}
    if name == "ActiveChargingProfileResult":
        values["profile"] = active_charging_profile(draft)
    return draft.shaped(name, values, "profile")


def charging_profile_period(draft: Draft, start: int = 0) -> JsonObject:
    """A ChargingProfilePeriod, seconds after the start of its profile, with a limit in ampere."""
    return {"start_period": start, "limit": draft.chance.randrange(6, 17)}


def charging_profile(draft: Draft) -> JsonObject:
    """A ChargingProfile of an hour with two periods."""
    values: JsonObject = {
        "start_date_time": draft.at(minutes=5),
        "duration": 3600,
        "charging_rate_unit": "A",
        "min_charging_rate": 6,
        "charging_profile_period": [charging_profile_period(draft, start) for start in (0, 1800)],
    }
    return draft.shaped("ChargingProfile", values, "charging_profile_period")


def active_charging_profile(draft: Draft) -> JsonObject:
    """An ActiveChargingProfile as it stands now."""
    return {"start_date_time": draft.at(minutes=5), "charging_profile": charging_profile(draft)}


def set_charging_profile(draft: Draft) -> JsonObject:
    """SetChargingProfile."""
    return {"charging_profile": charging_profile(draft), "response_url": response_url(draft)}
