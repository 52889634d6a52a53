"""Rules on the totals of a CDR: sums of parts within rounding."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.cdr import times_known
from scanner.model.ocpi.rules.codes import WHOLE
from scanner.model.ocpi.rules.credit import taxed, total
from scanner.model.ocpi.rules.period import volumes, window
from scanner.model.ocpi.rules.read import JsonObject, flag, inner, items, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.severity import Severity

# What one value may be off by its own rounding. The specification gives numbers four decimals and leaves the
# rounding of prices to law and contract (tariffs, Tariff object): a watt hour, 3.6 seconds, half a minor unit.
WATT_HOUR: Final = 0.001  # kWh
_TIME: Final = 0.001  # hours
_PARTS: Final = ("fixed", "energy", "time", "parking", "reservation")
_HOUR: Final = 3600.0  # seconds


def half_a_unit(of: JsonObject) -> float:
    """Half of the least amount of the CDR's currency."""
    return 0.5 if text(of, "currency") in WHOLE else 0.005


def _sum(of: JsonObject, kind: str) -> tuple[float, int, bool]:
    """Sum of a dimension over the periods, how many have it, and whether all do."""
    found = [volumes(period).get(kind) for _, period in items(of, "charging_periods")]
    known = [volume for volume in found if volume is not None]
    return sum(known), len(known), len(known) == len(found)


def _energy(of: JsonObject, _: Scope) -> Iterable[str]:
    whole, (used, parts, all_of_them) = number(of, "total_energy"), _sum(of, "ENERGY")
    if whole is None or not parts:
        return ()
    slack = WATT_HOUR * (parts + 1)
    wrong = abs(used - whole) > slack if all_of_them else used > whole + slack
    return ("/total_energy",) if wrong else ()


def _duration(of: JsonObject, _: Scope) -> Iterable[str]:
    """A reservation may come before the session: its CDR is left to other rules."""
    hours, (start, end) = number(of, "total_time"), window(of)
    if hours is None or start is None or end is None or end < start or not times_known(of):
        return ()
    if _sum(of, "RESERVATION_TIME")[1]:
        return ()
    took = (end - start).total_seconds() / _HOUR
    return ("/total_time",) if abs(hours - took) > 2 * _TIME else ()


def _times_fit(of: JsonObject, _: Scope) -> Iterable[str]:
    whole, (charging, some, _all), (parking, more, _too) = (
        number(of, "total_time"),
        _sum(of, "TIME"),
        _sum(of, "PARKING_TIME"),
    )
    too_much = whole is not None and charging + parking > whole + _TIME * (some + more + 1)
    return ("/total_time",) if too_much and some + more else ()


def _parking_fits(of: JsonObject, _: Scope) -> Iterator[str]:
    parked, whole, (listed, parts, _all) = (
        number(of, "total_parking_time"),
        number(of, "total_time"),
        _sum(of, "PARKING_TIME"),
    )
    if parked is None:
        return
    if (whole is not None and parked > whole + 2 * _TIME) or listed > parked + _TIME * (parts + 1):
        yield "/total_parking_time"


def _key(of: JsonObject) -> str:
    return "excl_vat" if "excl_vat" in (inner(of, "total_cost") or {}) else "before_taxes"


def _parts_of_cost(of: JsonObject) -> list[float]:
    found = (total(of, f"total_{part}_cost") for part in _PARTS)
    return [cost for cost in found if cost is not None]


def _limited(of: JsonObject, limit: str) -> bool:
    return any(inner(tariff, limit) is not None for _, tariff in items(of, "tariffs"))


def _cost_covers_parts(of: JsonObject, _: Scope) -> Iterable[str]:
    """A credit CDR negates its total alone; a maximum price makes the total less than its parts."""
    cost, parts = total(of, "total_cost"), _parts_of_cost(of)
    if cost is None or not parts or min(parts) < 0 or _limited(of, "max_price"):
        return ()
    whole = abs(cost) if flag(of, "credit") else cost
    return (f"/total_cost/{_key(of)}",) if sum(parts) > whole + half_a_unit(of) * (len(parts) + 1) else ()


def _taxed_cost_covers_parts(of: JsonObject, scope: Scope) -> Iterable[str]:
    """Each part and the total may round its own taxes. Where it is wrong without taxes, that says it all."""
    cost, found = taxed(of, "total_cost"), [taxed(of, f"total_{part}_cost") for part in _PARTS]
    parts = [part for part in found if part is not None]
    if cost is None or not parts or min(parts) < 0 or _limited(of, "max_price") or _cost_covers_parts(of, scope):
        return ()
    whole = abs(cost) if flag(of, "credit") else cost
    return ("/total_cost",) if sum(parts) > whole + 2 * half_a_unit(of) * (len(parts) + 1) else ()


def _parts_explain_cost(of: JsonObject, _: Scope) -> Iterable[str]:
    """A minimum price makes the total more than its parts."""
    cost, parts = total(of, "total_cost"), _parts_of_cost(of)
    if cost is None or not parts or min(parts) < 0 or _limited(of, "min_price"):
        return ()
    whole = abs(cost) if flag(of, "credit") else cost
    return (f"/total_cost/{_key(of)}",) if sum(parts) < whole - half_a_unit(of) * (len(parts) + 1) else ()


def _parts_not_negative(of: JsonObject, _: Scope) -> Iterator[str]:
    for part in _PARTS:
        cost = total(of, f"total_{part}_cost")
        if cost is not None and cost < 0:
            yield f"/total_{part}_cost"


RULES: Final = (
    SemanticRule(
        id="cdr-energy-is-sum-of-periods",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="total_energy is the energy of all periods within rounding, and never less than what some list",
        judge=_energy,
    ),
    SemanticRule(
        id="cdr-time-is-from-start-to-end",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="total_time is the time from start to end within rounding",
        judge=_duration,
    ),
    SemanticRule(
        id="cdr-time-covers-periods",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="the periods' charging and parking times are together not more than total_time",
        judge=_times_fit,
    ),
    SemanticRule(
        id="cdr-parking-time-fits",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="total_parking_time is not more than total_time and not less than the periods' parking time",
        judge=_parking_fits,
    ),
    SemanticRule(
        id="cdr-cost-covers-parts",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="the costs of fixed, energy, time, parking and reservation are together not more than total_cost",
        judge=_cost_covers_parts,
    ),
    SemanticRule(
        id="cdr-taxed-cost-covers-parts",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object; types, Price class",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="with taxes, too, the part costs are together not more than total_cost",
        judge=_taxed_cost_covers_parts,
    ),
    SemanticRule(
        id="cdr-parts-explain-cost",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="total_cost is not more than the costs that are listed",
        judge=_parts_explain_cost,
    ),
    SemanticRule(
        id="cdr-part-cost-not-negative",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="no part of the cost is negative, in a credit CDR neither",
        judge=_parts_not_negative,
    ),
)
