"""The list of one scenario: its pages as they are asked for, each request noted. All are bounded."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

from scanner.model.facts.ocpi.pulls import Trick
from scanner.model.json_value import JsonValue
from scanner.model.served import ServedAnswer, ServedCall
from scanner.ocpi.rogue.site import JSON, Site
from scanner.ocpi.writing.stamp import written

BOUND: Final = 150  # pages of what has no end
_FAILURES: Final = 2  # at least
_OUTAGE_S: Final = 2.2  # at least
_RETRY_AFTER_S: Final = 1
_EARLY_S: Final = 0.05  # clocks and networks
_DIGITS: Final = 10
_WHOLE_SECONDS: Final = len("2026-01-01T00:00:00")  # our dates have no more; a date_from may
_MILLION: Final = "1000000"


@dataclass(slots=True, kw_only=True)
class HostileList:
    """Below `path` of a site; `sound` and `bad` are its objects."""

    trick: Trick
    site: Site
    path: str
    sound: dict[str, JsonValue]
    bad: dict[str, JsonValue]
    asked: list[float] = field(default_factory=list)  # monotonic seconds
    furthest: int = 0  # pages after the first one, in a row
    in_a_row: int = 0
    back_at: int | None = None
    too_soon: int = 0
    cut_short: bool = False  # somebody still asked when we stopped looking

    def open(self) -> None:
        """Put it onto its site."""
        self.site.hostile[self.path] = self.answer

    async def answer(self, call: ServedCall) -> ServedAnswer | None:
        """One page."""
        self.asked.append(time.monotonic())
        return _PAGES[self.trick](self, call)

    @property
    def is_over(self) -> bool:
        """Nothing more can come of it."""
        return self.furthest >= BOUND

    def page(self, call: ServedCall, *objects: JsonValue, link: str | None = None) -> ServedAnswer:
        """A page of the list."""
        said = self.site.said(call, list(objects))
        following = (("Link", f'<{link}>; rel="next"'),) if link else ()
        total = _MILLION if self.trick is Trick.ENDLESS else str(len(objects))
        headers = (*said.headers, *following, ("X-Total-Count", total), ("X-Limit", "50"))
        return ServedAnswer(headers=headers, body=said.body)

    def url(self, base: str, offset: int) -> str:
        """Of a page."""
        return f"{base}{self.path}?offset={offset}&limit=50"


def _sound(one: HostileList, call: ServedCall) -> ServedAnswer:
    return one.page(call, one.sound)


def _with_bad(one: HostileList, call: ServedCall) -> ServedAnswer:
    return one.page(call, one.bad, one.sound)


def _loop(one: HostileList, call: ServedCall) -> ServedAnswer:
    """The second page leads to itself."""
    _count(one, call)
    return one.page(call, one.sound, link=None if one.is_over else one.url(one.site.base, 50))


def _endless(one: HostileList, call: ServedCall) -> ServedAnswer:
    _count(one, call)
    return one.page(call, one.sound, link=None if one.is_over else one.url(one.site.base, _offset(call) + 1))


def _count(one: HostileList, call: ServedCall) -> None:
    """Pages that are asked for before the first one is again, whatever numbers they go by."""
    one.in_a_row = one.in_a_row + 1 if _offset(call) else 0
    one.furthest = max(one.furthest, one.in_a_row)


def _away(one: HostileList, call: ServedCall) -> ServedAnswer:
    return one.page(call, one.sound, link=one.url(one.site.elsewhere, 50))


def _inward(one: HostileList, call: ServedCall) -> ServedAnswer:
    return one.page(call, one.sound, link=one.url(one.site.inward, 50))


def _outage(one: HostileList, call: ServedCall) -> ServedAnswer:
    """An object comes up when it begins; who moves its date on over a pass that failed has lost it."""
    *before, now = one.asked
    if not before:
        one.sound["last_updated"] = written(datetime.now(UTC))
    if one.back_at is None:
        one.too_soon += bool(before) and now - before[-1] < _RETRY_AFTER_S - _EARLY_S
    if one.back_at is None and (len(before) < _FAILURES or now - one.asked[0] < _OUTAGE_S):
        headers = (JSON, ("Retry-After", str(_RETRY_AFTER_S)))
        body = one.site.envelope(None, 3000)
        return ServedAnswer(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers, body=body)
    one.back_at = one.back_at or len(before)
    since = parse_qs(urlsplit(call.path).query).get("date_from", [""])[0]
    is_newer = since[:_WHOLE_SECONDS] <= str(one.sound["last_updated"])[:_WHOLE_SECONDS]
    return one.page(call, *([one.sound] if is_newer else []))


def _offset(call: ServedCall) -> int:
    found = parse_qs(urlsplit(call.path).query).get("offset", ["0"])[0]
    return int(found) if found.isascii() and found.isdigit() and len(found) < _DIGITS else 0


_PAGES: Final[dict[Trick, Callable[[HostileList, ServedCall], ServedAnswer]]] = {
    Trick.NOTHING: _sound,
    Trick.BAD_OBJECT: _with_bad,
    Trick.LOOP: _loop,
    Trick.ENDLESS: _endless,
    Trick.LINK_AWAY: _away,
    Trick.LINK_INWARD: _inward,
    Trick.OUTAGE: _outage,
}
