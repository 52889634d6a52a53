"""A Tariff: its currency, prices, limits and windows (mod_tariffs)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from infra.service.rules.energy_mix import energy_mix_rules
from infra.service.rules.measures import (
    ascending,
    before_taxes,
    currency,
    in_order,
    not_negative,
    percentage,
    price_rules,
)
from infra.service.strict_json import JsonObject


def tariff_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together."""
    yield from currency(document)
    yield from in_order(document, "start_date_time", "end_date_time")
    yield from energy_mix_rules(document)
    low, high = document.get("min_price"), document.get("max_price")
    yield from price_rules(document, "min_price")
    yield from price_rules(document, "max_price")
    if low is not None and high is not None and before_taxes(high) < before_taxes(low):
        yield "max_price: below min_price"
    for element in document["elements"]:
        for component in element["price_components"]:
            yield from _component_rules(component)
        types = [component["type"] for component in element["price_components"]]
        if len(set(types)) != len(types):
            yield "elements.price_components: a type twice"
        yield from _restriction_rules(element.get("restrictions") or {})


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _component_rules(component: JsonObject) -> Iterator[str]:
    yield from not_negative(component, "price", "step_size")
    yield from percentage(component, "vat")


def _restriction_rules(restrictions: JsonObject) -> Iterator[str]:
    yield from ascending(restrictions, "kwh", "current", "power", "duration")
    begin, end = restrictions.get("start_date"), restrictions.get("end_date")
    for day in (begin, end):
        if day is not None and not _exists(day):
            yield "restrictions: a date that does not exist"
    if begin is not None and end is not None and end < begin:
        yield "restrictions.end_date: before start_date"
    days = restrictions.get("day_of_week") or []
    if len(set(days)) != len(days):
        yield "restrictions.day_of_week: a day twice"
