"""Rules on amounts with and without taxes."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, items, number
from scanner.model.ocpi.rules.rule import ONLY_2_3, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import within
from scanner.model.severity import Severity

ROUNDING: Final = 0.01  # of a currency unit: an amount is rounded to its cent


def covers(without: float | None, including: float | None) -> bool:
    """Taxes only add: the amount with them has the same sign and is not nearer to zero."""
    if without is None or including is None:
        return True
    return without * including >= 0 and abs(including) >= abs(without) - ROUNDING / 2


def _vat_only_adds(of: JsonObject, _: Scope) -> Iterable[str]:
    return () if covers(number(of, "excl_vat"), number(of, "incl_vat")) else ("/incl_vat",)


def _limit_with_taxes(of: JsonObject, _: Scope) -> Iterable[str]:
    return () if covers(number(of, "before_taxes"), number(of, "after_taxes")) else ("/after_taxes",)


def _taxes_only_add(of: JsonObject, _: Scope) -> Iterator[str]:
    without = number(of, "before_taxes")
    for pointer, tax in items(of, "taxes"):
        amount = number(tax, "amount")
        if amount is not None and without is not None and amount * without < 0:
            yield f"{pointer}/amount"


def _tax_fits_percentage(of: JsonObject, _: Scope) -> Iterator[str]:
    """A tax may apply to a part of the price, or be due on other taxes, too: only more than that is too much."""
    without = number(of, "before_taxes")
    found = [(pointer, number(tax, "amount"), number(tax, "percentage")) for pointer, tax in items(of, "taxes")]
    whole = abs(without or 0.0) + sum(abs(amount or 0.0) for _, amount, _ in found)
    for pointer, amount, percentage in found:
        if without is None or amount is None or percentage is None:
            continue
        if abs(amount) > (whole - abs(amount)) * abs(percentage) / 100 + ROUNDING:
            yield f"{pointer}/amount"


RULES: Final = (
    SemanticRule(
        id="price-vat-only-adds",
        versions=("2.2.1",),
        classes=("Price",),
        section="types, Price class",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="incl_vat has the sign of excl_vat and is not nearer to zero",
        judge=_vat_only_adds,
    ),
    SemanticRule(
        id="price-taxes-only-add",
        versions=ONLY_2_3,
        classes=("Price",),
        section="types, Price and TaxAmount class",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="every tax has the sign of before_taxes",
        judge=_taxes_only_add,
    ),
    SemanticRule(
        id="tax-amount-fits-percentage",
        versions=ONLY_2_3,
        classes=("Price",),
        section="types, TaxAmount class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a tax is not more than its percentage of the price and the other taxes",
        judge=_tax_fits_percentage,
    ),
    SemanticRule(
        id="tax-percentage-in-range",
        versions=ONLY_2_3,
        classes=("TaxAmount",),
        section="types, TaxAmount class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a tax percentage lies between 0 and 100",
        judge=within(0, 100, "percentage"),
    ),
    SemanticRule(
        id="price-limit-taxes-only-add",
        versions=ONLY_2_3,
        classes=("PriceLimit",),
        section="tariffs, PriceLimit class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="after_taxes has the sign of before_taxes and is not nearer to zero",
        judge=_limit_with_taxes,
    ),
)
