"""Rules on credit CDRs, and on who else may have a negative cost."""

from collections.abc import Iterable
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, flag, folded, inner, items, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.severity import Severity

_ID_LENGTH: Final = 36


def total(of: JsonObject, key: str) -> float | None:
    """An amount without taxes: a number (2.1.1), excl_vat (2.2.1) or before_taxes (2.3.0)."""
    if of.get(key) is None:
        return None
    price = inner(of, key)
    if price is None:
        return number(of, key)
    without = number(price, "excl_vat")
    return number(price, "before_taxes") if without is None else without


def taxed(of: JsonObject, key: str) -> float | None:
    """An amount with taxes: incl_vat (2.2.1), or before_taxes and all taxes (2.3.0); None where it is not given."""
    price = inner(of, key)
    if price is None:
        return None
    including, without = number(price, "incl_vat"), number(price, "before_taxes")
    if including is not None or without is None:
        return including
    amounts = [number(tax, "amount") for _, tax in items(price, "taxes")]
    return without + sum(amount for amount in amounts if amount is not None)


def _credit_names_original(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/credit_reference_id",) if flag(of, "credit") and not of.get("credit_reference_id") else ()


def _original_means_credit(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/credit",) if of.get("credit_reference_id") is not None and not flag(of, "credit") else ()


def _credit_has_own_id(of: JsonObject, _: Scope) -> Iterable[str]:
    own, original = text(of, "id"), text(of, "credit_reference_id")
    same = own is not None and original is not None and folded(own) == folded(original)
    return ("/id",) if same else ()


def _long_id_is_credit(of: JsonObject, _: Scope) -> Iterable[str]:
    return ("/id",) if len(text(of, "id") or "") > _ID_LENGTH and not flag(of, "credit") else ()


def _sign_of_total(of: JsonObject, _: Scope) -> Iterable[str]:
    cost = total(of, "total_cost")
    return ("/total_cost",) if cost is not None and cost < 0 and not flag(of, "credit") else ()


def _credit_gives_back(of: JsonObject, _: Scope) -> Iterable[str]:
    cost = total(of, "total_cost")
    return ("/total_cost",) if flag(of, "credit") and cost is not None and cost > 0 else ()


RULES: Final = (
    SemanticRule(
        id="cdr-cost-not-negative",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.PLAUSIBLE,
        severity=Severity.CRITICAL,
        sentence="only a credit CDR has a negative total_cost",
        judge=_sign_of_total,
    ),
    SemanticRule(
        id="credit-cdr-names-original",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a credit CDR has a credit_reference_id",
        judge=_credit_names_original,
    ),
    SemanticRule(
        id="credit-reference-only-in-credit-cdr",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="credit is true where there is a credit_reference_id",
        judge=_original_means_credit,
    ),
    SemanticRule(
        id="credit-cdr-has-own-id",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="the id of a credit CDR is not that of the CDR it credits",
        judge=_credit_has_own_id,
    ),
    SemanticRule(
        id="credit-cdr-gives-back",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="the total_cost of a credit CDR is not positive",
        judge=_credit_gives_back,
    ),
    SemanticRule(
        id="cdr-long-id-only-for-credit",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="only the id of a credit CDR is longer than 36 characters",
        judge=_long_id_is_credit,
    ),
)
