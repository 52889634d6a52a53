"""Rules on charging periods and their dimensions; what sums them up is in `cdr_totals`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, items, moment, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import distinct
from scanner.model.severity import Severity

_DURATIONS: Final = frozenset({"TIME", "PARKING_TIME", "RESERVATION_TIME"})
_COUNTERS: Final = frozenset({"ENERGY_EXPORT", "ENERGY_IMPORT", "FLAT"})
_WHOLE_CHARGE: Final = 100.0
_RANGES: Final = (("MIN_CURRENT", "MAX_CURRENT"), ("MIN_POWER", "MAX_POWER"))


def volumes(period: JsonObject) -> dict[str, float]:
    """Volume by dimension type; the last one wins."""
    found = ((text(item, "type"), number(item, "volume")) for _, item in items(period, "dimensions"))
    return {kind: volume for kind, volume in found if kind is not None and volume is not None}


def window(of: JsonObject) -> tuple[datetime | None, datetime | None]:
    """Start and end of a session or CDR, as each version names them."""
    start = moment(of, "start_date_time") or moment(of, "start_datetime")
    end = moment(of, "end_date_time") or moment(of, "stop_date_time") or moment(of, "end_datetime")
    return start, end


def _inside(of: JsonObject, _: Scope) -> Iterator[str]:
    start, end = window(of)
    if start is not None and end is not None and end < start:
        return  # broken by itself
    for pointer, period in items(of, "charging_periods"):
        at = moment(period, "start_date_time")
        if at is not None and ((start is not None and at < start) or (end is not None and at > end)):
            yield f"{pointer}/start_date_time"


def _ordered(of: JsonObject, _: Scope) -> Iterator[str]:
    before: datetime | None = None
    for pointer, period in items(of, "charging_periods"):
        at = moment(period, "start_date_time")
        if at is not None and before is not None and at < before:
            yield f"{pointer}/start_date_time"
        before = at or before


def _durations(of: JsonObject, _: Scope) -> Iterable[str]:
    volume = number(of, "volume")
    return ("/volume",) if text(of, "type") in _DURATIONS and volume is not None and volume < 0 else ()


def _counters(of: JsonObject, scope: Scope) -> Iterable[str]:
    volume, kind = number(of, "volume"), text(of, "type")
    counted = kind in _COUNTERS or (kind == "ENERGY" and scope.version == "2.1.1")
    return ("/volume",) if counted and volume is not None and volume < 0 else ()


def _charge(of: JsonObject, _: Scope) -> Iterable[str]:
    volume = number(of, "volume")
    if text(of, "type") != "STATE_OF_CHARGE" or volume is None:
        return ()
    return () if 0 <= volume <= _WHOLE_CHARGE else ("/volume",)


def _least_and_most(of: JsonObject, _: Scope) -> Iterable[str]:
    found = volumes(of)
    wrong = any(low in found and high in found and found[low] > found[high] for low, high in _RANGES)
    return ("/dimensions",) if wrong else ()


RULES: Final = (
    SemanticRule(
        id="period-inside-session",
        versions=EVERY,
        classes=("CDR", "Session"),
        section="cdrs, ChargingPeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a charging period starts between start and end of its session",
        judge=_inside,
    ),
    SemanticRule(
        id="periods-in-order",
        versions=EVERY,
        classes=("CDR", "Session"),
        section="cdrs, ChargingPeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a charging period, which ends the one before, does not start earlier than that",
        judge=_ordered,
    ),
    SemanticRule(
        id="dimension-duration-not-negative",
        versions=EVERY,
        classes=("CdrDimension",),
        section="cdrs, CdrDimensionType enum",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a duration is not negative",
        judge=_durations,
    ),
    SemanticRule(
        id="dimension-energy-not-negative",
        versions=EVERY,
        classes=("CdrDimension",),
        section="cdrs, CdrDimensionType enum (ENERGY may be negative since 2.2)",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="an amount that is counted in one direction is not negative",
        judge=_counters,
    ),
    SemanticRule(
        id="dimension-state-of-charge",
        versions=SINCE_2_2,
        classes=("CdrDimension",),
        section="cdrs, CdrDimensionType enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a state of charge lies between 0 and 100 percent",
        judge=_charge,
    ),
    SemanticRule(
        id="period-least-not-above-most",
        versions=EVERY,
        classes=("ChargingPeriod",),
        section="cdrs, CdrDimensionType enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="the least current or power of a period is not above the most",
        judge=_least_and_most,
    ),
    SemanticRule(
        id="period-dimension-once",
        versions=EVERY,
        classes=("ChargingPeriod",),
        section="cdrs, ChargingPeriod class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.MEDIUM,
        sentence="a period has one volume for a dimension",
        judge=distinct("dimensions", "type"),
    ),
)
