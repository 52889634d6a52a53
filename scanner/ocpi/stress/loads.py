"""The loads: what each repeats, how fast, and as which fact it is told."""

from collections.abc import Callable
from typing import Final

from scanner.model.facts.ocpi.stress import (
    BrokenBodiesSeen,
    ExpensiveLoadSeen,
    LoadSeen,
    MalformedLoadSeen,
    MixedLoadSeen,
    ReconnectsSeen,
    VolumeSeen,
)
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.stress.bodies import broken_bodies
from scanner.ocpi.stress.pace import Rates
from scanner.ocpi.stress.partners import Partner
from scanner.probe import ProbeContext

_NOBODY_S: Final = "posture-nothing-here"
_MALFORMED: Final = (
    {"limit": "-1"},
    {"limit": "1e9999"},
    {"offset": "99999999999999999999999999"},
    {"offset": "\u0000"},
    {"date_from": "yesterday"},
    {"date_from": "2026-13-45T99:99:99Z"},
    {"date_to": "+" * 200},
    {"limit": "[]", "offset": "{}", "date_from": "'\""},
)
_EXPENSIVE: Final = (
    {"limit": "100000"},
    {"limit": "100000", "date_from": "1970-01-01T00:00:00Z", "date_to": "2099-12-31T23:59:59Z"},
    {"limit": "100000", "offset": "10000000"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """One load; `mild`: at a rate that the partner may have, so that what is asked is read at all.

    `writes`: its requests are no GETs, and who sends it has to have a place to write to.
    """

    fact: type[LoadSeen]
    what: str
    requests: Callable[[ProbeContext, Partner], tuple[HttpIntent, ...]]
    mild: bool = True
    reconnect: bool = False
    writes: bool = False

    def per_second(self, rates: Rates, agreed: float | None) -> float:
        """Requests a second."""
        return rates.steady(agreed) if self.mild else rates.excess(agreed)


def _ordinary(context: ProbeContext, partner: Partner) -> tuple[HttpIntent, ...]:
    return (partner.ask(context, "a list, again and again"),)


def _mixed(context: ProbeContext, partner: Partner) -> tuple[HttpIntent, ...]:
    return (
        partner.ask(context, "a list among bad requests"),
        partner.ask(context, "a list with a bad limit", {"limit": "many"}),
        partner.ask_below(context, "an object that does not exist", _NOBODY_S),
        partner.ask(context, "a list from no date", {"date_from": "yesterday"}),
    )


def _malformed(context: ProbeContext, partner: Partner) -> tuple[HttpIntent, ...]:
    return tuple(partner.ask(context, "a malformed question", query) for query in _MALFORMED)


def _expensive(context: ProbeContext, partner: Partner) -> tuple[HttpIntent, ...]:
    return tuple(partner.ask(context, "an expensive question", query) for query in _EXPENSIVE)


def _broken(context: ProbeContext, partner: Partner) -> tuple[HttpIntent, ...]:
    """None for a partner that may not write."""
    return broken_bodies(context, partner.surface) if partner.surface else ()


LOADS: Final = (
    LoadPlan(
        fact=MixedLoadSeen,
        what="ordinary requests, unknown objects and bad parameters in turn",
        requests=_mixed,
    ),
    LoadPlan(fact=MalformedLoadSeen, what="parameters that mean nothing", requests=_malformed),
    LoadPlan(
        fact=ReconnectsSeen,
        what="the first object of a list, over a new connection each time",
        requests=_ordinary,
        reconnect=True,
    ),
    LoadPlan(
        fact=ExpensiveLoadSeen,
        what="the longest pages, the widest periods and the furthest offsets",
        requests=_expensive,
    ),
    LoadPlan(fact=VolumeSeen, what="the first object of a list", requests=_ordinary, mild=False),
    LoadPlan(
        fact=BrokenBodiesSeen, what="bodies that break off or are no JSON", requests=_broken, mild=False, writes=True
    ),
)
