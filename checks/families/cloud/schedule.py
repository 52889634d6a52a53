"""Schedules of Secrets Manager as the days between two rotations.

AWS Secrets Manager User Guide, schedule expressions in Secrets Manager rotation: `rate(n hours|days)` and
`cron(minutes hours day-of-month month day-of-week year)`, where the year is always `*` and Sunday is day 1.
"""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

_RATE: Final = re.compile(r"rate\(\s*([1-9]\d*)\s+(hour|day)s?\s*\)")
_CRON: Final = re.compile(r"cron\(\s*\S+\s+\S+\s+(\S+)\s+(\S+)\s+(\S+)\s+\*\s*\)")
_ITEM: Final = re.compile(r"(?:(\*)|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?")
_NAMES: Final = {
    name: str(number)
    for names in ("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC", "SUN MON TUE WED THU FRI SAT")
    for number, name in enumerate(names.split(), start=1)
}
_FIRST: Final = date(2024, 1, 1)
_DAYS: Final = 5 * 366  # a leap year, and the years to the next: every length of a gap comes up


def longest_gap(schedule: str) -> float | None:
    """Days between two rotations at most; None for an expression that cannot be read, or one that never comes."""
    rate = _RATE.fullmatch(schedule.strip())
    if rate:
        return int(rate[1]) / (24 if rate[2] == "hour" else 1)
    cron = _CRON.fullmatch(schedule.strip())
    return _cron_gap(*cron.groups()) if cron else None


def _cron_gap(days: str, months: str, weekdays: str) -> int | None:
    in_month, in_year, in_week = _numbers(days, 1, 31), _numbers(months, 1, 12), _numbers(weekdays, 1, 7)
    last = days == "L"
    if in_year is None or in_week is None or (in_month is None and not last):
        return None
    due: list[date] = []
    for day in (_FIRST + timedelta(days=number) for number in range(_DAYS)):
        fits = (day + timedelta(days=1)).day == 1 if last else day.day in (in_month or ())
        if fits and day.month in in_year and day.isoweekday() % 7 + 1 in in_week:
            due.append(day)
    return max(((after - before).days for before, after in pairwise(due)), default=None)


def _numbers(field: str, first: int, last: int) -> frozenset[int] | None:
    """What a field of numbers, names, ranges, steps and lists stands for; None for any other, `#` and `W` included."""
    if field == "?":
        return frozenset(range(first, last + 1))
    numbers: set[int] = set()
    for item in re.sub(r"[A-Z]{3}", lambda name: _NAMES.get(name[0], name[0]), field.upper()).split(","):
        found = _ITEM.fullmatch(item)
        if not found:
            return None
        start = first if found[1] else int(found[2])
        stop = int(found[3]) if found[3] else last if found[1] or found[4] else start
        if not first <= start <= stop <= last:
            return None
        numbers.update(range(start, stop + 1, int(found[4] or 1)))
    return frozenset(numbers)
