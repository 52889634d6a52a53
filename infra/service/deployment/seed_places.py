"""Locations, tariffs and driver tokens of the seed data."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, Final

from infra.service.datetimes import format_datetime
from infra.service.strict_json import JsonObject

Party = tuple[str, str]
_CITIES: Final = {
    "NL": [("Utrecht", "3511 CE", 52.09083, 5.12222), ("Zwolle", "8011 JW", 52.51677, 6.08302),
           ("Breda", "4811 DH", 51.58307, 4.77676), ("Groningen", "9712 CP", 53.21938, 6.56650)],
    "BE": [("Gent", "9000", 51.05434, 3.71742), ("Leuven", "3000", 50.87959, 4.70093)],
}  # fmt: skip
_STREETS: Final = ("Stationsplein", "Havenweg", "Marktstraat", "Kerklaan", "Molenweg", "Industrieweg")
_ALPHA_3: Final = {"NL": "NLD", "BE": "BEL"}
_ZONES: Final = {"NL": "Europe/Amsterdam", "BE": "Europe/Brussels"}
_VAT: Final = 21.0  # percent
_REAL_TIME: Final = 4  # drivers from this number on are asked for each time
_BLOCKED: Final = 5


def tariffs(owner: Party, begin: datetime) -> list[JsonObject]:
    """AC, DC and green AC: each one energy price."""
    return [
        _tariff(owner, "AC-REGULAR", "REGULAR", 0.35, begin),
        _tariff(owner, "DC-REGULAR", "REGULAR", 0.59, begin),
        _tariff(owner, "AC-GREEN", "PROFILE_GREEN", 0.31, begin),
    ]


def _tariff(owner: Party, tariff_id: str, kind: str, price: float, begin: datetime) -> JsonObject:
    component = {"type": "ENERGY", "price": price, "vat": _VAT, "step_size": 1}
    return {
        "country_code": owner[0],
        "party_id": owner[1],
        "id": tariff_id,
        "currency": "EUR",
        "type": kind,
        "tariff_alt_text": [{"language": "en", "text": f"{price:.2f} euro per kWh, plus VAT"}],
        "elements": [{"price_components": [component]}],
        "last_updated": format_datetime(begin),
    }


def location(rng: random.Random, owner: Party, number: int, begin: datetime) -> JsonObject:
    """A public place with one to three EVSEs of one kind."""
    city, postal_code, latitude, longitude = rng.choice(_CITIES[owner[0]])
    fast = number % 3 == 0
    updated = begin + timedelta(minutes=15 * number)
    street = rng.choice(_STREETS)
    location_id = f"{owner[1]}-LOC-{number + 1:04}"
    return {
        "country_code": owner[0],
        "party_id": owner[1],
        "id": location_id,
        "publish": True,
        "name": f"{city} {street}",
        "address": f"{street} {rng.randrange(1, 200)}",
        "city": city,
        "postal_code": postal_code,
        "country": _ALPHA_3[owner[0]],
        "coordinates": _near(rng, latitude, longitude),
        "parking_type": "PARKING_LOT" if fast else "ON_STREET",
        "evses": [_evse(rng, owner, location_id, n, updated, fast=fast) for n in range(rng.randrange(1, 4))],
        "operator": {"name": "Reference Charging" if owner[1] == "RFC" else "Groene Laadpalen"},
        "facilities": rng.sample(["CAFE", "SUPERMARKET", "WIFI", "BUS_STOP", "TRAIN_STATION"], 2),
        "time_zone": _ZONES[owner[0]],
        "opening_times": {"twentyfourseven": True},
        "charging_when_closed": True,
        "energy_mix": {"is_green_energy": True, "supplier_name": "Windkracht"},
        "last_updated": format_datetime(updated),
    }


def _near(rng: random.Random, latitude: float, longitude: float) -> JsonObject:
    return {
        "latitude": f"{latitude + rng.uniform(-0.02, 0.02):.6f}",
        "longitude": f"{longitude + rng.uniform(-0.02, 0.02):.6f}",
    }


def _evse(
    rng: random.Random, owner: Party, location_id: str, number: int, updated: datetime, *, fast: bool
) -> JsonObject:
    uid = f"{location_id}-E{number + 1}"
    capabilities = ["RFID_READER", "REMOTE_START_STOP_CAPABLE", "RESERVABLE", "UNLOCK_CAPABLE"]
    if not fast:
        capabilities += ["CHARGING_PREFERENCES_CAPABLE", "CHARGING_PROFILE_CAPABLE"]
    return {
        "uid": uid,
        "evse_id": f"{owner[0]}*{owner[1]}*E{location_id[-4:]}{number + 1}",
        "status": rng.choice(["AVAILABLE", "AVAILABLE", "CHARGING", "OUTOFORDER"]),
        "capabilities": capabilities,
        "connectors": [_connector(updated, fast=fast)],
        "physical_reference": str(number + 1),
        "last_updated": format_datetime(updated),
    }


def _connector(updated: datetime, *, fast: bool) -> JsonObject:
    alternating: dict[str, Any] = {
        "standard": "IEC_62196_T2", "format": "SOCKET", "power_type": "AC_3_PHASE", "max_voltage": 230,
        "max_amperage": 16, "max_electric_power": 11000, "tariff_ids": ["AC-REGULAR", "AC-GREEN"],
    }  # fmt: skip
    direct: dict[str, Any] = {
        "standard": "IEC_62196_T2_COMBO", "format": "CABLE", "power_type": "DC", "max_voltage": 500,
        "max_amperage": 300, "max_electric_power": 150000, "tariff_ids": ["DC-REGULAR"],
    }  # fmt: skip
    return {"id": "1"} | (direct if fast else alternating) | {"last_updated": format_datetime(updated)}


def token(rng: random.Random, owner: Party, number: int, begin: datetime) -> JsonObject:
    """A driver's RFID card; the last one of each party is blocked, the one before always asks in real time."""
    contract = f"{owner[0]}-{owner[1]}-C{rng.randrange(10**7, 10**8)}-{rng.randrange(10)}"
    return {
        "country_code": owner[0],
        "party_id": owner[1],
        "uid": f"04{rng.getrandbits(48):012X}",
        "type": "RFID",
        "contract_id": contract,
        "visual_number": contract,
        "issuer": f"{owner[1]} Mobility",
        "valid": number != _BLOCKED,
        "whitelist": "NEVER" if number >= _REAL_TIME else "ALWAYS",
        "language": "en",
        "last_updated": format_datetime(begin + timedelta(minutes=number)),
    }
