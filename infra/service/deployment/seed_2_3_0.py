"""The seed's objects in the words of OCPI 2.3.0: prices before taxes, with the taxes on them, and parking places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from infra.service.strict_json import JsonObject

_VAT: Final = 21.0  # percent
_PRICES: Final = ("total_cost", "total_energy_cost")


def in_2_3_0(seed: Mapping[str, Sequence[JsonObject]]) -> dict[str, list[JsonObject]]:
    """Each collection, in the same order."""
    writers: dict[str, Callable[[JsonObject], JsonObject]] = {
        "locations": _location,
        "tariffs": _tariff,
        "tokens": dict,
        "sessions": _with_taxes,
        "cdrs": _cdr,
    }
    return {name: [write(document) for document in seed[name]] for name, write in writers.items()}


def _location(place: JsonObject) -> JsonObject:
    """One parking place for each EVSE."""
    evses = [evse | {"parking": [{"parking_id": f"P{n}", "evse_position": "CENTER"}]}
             for n, evse in enumerate(place["evses"], start=1)]  # fmt: skip
    places = [_parking(n) for n in range(1, len(evses) + 1)]
    return place | {"evses": evses, "parking_places": places, "help_phone": "+31 20 555 01 00"}


def _parking(number: int) -> JsonObject:
    return {
        "id": f"P{number}",
        "physical_reference": str(number),
        "vehicle_types": ["PERSONAL_VEHICLE"],
        "restricted_to_type": False,
        "reservation_required": False,
        "direction": "PERPENDICULAR",
        "roofed": False,
    }


def _tariff(tariff: JsonObject) -> JsonObject:
    return tariff | {"tax_included": "NO"}


def _cdr(cdr: JsonObject) -> JsonObject:
    return _with_taxes(cdr) | {"tariffs": [_tariff(tariff) for tariff in cdr["tariffs"]]}


def _with_taxes(document: JsonObject) -> JsonObject:
    return document | {name: _price(document[name]) for name in _PRICES if name in document}


def _price(price: JsonObject) -> JsonObject:
    tax = Decimal(str(price["incl_vat"])) - Decimal(str(price["excl_vat"]))
    return {
        "before_taxes": price["excl_vat"],
        "taxes": [{"name": "VAT", "percentage": _VAT, "amount": float(tax)}],
    }
