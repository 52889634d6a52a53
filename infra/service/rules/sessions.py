"""A Session: times, energy, charging periods (mod_sessions)."""

from __future__ import annotations

from collections.abc import Iterator

from infra.service.datetimes import parse_datetime
from infra.service.rules.locations import location_rules
from infra.service.rules.measures import currency, in_order, not_negative, price_rules
from infra.service.strict_json import JsonObject


def session_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together. The times have other names in 2.1.1."""
    yield from currency(document)
    yield from not_negative(document, "kwh")
    yield from price_rules(document, "total_cost")
    yield from in_order(document, "start_date_time", "end_date_time")
    yield from in_order(document, "start_datetime", "end_datetime")
    begin = document.get("start_date_time") or document.get("start_datetime")
    end = document.get("end_date_time") or document.get("end_datetime")
    yield from period_rules(document, begin, end)
    if sum(volumes := measured_energy(document)) > document["kwh"] + _ROUNDING * (len(volumes) + 1):
        yield "kwh: less than its charging periods have"
    if document["status"] == "PENDING" and document["kwh"] > 0:
        yield "status: pending, but energy has flowed"
    if "location" in document:
        yield from location_rules(document["location"])


def measured_energy(document: JsonObject) -> list[float]:
    """The kWh of each charging period that has them."""
    return [
        dimension["volume"]
        for period in document.get("charging_periods") or ()
        for dimension in period["dimensions"]
        if dimension["type"] == "ENERGY"
    ]


def period_rules(document: JsonObject, begin: str | None, end: str | None) -> Iterator[str]:
    """Charging periods lie within their session and measure nothing negative but a flow back to the grid."""
    for period in document.get("charging_periods") or ():
        moment = parse_datetime(period["start_date_time"])
        if begin is not None and moment < parse_datetime(begin):
            yield "charging_periods: one begins before its session"
        if end is not None and moment > parse_datetime(end):
            yield "charging_periods: one begins after its session"
        for dimension in period["dimensions"]:
            if dimension["type"] not in _SIGNED:
                yield from not_negative(dimension, "volume")


_ROUNDING = 0.01  # kWh, for each period
_SIGNED = frozenset({"CURRENT", "ENERGY", "POWER", "MAX_CURRENT", "MIN_CURRENT", "MAX_POWER", "MIN_POWER"})
