"""Locations with their EVSEs and connectors; never published, so that no driver is sent to a place of ours."""

from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder import place
from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """A connector as it is built: volts (between line and neutral for AC), amperes a phase, watts."""

    standard: str
    format: str
    power_type: str
    voltage: int
    amperage: int
    power: int


def _plug(words: str, voltage: int, amperage: int, power: int) -> Plug:
    standard, form, power_type = words.split()
    return Plug(standard=standard, format=form, power_type=power_type, voltage=voltage, amperage=amperage, power=power)


PLUGS: Final = (
    _plug("IEC_62196_T2 SOCKET AC_3_PHASE", 230, 16, 11_040),
    _plug("IEC_62196_T2 CABLE AC_3_PHASE", 230, 32, 22_080),
    _plug("IEC_62196_T1 CABLE AC_1_PHASE", 230, 32, 7_360),
    _plug("IEC_62196_T2_COMBO CABLE DC", 500, 200, 100_000),
    _plug("CHADEMO CABLE DC", 500, 125, 50_000),
)


def evse_id(draft: Draft) -> str:
    """An EVSE id of ISO 15118 and eMI3 under the party of the draft: `NL*TNM*EPOSTURE123456`."""
    party = draft.party
    return f"{party.country_code}*{party.party_id}*EPOSTURE{draft.chance.randrange(10**9):09d}"


def connector(draft: Draft, number: int = 1, plug: Plug | None = None) -> JsonObject:
    """A Connector; its id is unique within its EVSE."""
    plug = plug or draft.chance.choice(PLUGS)
    values: JsonObject = {
        "id": str(number),
        "standard": plug.standard,
        "format": plug.format,
        "power_type": plug.power_type,
        "voltage": plug.voltage,
        "amperage": plug.amperage,
        "max_voltage": plug.voltage,
        "max_amperage": plug.amperage,
        "max_electric_power": plug.power,
        "tariff_id": draft.id(),
        "tariff_ids": [draft.id()],
        "terms_and_conditions": f"{SITE}/terms",
        "capabilities": ["ISO_15118_2_PLUG_AND_CHARGE"],
        "last_updated": draft.at(minutes=-30),
    }
    return draft.shaped("Connector", values)


def evse(draft: Draft, plug: Plug | None = None, parking_id: str | None = None) -> JsonObject:
    """An EVSE with one connector; `parking_id` is a parking place of its location."""
    values: JsonObject = {
        "uid": draft.id(),
        "evse_id": evse_id(draft),
        "status": "AVAILABLE",
        "connectors": [connector(draft, 1, plug)],
        "last_updated": draft.at(minutes=-20),
    }
    return draft.shaped("EVSE", values | (_evse_details(draft, parking_id) if draft.full else {}), "evse_id")


def _evse_details(draft: Draft, parking_id: str | None) -> JsonObject:
    return {
        "status_schedule": [status_schedule(draft)],
        "capabilities": ["RFID_READER", "REMOTE_START_STOP_CAPABLE", "RESERVABLE", "UNLOCK_CAPABLE"],
        "floor_level": str(draft.chance.randrange(-2, 3)),
        "coordinates": place.coordinates(draft),
        "physical_reference": f"E{draft.chance.randrange(1, 100)}",
        "directions": [draft.text("Behind the barrier.")],
        "parking_restrictions": ["EV_ONLY", "PLUGGED"],
        "parking": [evse_parking(draft, parking_id)],
        "images": [place.image(draft, "CHARGER")],
        "accepted_service_providers": ["POSTURE"],
    }


def status_schedule(draft: Draft) -> JsonObject:
    """A StatusSchedule of some hours to come."""
    values = {"period_begin": draft.at(days=30), "period_end": draft.at(days=30, hours=6), "status": "INOPERATIVE"}
    return draft.shaped("StatusSchedule", values)


def evse_parking(draft: Draft, parking_id: str | None = None) -> JsonObject:
    """An EVSEParking."""
    values = {"parking_id": parking_id or draft.id(), "evse_position": "LEFT"}
    return draft.shaped("EVSEParking", values) if draft.since("2.3.0") else {}


def location(draft: Draft, plug: Plug | None = None) -> JsonObject:
    """A Location with two EVSEs; with one, of the plug given, where charging took place at it."""
    parking = place.parking(draft) if draft.full and draft.since("2.3.0") else None
    parking_id = str(parking["id"]) if parking else None
    evses: list[JsonValue] = [evse(draft, plug, parking_id) for _ in range(1 if plug else 2)]
    values: JsonObject = {
        **draft.owner(),
        "id": draft.id(),
        "type": "PARKING_LOT",
        "publish": False,
        "name": "POSTURE test location",
        "address": f"Teststreet {draft.chance.randrange(1, 200)}",
        "city": draft.country.city,
        "postal_code": draft.country.postal_code,
        "state": "Test",
        "country": draft.country.code,
        "coordinates": place.coordinates(draft),
        "evses": evses,
        "time_zone": draft.country.time_zone,
        "last_updated": draft.at(minutes=-10),
    }
    if draft.full:
        values |= _details(draft)
    if parking:
        values["parking_places"] = [parking]
    return draft.shaped("Location", values, "evses")  # a location without an EVSE is of no use to anybody


def _details(draft: Draft) -> JsonObject:
    return {
        "publish_allowed_to": [place.publish_token_type(draft)] if draft.since("2.2.1") else [],
        "related_locations": [place.additional_coordinates(draft)],
        "parking_type": "PARKING_LOT",
        "directions": [draft.text("Second street on the left.")],
        "operator": place.business_details(draft),
        "suboperator": place.business_details(draft),
        "owner": place.business_details(draft),
        "facilities": ["CAFE", "WIFI"],
        "opening_times": place.hours(draft),
        "charging_when_closed": False,
        "images": [place.image(draft)],
        "energy_mix": place.energy_mix(draft),
        "help_phone": "+31000000000",
    }
