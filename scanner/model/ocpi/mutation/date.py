"""Times that do not exist, times in other formats, and times far away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances, stamp
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_CENTURY: Final = timedelta(days=36_525)
_NO_DAY: Final = Source("types, DateTime; RFC 3339 section 5.7", "a day that the calendar does not have is no time")
_FORMAT: Final = Source("types, DateTime", "date, T, time, and Z or nothing; every other pattern is no DateTime")
_UTC: Final = Source("types, DateTime", "times are in UTC, and +00:00 is said not to be the same")
_ALLOWED: Final = Source("types, DateTime", "no zone means UTC; fractions are allowed since 2.2, and 2.1.1 is silent")
_RFC: Final = Source("types, DateTime; RFC 3339 sections 5.6 and 5.7", "RFC 3339 allows it, OCPI shows no such form")
_RANGE: Final = Source("types, DateTime", "no earliest and no latest time is named")
_UNKNOWN_TIME: Final = Source("mod_cdrs, CDR object", "1970 stands for a time nobody knows, where both sides agreed")
_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER
_Make = Callable[[Circumstances], str]


def _text(text: str) -> _Make:
    return lambda _: text


def _spoilt(old: str, new: str) -> _Make:
    return lambda around: around.instant.replace(old, new)


def _row(
    name: str, expectation: Expectation, source: Source, says: str, make: _Make, *, poisons: bool = False
) -> tuple[Rule, _Make]:
    rule = Rule(
        name=name, family=Family.DATE, expectation=expectation, source=source, says=f"is {says}", poisons=poisons
    )
    return rule, make


_ROWS: Final = (
    _row("impossible-day", _REFUSE, _NO_DAY, "a 30 February", _text("2026-02-30T10:00:00Z")),
    _row("no-leap-year", _REFUSE, _NO_DAY, "a 29 February of no leap year", _text("2025-02-29T10:00:00Z")),
    _row("impossible-month", _REFUSE, _NO_DAY, "in month 13", _text("2026-13-01T10:00:00Z")),
    _row("impossible-hour", _REFUSE, _NO_DAY, "at hour 25", _text("2026-01-01T25:00:00Z")),
    _row("impossible-minute", _REFUSE, _NO_DAY, "at minute 61", _text("2026-01-01T10:61:00Z")),
    _row("date-only", _REFUSE, _FORMAT, "a date without time", lambda around: around.instant[:10]),
    _row("time-only", _REFUSE, _FORMAT, "a time without date", lambda around: around.instant[11:]),
    _row("no-seconds", _REFUSE, _FORMAT, "without seconds", lambda around: around.instant[:16] + "Z"),
    _row("space-for-t", _REFUSE, _FORMAT, "with a space for the T", _spoilt("T", " ")),
    _row("day-first", _REFUSE, _FORMAT, "written day first", _text("21/11/2026 10:00:00")),
    _row("words", _REFUSE, _FORMAT, "written in words", _text("Sat, 21 Nov 2026 10:00:00 GMT")),
    _row("epoch-seconds-as-text", _REFUSE, _FORMAT, "a count of seconds", _text("1795255200")),
    _row("basic-format", _REFUSE, _FORMAT, "without hyphens and colons", _text("20261121T100000Z")),
    _row("not-a-date", _REFUSE, _FORMAT, "no date at all", _text("yesterday")),
    _row("date-with-text-behind", _REFUSE, _FORMAT, "a time with text behind", lambda a: f"{a.instant} or so"),
    _row("offset-zero", _REFUSE, _UTC, "with the offset +00:00", _spoilt("Z", "+00:00")),
    _row("offset-of-zone", _REFUSE, _UTC, "in another time zone", _spoilt("Z", "+02:00")),
    _row("offset-impossible", _REFUSE, _UTC, "in a zone that does not exist", _spoilt("Z", "+99:99")),
    _row("zone-name", _REFUSE, _UTC, "with a zone name", _spoilt("Z", "[Europe/Amsterdam]")),
    _row("no-zone", _EITHER, _ALLOWED, "without zone", _spoilt("Z", "")),
    _row("fraction", _EITHER, _ALLOWED, "with a fraction of a second", _spoilt("Z", ".123Z")),
    _row("long-fraction", _EITHER, _RFC, "with nine digits of fraction", _spoilt("Z", ".123456789Z")),
    _row("lower-case-letters", _EITHER, _RFC, "with lower-case t and z", lambda around: around.instant.lower()),
    _row("leap-second", _EITHER, _RFC, "a leap second", _text("2016-12-31T23:59:60Z")),
    _row("epoch", _EITHER, _UNKNOWN_TIME, "1 January 1970", _text("1970-01-01T00:00:00Z")),
    _row("before-epoch", _EITHER, _RANGE, "in 1900", _text("1900-01-01T00:00:00Z"), poisons=True),
    _row("year-zero", _EITHER, _RANGE, "in the year 0", _text("0000-01-01T00:00:00Z"), poisons=True),
    _row("in-a-century", _EITHER, _RANGE, "100 years away", lambda a: stamp(a.now + _CENTURY), poisons=True),
    _row("year-9999", _EITHER, _RANGE, "at the end of 9999", _text("9999-12-31T23:59:59Z"), poisons=True),
    _row("year-10000", _REFUSE, _FORMAT, "in a year of five digits", _text("10000-01-01T00:00:00Z"), poisons=True),
)
RULES: Final = tuple(rule for rule, _ in _ROWS)


def changes(place: Place, around: Circumstances) -> Iterator[Change]:
    """Only for DateTime; local times and dates of tariffs and opening hours are plain strings."""
    if place.shape is Shape.DATE_TIME:
        for rule, make in _ROWS:
            yield rule, encoded(make(around))
