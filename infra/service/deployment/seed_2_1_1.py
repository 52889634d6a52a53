"""The seed's objects in the words of OCPI 2.1.1: no parties, no VAT, whole locations in sessions and CDRs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from infra.service.strict_json import JsonObject

_TYPES: Final = {"ON_STREET": "ON_STREET", "PARKING_LOT": "PARKING_LOT", "PARKING_GARAGE": "PARKING_GARAGE"}
_CAPABILITIES: Final = frozenset(
    {"CHARGING_PROFILE_CAPABLE", "REMOTE_START_STOP_CAPABLE", "RESERVABLE", "RFID_READER", "UNLOCK_CAPABLE"}
)
_PLACE: Final = ("id", "name", "address", "city", "postal_code", "country", "coordinates", "operator", "facilities",
                 "time_zone", "opening_times", "charging_when_closed", "energy_mix", "last_updated")  # fmt: skip
_BILLED: Final = ("id", "auth_method", "meter_id", "currency", "last_updated")


def in_2_1_1(seed: Mapping[str, Sequence[JsonObject]]) -> dict[str, list[JsonObject]]:
    """Each collection, in the same order."""
    places = {place["id"]: place for place in seed["locations"]}
    writers: dict[str, Callable[[JsonObject], JsonObject]] = {
        "locations": _location,
        "tariffs": _tariff,
        "tokens": _token,
        "sessions": lambda session: _session(session, places),
        "cdrs": lambda cdr: _cdr(cdr, places),
    }
    return {name: [write(document) for document in seed[name]] for name, write in writers.items()}


def _location(place: JsonObject) -> JsonObject:
    kept = {name: place[name] for name in _PLACE if name in place}
    return kept | {"type": _TYPES.get(place["parking_type"], "OTHER"), "evses": [_evse(e) for e in place["evses"]]}


def _evse(evse: JsonObject) -> JsonObject:
    kept = ("uid", "evse_id", "status", "physical_reference", "last_updated")
    return {name: evse[name] for name in kept} | {
        "capabilities": [c for c in evse["capabilities"] if c in _CAPABILITIES],
        "connectors": [_connector(c) for c in evse["connectors"]],
    }


def _connector(connector: JsonObject) -> JsonObject:
    kept = ("id", "standard", "format", "power_type", "last_updated")
    return {name: connector[name] for name in kept} | {
        "voltage": connector["max_voltage"],
        "amperage": connector["max_amperage"],
        "tariff_id": connector["tariff_ids"][0],
    }


def _tariff(tariff: JsonObject) -> JsonObject:
    kept = ("id", "currency", "tariff_alt_text", "last_updated")
    elements = [
        {"price_components": [{n: v for n, v in c.items() if n != "vat"} for c in element["price_components"]]}
        for element in tariff["elements"]
    ]
    return {name: tariff[name] for name in kept} | {"elements": elements}


def _token(token: JsonObject) -> JsonObject:
    kept = ("uid", "type", "visual_number", "issuer", "valid", "whitelist", "language", "last_updated")
    return {name: token[name] for name in kept} | {"auth_id": token["contract_id"]}


def _session(session: JsonObject, places: Mapping[str, JsonObject]) -> JsonObject:
    end = {"end_datetime": session["end_date_time"]} if "end_date_time" in session else {}
    return (
        _billed(session, places, session["location_id"], session["evse_uid"])
        | end
        | {"start_datetime": session["start_date_time"], "kwh": session["kwh"], "status": session["status"]}
    )


def _cdr(cdr: JsonObject, places: Mapping[str, JsonObject]) -> JsonObject:
    place = cdr["cdr_location"]
    return _billed(cdr, places, place["id"], place["evse_uid"]) | {
        "start_date_time": cdr["start_date_time"],
        "stop_date_time": cdr["end_date_time"],
        "tariffs": [_tariff(tariff) for tariff in cdr["tariffs"]],
        "total_energy": cdr["total_energy"],
        "total_time": cdr["total_time"],
    }


def _billed(document: JsonObject, places: Mapping[str, JsonObject], location_id: str, evse_uid: str) -> dict[str, Any]:
    place = _location(places[location_id])
    periods = [{n: p[n] for n in ("start_date_time", "dimensions")} for p in document["charging_periods"]]
    return {name: document[name] for name in _BILLED} | {
        "auth_id": document["cdr_token"]["contract_id"],
        "location": place | {"evses": [e for e in place["evses"] if e["uid"] == evse_uid]},
        "charging_periods": periods,
        "total_cost": document["total_cost"]["excl_vat"],
    }
