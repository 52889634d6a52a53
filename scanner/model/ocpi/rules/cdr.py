"""Rules on CDRs: times, place, dimensions, signed data, credit CDRs."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.evse import NOT_AVAILABLE
from scanner.model.ocpi.rules.period import volumes, window
from scanner.model.ocpi.rules.read import JsonObject, inner, items, moment, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.ocpi.rules.shape import that
from scanner.model.severity import Severity

UNKNOWN_YEAR: Final = 1970  # parties may agree on CDRs without a known start or end
_SESSION_ONLY: Final = frozenset({"CURRENT", "ENERGY_EXPORT", "ENERGY_IMPORT", "POWER", "STATE_OF_CHARGE"})


def times_known(of: JsonObject) -> bool:
    """False where start or end stands for one that is not known."""
    return all(at is None or at.year > UNKNOWN_YEAR for at in window(of))


def _ends(scope: Scope) -> str:
    return "stop_date_time" if scope.version == "2.1.1" else "end_date_time"


def _starts_before_it_ends(of: JsonObject, scope: Scope) -> Iterable[str]:
    start, end = window(of)
    wrong = start is not None and end is not None and end < start
    return (f"/{_ends(scope)}",) if wrong and times_known(of) else ()


def _has_ended(of: JsonObject, scope: Scope) -> Iterable[str]:
    _, end = window(of)
    return (f"/{_ends(scope)}",) if end is not None and end > scope.latest else ()


def _made_after_the_end(of: JsonObject, scope: Scope) -> Iterable[str]:
    (_, end), made = window(of), moment(of, "last_updated")
    return ("/last_updated",) if end is not None and made is not None and made + scope.context.skew < end else ()


def _not_for_sessions_only(of: JsonObject, _: Scope) -> Iterator[str]:
    for outer, period in items(of, "charging_periods"):
        for pointer, dimension in items(period, "dimensions"):
            if text(dimension, "type") in _SESSION_ONLY:
                yield f"{outer}{pointer}/type"


def _nowhere_charges_nothing(of: JsonObject, _: Scope) -> Iterable[str]:
    place, energy = inner(of, "cdr_location") or {}, number(of, "total_energy")
    return ("/total_energy",) if text(place, "evse_uid") == NOT_AVAILABLE and energy else ()


def _fed_back(of: JsonObject) -> bool:
    return any(volumes(period).get("ENERGY", 0) < 0 for _, period in items(of, "charging_periods"))


def _energy_not_negative(of: JsonObject, _: Scope) -> Iterable[str]:
    energy = number(of, "total_energy")
    return ("/total_energy",) if energy is not None and energy < 0 and not _fed_back(of) else ()


def _durations_not_negative(of: JsonObject, _: Scope) -> Iterable[str]:
    found = ((key, number(of, key)) for key in ("total_time", "total_parking_time"))
    return [f"/{key}" for key, hours in found if hours is not None and hours < 0]


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


RULES: Final = (
    SemanticRule(
        id="cdr-starts-before-it-ends",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="the end is not before the start",
        judge=_starts_before_it_ends,
    ),
    SemanticRule(
        id="cdr-has-ended",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a CDR is of a session that is over",
        judge=_has_ended,
    ),
    SemanticRule(
        id="cdr-made-after-the-end",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, Push model",
        basis=Basis.PLAUSIBLE,
        severity=Severity.LOW,
        sentence="last_updated is not before the end of the session",
        judge=_made_after_the_end,
    ),
    SemanticRule(
        id="cdr-energy-not-negative",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="total_energy is not negative, unless a period fed energy back",
        judge=_energy_not_negative,
    ),
    SemanticRule(
        id="cdr-duration-not-negative",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="total_time and total_parking_time are not negative",
        judge=_durations_not_negative,
    ),
    SemanticRule(
        id="cdr-no-session-only-dimension",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CdrDimensionType enum",
        basis=Basis.REQUIRED,
        severity=Severity.LOW,
        sentence="no dimension is one for sessions only",
        judge=_not_for_sessions_only,
    ),
    SemanticRule(
        id="cdr-without-evse-has-no-energy",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CdrLocation class",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a reservation that never reached an EVSE charged no energy",
        judge=_nowhere_charges_nothing,
    ),
    SemanticRule(
        id="signed-data-key-base64",
        versions=SINCE_2_2,
        classes=("SignedData",),
        section="cdrs, SignedData class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="public_key is Base64",
        judge=that(_is_base64, "public_key"),
    ),
)
