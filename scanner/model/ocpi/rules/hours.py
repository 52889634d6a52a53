"""Rules on opening hours and scheduled states."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from scanner.model.ocpi.rules.read import JsonObject, flag, items, moment, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import of_form, within
from scanner.model.severity import Severity

CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
_SUNDAY: Final = 7
_is_clock: Final = re.compile(CLOCK, re.ASCII).fullmatch


def _regular_or_always(of: JsonObject, _: Scope) -> Iterable[str]:
    always = flag(of, "twentyfourseven")
    return () if always is None or always is not bool(of.get("regular_hours")) else ("/regular_hours",)


def _later_the_same_day(of: JsonObject, _: Scope) -> Iterable[str]:
    begin, end = text(of, "period_begin") or "", text(of, "period_end") or ""
    return ("/period_end",) if _is_clock(begin) and _is_clock(end) and end <= begin else ()


def _begins_before_it_ends(of: JsonObject, _: Scope) -> Iterable[str]:
    begin, end = moment(of, "period_begin"), moment(of, "period_end")
    return ("/period_end",) if begin is not None and end is not None and end <= begin else ()


def _closed_or_open(of: JsonObject, _: Scope) -> Iterator[str]:
    openings = [item for _, item in items(of, "exceptional_openings")]
    for (pointer, closing), opening in product(items(of, "exceptional_closings"), openings):
        opens, shuts = moment(opening, "period_begin"), moment(opening, "period_end")
        begins, ends = moment(closing, "period_begin"), moment(closing, "period_end")
        if opens is None or shuts is None or begins is None or ends is None:
            continue
        if begins < shuts and opens < ends:
            yield pointer


RULES: Final = (
    SemanticRule(
        id="hours-regular-or-always",
        versions=SINCE_2_2,
        classes=("Hours",),
        section="locations, Hours class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="there are regular_hours if, and only if, twentyfourseven is false",
        judge=_regular_or_always,
    ),
    SemanticRule(
        id="hours-clock-form",
        versions=EVERY,
        classes=("RegularHours",),
        section="locations, RegularHours class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="a time of day is hh:mm, from 00:00 to 23:59",
        judge=of_form(CLOCK, "period_begin", "period_end"),
    ),
    SemanticRule(
        id="hours-end-later",
        versions=EVERY,
        classes=("RegularHours",),
        section="locations, RegularHours class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="period_end is later than period_begin",
        judge=_later_the_same_day,
    ),
    SemanticRule(
        id="hours-weekday",
        versions=EVERY,
        classes=("RegularHours",),
        section="locations, RegularHours class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="weekday is 1 (Monday) to 7 (Sunday)",
        judge=within(1, _SUNDAY, "weekday"),
    ),
    SemanticRule(
        id="exceptional-period-begins-before-it-ends",
        versions=EVERY,
        classes=("ExceptionalPeriod",),
        section="locations, ExceptionalPeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="period_begin is before period_end",
        judge=_begins_before_it_ends,
    ),
    SemanticRule(
        id="exceptional-periods-apart",
        versions=EVERY,
        classes=("Hours",),
        section="locations, Hours class",
        basis=Basis.RECOMMENDED,
        severity=Severity.INFO,
        sentence="an exceptional closing overlaps no exceptional opening",
        judge=_closed_or_open,
    ),
    SemanticRule(
        id="status-schedule-begins-before-it-ends",
        versions=EVERY,
        classes=("StatusSchedule",),
        section="locations, StatusSchedule class",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="period_begin is before period_end, where it has one",
        judge=_begins_before_it_ends,
    ),
)
