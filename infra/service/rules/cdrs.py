"""A CDR: what it bills must add up (mod_cdrs)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.service.datetimes import parse_datetime
from infra.service.rules.locations import location_rules, place_rules
from infra.service.rules.measures import before_taxes, currency, in_order, not_negative, price_rules
from infra.service.rules.sessions import measured_energy, period_rules
from infra.service.rules.tariffs import tariff_rules
from infra.service.strict_json import JsonObject

_PARTS: Final = ("total_fixed_cost", "total_energy_cost", "total_time_cost", "total_parking_cost",
                 "total_reservation_cost")  # fmt: skip
_HOUR: Final = 3600.0  # seconds
_MINUTE: Final = 1 / 60  # hours
_ROUNDING: Final = 0.02  # of the currency, for each part
_ENERGY: Final = 0.01  # kWh, for each period
_NORMAL_ID: Final = 36  # characters; only the id of a credit CDR may be longer


def cdr_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together."""
    yield from currency(document)
    yield from not_negative(document, "total_energy", "total_time", "total_parking_time")
    yield from _credit_rules(document)
    yield from _time_rules(document)
    yield from _energy_rules(document)
    yield from _cost_rules(document)
    yield from _limit_rules(document)
    for tariff in document.get("tariffs") or ():
        yield from tariff_rules(tariff)
        if tariff["currency"] != document["currency"]:
            yield "tariffs: in another currency"
    if "cdr_location" in document:
        yield from place_rules(document["cdr_location"])
    if "location" in document:
        yield from location_rules(document["location"])


def _credit_rules(document: JsonObject) -> Iterator[str]:
    if document.get("credit") and "credit_reference_id" not in document:
        yield "credit_reference_id: missing in a credit CDR"
    if document.get("credit") and before_taxes(document["total_cost"]) > 0:
        yield "total_cost: positive in a credit CDR"
    if not document.get("credit") and "credit_reference_id" in document:
        yield "credit_reference_id: only in a credit CDR"
    if not document.get("credit") and len(document["id"]) > _NORMAL_ID:
        yield "id: longer than 36 characters, but no credit CDR"
    for name in ("total_cost", *_PARTS):
        yield from price_rules(document, name, may_be_negative=bool(document.get("credit")))


def _time_rules(document: JsonObject) -> Iterator[str]:
    begin, end = document["start_date_time"], document.get("end_date_time") or document.get("stop_date_time")
    yield from in_order(document, "start_date_time", "end_date_time")
    yield from in_order(document, "start_date_time", "stop_date_time")
    yield from period_rules(document, begin, end)
    hours = (parse_datetime(str(end)) - parse_datetime(begin)).total_seconds() / _HOUR
    if document["total_time"] > hours + _MINUTE:
        yield "total_time: longer than from start to end"
    if document.get("total_parking_time", 0) > document["total_time"] + _MINUTE:
        yield "total_parking_time: longer than total_time"


def _energy_rules(document: JsonObject) -> Iterator[str]:
    measured = measured_energy(document)
    if measured and abs(sum(measured) - document["total_energy"]) > _ENERGY * len(measured):
        yield "total_energy: not the sum of the charging periods"


def _limit_rules(document: JsonObject) -> Iterator[str]:
    """Within the limits of the tariff, where it is the only one."""
    tariffs: list[JsonObject] = document.get("tariffs") or []
    cost = abs(before_taxes(document["total_cost"]))
    if len(tariffs) != 1:
        return
    low, high = tariffs[0].get("min_price"), tariffs[0].get("max_price")
    if low is not None and cost < before_taxes(low) - _ROUNDING:
        yield "total_cost: below the tariff's min_price"
    if high is not None and cost > before_taxes(high) + _ROUNDING:
        yield "total_cost: above the tariff's max_price"


def _cost_rules(document: JsonObject) -> Iterator[str]:
    """The parts add up to the total, unless the tariff limits it, or the CDR gives money back."""
    parts = [before_taxes(document[name]) for name in _PARTS if document.get(name) is not None]
    limited = any("min_price" in t or "max_price" in t for t in document.get("tariffs") or ())
    if not parts or limited or document.get("credit"):
        return
    if abs(sum(parts) - before_taxes(document["total_cost"])) > _ROUNDING * (len(parts) + 1):
        yield "total_cost: not the sum of its parts"
