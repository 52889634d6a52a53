"""Rules on the restrictions of tariff elements."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from scanner.model.ocpi.rules.hours import CLOCK
from scanner.model.ocpi.rules.read import JsonObject, text, texts
from scanner.model.ocpi.rules.rule import EVERY, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import below, not_negative, of_form
from scanner.model.severity import Severity

_RANGES: Final = tuple((f"min_{of}", f"max_{of}") for of in ("kwh", "current", "power", "duration"))
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def _day(of: JsonObject, key: str) -> date | None:
    value = text(of, key) or ""
    if not _DATE.match(value):  # ISO 8601 has other forms, too
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _days_in_order(of: JsonObject, _: Scope) -> Iterable[str]:
    first, last = _day(of, "start_date"), _day(of, "end_date")
    return ("/end_date",) if first is not None and last is not None and last <= first else ()


def _dates_exist(of: JsonObject, _: Scope) -> Iterable[str]:
    return [f"/{key}" for key in ("start_date", "end_date") if text(of, key) is not None and _day(of, key) is None]


def _each_day_once(of: JsonObject, _: Scope) -> Iterable[str]:
    days = [day for _, day in texts(of, "day_of_week")]
    return ("/day_of_week",) if len(set(days)) < len(days) else ()


RULES: Final = (
    SemanticRule(
        id="restriction-clock-form",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a time of day is hh:mm, from 00:00 to 23:59",
        judge=of_form(CLOCK, "start_time", "end_time"),
    ),
    SemanticRule(
        id="restriction-date-exists",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a date is a day of the calendar, yyyy-mm-dd",
        judge=_dates_exist,
    ),
    SemanticRule(
        id="restriction-dates-in-order",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="end_date, which is excluded, is after start_date",
        judge=_days_in_order,
    ),
    SemanticRule(
        id="restriction-range-in-order",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a maximum, which is excluded, is above its minimum",
        judge=below(*_RANGES),
    ),
    SemanticRule(
        id="restriction-not-negative",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="limits of energy, current, power and duration are not negative",
        judge=not_negative(*(key for pair in _RANGES for key in pair)),
    ),
    SemanticRule(
        id="restriction-day-once",
        versions=EVERY,
        classes=("TariffRestrictions",),
        section="tariffs, TariffRestrictions class",
        basis=Basis.PLAUSIBLE,
        severity=Severity.INFO,
        sentence="no day of the week is named twice",
        judge=_each_day_once,
    ),
)
