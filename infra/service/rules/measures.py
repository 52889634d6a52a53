"""Rules that many objects share: order in time, signs, money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from infra.service.datetimes import parse_datetime
from infra.service.rules.codes import CURRENCIES
from infra.service.strict_json import JsonObject

_CENT: Final = 0.01
_LARGEST: Final = 1e12  # beyond it no price, energy or time is meant


def in_order(document: JsonObject, first: str, second: str) -> Iterator[str]:
    """`second` is not before `first`."""
    begin, end = document.get(first), document.get(second)
    if begin is not None and end is not None and parse_datetime(end) < parse_datetime(begin):
        yield f"{second}: before {first}"


def not_negative(document: JsonObject, *names: str) -> Iterator[str]:
    """Quantities, of a size that exists."""
    for name in names:
        value = document.get(name)
        if value is not None and not 0 <= value <= _LARGEST:
            yield f"{name}: negative or too large"


def positive(document: JsonObject, *names: str) -> Iterator[str]:
    """Ratings of hardware."""
    for name in names:
        value = document.get(name)
        if value is not None and not 0 < value <= _LARGEST:
            yield f"{name}: not positive, or too large"


def ascending(document: JsonObject, *names: str) -> Iterator[str]:
    """For each name: `min_NAME` is not above `max_NAME`, and neither is negative."""
    for name in names:
        low, high = document.get(f"min_{name}"), document.get(f"max_{name}")
        yield from not_negative(document, f"min_{name}", f"max_{name}")
        if low is not None and high is not None and high < low:
            yield f"max_{name}: below min_{name}"


def currency(document: JsonObject) -> Iterator[str]:
    """One that exists."""
    if document["currency"].upper() not in CURRENCIES:
        yield "currency: not an ISO 4217 code"


def percentage(document: JsonObject, name: str) -> Iterator[str]:
    """From 0 to 100."""
    value = document.get(name)
    if value is not None and not 0 <= value <= 100:  # noqa: PLR2004
        yield f"{name}: not a percentage"


def before_taxes(price: Any) -> float:  # noqa: ANN401 - a number in 2.1.1, an object since
    """The amount without VAT or taxes, in each version's words."""
    if isinstance(price, dict):
        amount = price.get("excl_vat", price.get("before_taxes"))
        return float(amount) if amount is not None else 0.0
    return float(price)


def price_rules(document: JsonObject, name: str, *, may_be_negative: bool = False) -> Iterator[str]:
    """An amount of money: its sign, and what taxes do to it."""
    price = document.get(name)
    if price is None:
        return
    amount = before_taxes(price)
    if abs(amount) > _LARGEST or (amount < 0 and not may_be_negative):
        yield f"{name}: negative or too large"
    if not isinstance(price, dict):
        return
    with_taxes = price.get("incl_vat", price.get("after_taxes"))
    if with_taxes is not None and abs(with_taxes) < abs(amount) - _CENT:
        yield f"{name}: less with taxes than without"
    for tax in price.get("taxes", ()):
        yield from percentage(tax, "percentage")
        if abs(tax["amount"]) > _LARGEST or (tax["amount"] < 0 and not may_be_negative):
            yield f"{name}.taxes: negative or too large"


def unique(items: list[JsonObject], name: str) -> bool:
    """No two items have the same id; ids are compared without case."""
    ids = [item[name].lower() for item in items]
    return len(set(ids)) == len(ids)
