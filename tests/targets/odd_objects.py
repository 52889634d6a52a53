"""Objects that an odd platform serves: the least that each version asks for, three of each."""

from typing import Any, Final

_NOW: Final = "2026-01-01T00:00:00Z"


def objects_of(version: str, module: str, *, lower: bool = False) -> list[dict[str, Any]]:
    """Three valid objects of a module; `lower`: ids and parties in lower case, as some platforms send them."""
    make = {"locations": _location, "sessions": _session, "tariffs": _tariff}[module]
    objects = [make(version, number) for number in range(3)]
    return [_lowered(item) for item in objects] if lower else objects


def _party(version: str) -> dict[str, Any]:
    return {} if version == "2.1.1" else {"country_code": "NL", "party_id": "ODD"}


def _location(version: str, number: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        **_party(version),
        "id": f"LOC{number}",
        "address": "A street 1",
        "city": "Utrecht",
        "country": "NLD",
        "coordinates": {"latitude": "52.090737", "longitude": "5.121420"},
        "last_updated": _NOW,
    }
    if version == "2.1.1":
        return {**location, "type": "ON_STREET", "postal_code": "3511AA"}
    return {**location, "publish": True, "time_zone": "Europe/Amsterdam", "a_field_of_our_own": {"deep": [None]}}


def _session(version: str, number: int) -> dict[str, Any]:
    session: dict[str, Any] = {
        **_party(version),
        "id": f"SES{number}",
        "kwh": 12.5,
        "auth_method": "WHITELIST",
        "currency": "EUR",
        "status": "COMPLETED",
        "last_updated": _NOW,
    }
    if version == "2.1.1":
        return {
            **session,
            "start_datetime": _NOW,
            "end_datetime": _NOW,
            "auth_id": "DE8ACC12E46L89",
            "location": _location(version, number),
        }
    token = {
        "country_code": "DE",
        "party_id": "VLT",
        "uid": f"UID{number}",
        "type": "RFID",
        "contract_id": "DE-VLT-C12345678-X",
    }
    places = {"location_id": "LOC1", "evse_uid": "E1", "connector_id": "1"}
    return {**session, **places, "start_date_time": _NOW, "end_date_time": _NOW, "cdr_token": token}


def _tariff(version: str, number: int) -> dict[str, Any]:
    component = {"type": "ENERGY", "price": 0.3, "step_size": 1}
    elements = [{"price_components": [component]}]
    tax = {"tax_included": "NO"} if version == "2.3.0" else {}
    tariff = {"id": f"TAR{number}", "currency": "EUR", "elements": elements, "last_updated": _NOW}
    return {**_party(version), **tariff, **tax}


def _lowered(item: Any) -> Any:
    if isinstance(item, list):
        return [_lowered(inner) for inner in item]
    if not isinstance(item, dict):
        return item
    named = {"id", "uid", "party_id", "country_code", "contract_id", "location_id"}
    return {k: v.lower() if k in named and isinstance(v, str) else _lowered(v) for k, v in item.items()}
