"""Rules on sessions and charging preferences."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.credit import total
from scanner.model.ocpi.rules.evse import NOT_AVAILABLE
from scanner.model.ocpi.rules.period import volumes, window
from scanner.model.ocpi.rules.read import JsonObject, inner, items, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import not_in_future, not_negative
from scanner.model.severity import Severity

_WATT_HOUR: Final = 0.001  # kWh
_START_HAS_BEEN: Final = not_in_future("start_datetime", "start_date_time")
_BEGUN: Final = frozenset({"ACTIVE", "COMPLETED"})


def _starts_before_it_ends(of: JsonObject, scope: Scope) -> Iterable[str]:
    start, end = window(of)
    key = "end_datetime" if scope.version == "2.1.1" else "end_date_time"
    return (f"/{key}",) if start is not None and end is not None and end < start else ()


def _no_energy_is_lost(of: JsonObject, _: Scope) -> Iterable[str]:
    kwh = number(of, "kwh")
    used = [volumes(period).get("ENERGY") for _, period in items(of, "charging_periods")]
    known = [volume for volume in used if volume is not None]
    if kwh is None or not known or min(known) < 0:
        return ()
    return ("/kwh",) if sum(known) > kwh + _WATT_HOUR * (len(known) + 1) else ()


def _energy_not_negative(of: JsonObject, _: Scope) -> Iterable[str]:
    kwh = number(of, "kwh")
    fed_back = any(volumes(period).get("ENERGY", 0) < 0 for _, period in items(of, "charging_periods"))
    return ("/kwh",) if kwh is not None and kwh < 0 and not fed_back else ()


def _completed_has_ended(of: JsonObject, scope: Scope) -> Iterable[str]:
    """A partial object, which has no start, may leave the end out."""
    key = "end_datetime" if scope.version == "2.1.1" else "end_date_time"
    start, end = window(of)
    missing = start is not None and end is None and of.get(key) is None
    return (f"/{key}",) if missing and text(of, "status") == "COMPLETED" else ()


def _ended_is_not_active(of: JsonObject, scope: Scope) -> Iterable[str]:
    _, end = window(of)
    ended = end is not None and end <= scope.now
    return ("/status",) if ended and text(of, "status") in {"ACTIVE", "PENDING"} else ()


def _pending_has_no_energy(of: JsonObject, _: Scope) -> Iterable[str]:
    kwh = number(of, "kwh")
    return ("/kwh",) if text(of, "status") in {"PENDING", "RESERVATION"} and kwh is not None and kwh > 0 else ()


def _begun_is_not_in_future(of: JsonObject, scope: Scope) -> Iterable[str]:
    return _START_HAS_BEEN(of, scope) if text(of, "status") in _BEGUN else ()


def _place_is_known(of: JsonObject, _: Scope) -> Iterator[str]:
    for key in ("evse_uid", "connector_id"):
        if text(of, "status") == "ACTIVE" and text(of, key) == NOT_AVAILABLE:
            yield f"/{key}"


def _cost_not_negative(of: JsonObject, _: Scope) -> Iterable[str]:
    cost = total(of, "total_cost")
    return ("/total_cost",) if cost is not None and cost < 0 else ()


def _one_place(of: JsonObject, _: Scope) -> Iterator[str]:
    evses = items(inner(of, "location") or {}, "evses")
    if len(evses) > 1:
        yield "/location/evses"
    for pointer, evse in evses:
        if len(items(evse, "connectors")) > 1:
            yield f"/location{pointer}/connectors"


RULES: Final = (
    SemanticRule(
        id="session-starts-before-it-ends",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="the end is not before the start",
        judge=_starts_before_it_ends,
    ),
    SemanticRule(
        id="session-begun-not-in-future",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="a session that is or was active did not start in the future",
        judge=_begun_is_not_in_future,
    ),
    SemanticRule(
        id="session-energy-not-negative",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="kwh is not negative, unless a period fed energy back",
        judge=_energy_not_negative,
    ),
    SemanticRule(
        id="session-energy-covers-periods",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="the energy of the periods is not more than kwh",
        judge=_no_energy_is_lost,
    ),
    SemanticRule(
        id="session-completed-has-end",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="a session that was completed says when it ended",
        judge=_completed_has_ended,
    ),
    SemanticRule(
        id="session-ended-not-active",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="a session whose end has passed is neither active nor pending",
        judge=_ended_is_not_active,
    ),
    SemanticRule(
        id="session-pending-without-energy",
        versions=EVERY,
        classes=("Session",),
        section="sessions, SessionStatus enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="no energy was charged before a session became active",
        judge=_pending_has_no_energy,
    ),
    SemanticRule(
        id="session-active-at-known-evse",
        versions=SINCE_2_2,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="only a reservation is at no known EVSE and connector",
        judge=_place_is_known,
    ),
    SemanticRule(
        id="preference-energy-not-negative",
        versions=SINCE_2_2,
        classes=("ChargingPreferences",),
        section="sessions, ChargingPreferences object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="the energy that is needed is not negative",
        judge=not_negative("energy_need"),
    ),
    SemanticRule(
        id="session-cost-not-negative",
        versions=EVERY,
        classes=("Session",),
        section="sessions, Session object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="total_cost, of which zero means free of charge, is not negative",
        judge=_cost_not_negative,
    ),
    SemanticRule(
        id="location-of-session-alone",
        versions=("2.1.1",),
        classes=("CDR", "Session"),
        section="cdrs, CDR object; sessions, Session object",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="the location holds the EVSE and the connector that were used, and no other",
        judge=_one_place,
    ),
)
