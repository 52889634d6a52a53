"""A Location, with its EVSEs and Connectors (mod_locations)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from infra.service.rules.codes import COUNTRIES
from infra.service.rules.energy_mix import energy_mix_rules
from infra.service.rules.measures import in_order, positive, unique
from infra.service.strict_json import JsonObject

_LATITUDE: Final = 90.0  # degrees
_LONGITUDE: Final = 180.0
_EVSE_ID: Final = re.compile(r"[A-Z]{2}[*-]?[A-Z0-9]{3}[*-]?E[A-Z0-9][A-Z0-9*]{0,30}", re.IGNORECASE | re.ASCII)
_NOT_AVAILABLE: Final = "#NA"  # transport_and_format: no data available
_ZONE: Final = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*", re.ASCII)  # as IANA writes them
_DIRECT: Final = ("CHADEMO", "CHAOJI", "GBT_DC", "IEC_62196_T1_COMBO", "IEC_62196_T2_COMBO", "MCS")


def location_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together."""
    yield from place_rules(document)
    zone = document.get("time_zone")
    if zone is not None and (not _ZONE.fullmatch(zone) or zone not in (_zones() or {zone})):
        yield "time_zone: not a name of the tz database"
    if document.get("publish") and document.get("publish_allowed_to"):
        yield "publish_allowed_to: only for a location that is not published"
    for point in document.get("related_locations", ()):
        yield from _point_rules(point)
    yield from _hours_rules(document.get("opening_times") or {})
    yield from energy_mix_rules(document)
    yield from _evses_rules(document)


def place_rules(document: JsonObject) -> Iterator[str]:
    """Country and coordinates, also of the place in a CDR."""
    if document["country"].upper() not in COUNTRIES:
        yield "country: not an ISO 3166-1 alpha-3 code"
    yield from _point_rules(document["coordinates"])


@cache
def _zones() -> frozenset[str]:
    """The names that this machine knows; none where it has no tz database."""
    return frozenset(available_timezones())


def _evses_rules(document: JsonObject) -> Iterator[str]:
    evses = document.get("evses") or []
    places = document.get("parking_places") or []
    if not unique(evses, "uid"):
        yield "evses: two with the same uid"
    if not unique(places, "id"):
        yield "parking_places: two with the same id"
    known = {place["id"].lower() for place in places}
    for evse in evses:
        yield from in_order({"that of an EVSE": evse["last_updated"], **document}, "that of an EVSE", "last_updated")
        yield from _evse_rules(evse)
        if any(parking["parking_id"].lower() not in known for parking in evse.get("parking", ())):
            yield "evses.parking: no such parking place"


def _evse_rules(evse: JsonObject) -> Iterator[str]:
    if not unique(evse["connectors"], "id"):
        yield "evses.connectors: two with the same id"
    if "evse_id" in evse and evse["evse_id"] != _NOT_AVAILABLE and not _EVSE_ID.fullmatch(evse["evse_id"]):
        yield "evses.evse_id: not an EVSE ID"
    if "coordinates" in evse:
        yield from _point_rules(evse["coordinates"])
    for planned in evse.get("status_schedule", ()):
        yield from in_order(planned, "period_begin", "period_end")
    for connector in evse["connectors"]:
        names = ("max_voltage", "max_amperage", "max_electric_power", "voltage", "amperage")
        yield from positive(connector, *names)
        if connector["standard"] in _DIRECT and connector["power_type"] != "DC":
            yield "evses.connectors: power_type does not fit the standard"


def _point_rules(point: JsonObject) -> Iterator[str]:
    if abs(float(point["latitude"])) > _LATITUDE or abs(float(point["longitude"])) > _LONGITUDE:
        yield "coordinates: not on Earth"


def _hours_rules(hours: JsonObject) -> Iterator[str]:
    for day in hours.get("regular_hours", ()):
        if day["period_end"] <= day["period_begin"]:
            yield "opening_times.regular_hours: period_end not after period_begin"
    for period in (*hours.get("exceptional_openings", ()), *hours.get("exceptional_closings", ())):
        yield from in_order(period, "period_begin", "period_end")
