"""Prices in whole cents without taxes; with them they have at most four decimals, which a JSON number can hold."""

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder.draft import Draft, JsonObject


def amount(cents: int) -> float:
    """Units of the currency."""
    return cents / 100


def with_taxes(draft: Draft, cents: int) -> float:
    """Units of the currency, taxes of the country included."""
    return cents * (100 + draft.country.vat) / 10_000


def price(draft: Draft, cents: int) -> JsonObject:
    """A Price; what a total costs is the price of the sum of its parts, so parts and totals agree."""
    values: JsonObject = {
        "excl_vat": amount(cents),
        "incl_vat": with_taxes(draft, cents),
        "before_taxes": amount(cents),
    }
    if draft.since("2.3.0"):
        values["taxes"] = [tax_amount(draft, cents)]
    return draft.shaped("Price", values)


def total(draft: Draft, cents: int) -> JsonValue:
    """A total: a Price since 2.2, a number without VAT before."""
    return price(draft, cents) if draft.since("2.2.1") else amount(cents)


def tax_amount(draft: Draft, cents: int) -> JsonObject:
    """The tax on an amount."""
    rate = draft.country.vat
    values: JsonObject = {"name": "VAT", "account_number": "0", "percentage": rate, "amount": cents * rate / 10_000}
    return draft.shaped("TaxAmount", values)


def limit(draft: Draft, cents: int) -> JsonObject:
    """The least or most that a tariff costs: a Price in 2.2, a PriceLimit since 2.3."""
    if not draft.since("2.3.0"):
        return price(draft, cents)
    return price_limit(draft, cents)


def price_limit(draft: Draft, cents: int) -> JsonObject:
    """A PriceLimit."""
    values = {"before_taxes": amount(cents), "after_taxes": with_taxes(draft, cents)}
    return draft.shaped("PriceLimit", values)
