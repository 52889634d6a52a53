"""Rules on tariffs: limits, elements, price components."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, inner, items, number, text
from scanner.model.ocpi.rules.rule import EVERY, ONLY_2_3, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct, in_order, not_negative, within
from scanner.model.severity import Severity

_AMOUNTS: Final = ("excl_vat", "incl_vat", "before_taxes", "after_taxes")
_OF_RESERVATIONS: Final = frozenset({"FLAT", "TIME"})


def _limits_in_order(of: JsonObject, _: Scope) -> Iterator[str]:
    least, most = inner(of, "min_price"), inner(of, "max_price")
    for key in _AMOUNTS if least is not None and most is not None else ():
        low, high = number(least or {}, key), number(most or {}, key)
        if low is not None and high is not None and low > high:
            yield f"/max_price/{key}"


def _step_of_dimension(of: JsonObject, _: Scope) -> Iterable[str]:
    """Zero only where there is no unit to step: FLAT."""
    step, least = number(of, "step_size"), 0 if text(of, "type") == "FLAT" else 1
    return ("/step_size",) if step is not None and step < least else ()


def _reservation_dimensions(of: JsonObject, _: Scope) -> Iterator[str]:
    if text(inner(of, "restrictions") or {}, "reservation") is None:
        return
    for pointer, component in items(of, "price_components"):
        kind = text(component, "type")
        if kind is not None and kind not in _OF_RESERVATIONS:
            yield f"{pointer}/type"


def _reachable(of: JsonObject, _: Scope) -> Iterator[str]:
    """The first element that has a dimension and matches is used; one without restrictions always matches."""
    always: set[str] = set()
    for pointer, element in items(of, "elements"):
        kinds = {text(component, "type") or "" for _, component in items(element, "price_components")}
        unrestricted = not any(value for value in (inner(element, "restrictions") or {}).values())
        if kinds and kinds <= always and "reservation" not in (inner(element, "restrictions") or {}):
            yield pointer
        if unrestricted:
            always |= kinds


def _no_tax_no_vat(of: JsonObject, _: Scope) -> Iterator[str]:
    if text(of, "tax_included") != "N/A":
        return
    for outer, element in items(of, "elements"):
        for pointer, component in items(element, "price_components"):
            if number(component, "vat"):
                yield f"{outer}{pointer}/vat"


RULES: Final = (
    SemanticRule(
        id="tariff-starts-before-it-ends",
        versions=SINCE_2_2,
        classes=("Tariff",),
        section="tariffs, Tariff object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="end_date_time is not before start_date_time",
        judge=in_order("start_date_time", "end_date_time"),
    ),
    SemanticRule(
        id="tariff-limits-in-order",
        versions=SINCE_2_2,
        classes=("Tariff",),
        section="tariffs, Tariff object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="max_price is not below min_price, with and without taxes",
        judge=_limits_in_order,
    ),
    SemanticRule(
        id="tariff-element-reachable",
        versions=SINCE_2_2,
        classes=("Tariff",),
        section="tariffs, Tariff object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="no earlier element without restrictions prices all dimensions of an element",
        judge=_reachable,
    ),
    SemanticRule(
        id="tariff-untaxed-has-no-vat",
        versions=ONLY_2_3,
        classes=("Tariff",),
        section="tariffs, TaxIncluded enum",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="no price component has VAT where no taxes are applicable",
        judge=_no_tax_no_vat,
    ),
    SemanticRule(
        id="tariff-one-component-of-a-type",
        versions=EVERY,
        classes=("TariffElement",),
        section="tariffs, Tariff and TariffElement object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="an element prices a dimension once",
        judge=distinct("price_components", "type"),
    ),
    SemanticRule(
        id="tariff-reservation-dimensions",
        versions=SINCE_2_2,
        classes=("TariffElement",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a reservation is priced by FLAT and TIME alone",
        judge=_reservation_dimensions,
    ),
    SemanticRule(
        id="price-component-step",
        versions=EVERY,
        classes=("PriceComponent",),
        section="tariffs, PriceComponent class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="step_size is at least 1, or 0 for FLAT",
        judge=_step_of_dimension,
    ),
    SemanticRule(
        id="price-component-not-negative",
        versions=EVERY,
        classes=("PriceComponent",),
        section="tariffs, PriceComponent class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="a price is not negative",
        judge=not_negative("price"),
    ),
    SemanticRule(
        id="price-component-vat-in-range",
        versions=SINCE_2_2,
        classes=("PriceComponent",),
        section="tariffs, PriceComponent class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a VAT percentage lies between 0 and 100",
        judge=within(0, 100, "vat"),
    ),
)
