"""Rules on a CDR against the tariffs that it holds, and against its session, location, token and original."""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.model.ocpi.rules.cdr_totals import WATT_HOUR, half_a_unit
from scanner.model.ocpi.rules.context import Index, key_of
from scanner.model.ocpi.rules.credit import total
from scanner.model.ocpi.rules.evse import NOT_AVAILABLE
from scanner.model.ocpi.rules.period import window
from scanner.model.ocpi.rules.read import JsonObject, flag, folded, inner, items, moment, number, text
from scanner.model.ocpi.rules.rule import EVERY, SINCE_2_2, Basis, Scope, SemanticRule
from scanner.model.severity import Severity


def _same(one: JsonObject, other: JsonObject, key: str) -> bool:
    """True also where one of the two does not say."""
    left, right = text(one, key), text(other, key)
    return left is None or right is None or folded(left) == folded(right)


def _currency_of_tariffs(of: JsonObject, _: Scope) -> Iterator[str]:
    for pointer, tariff in items(of, "tariffs"):
        if not _same(of, tariff, "currency"):
            yield f"{pointer}/currency"


def _tariffs_held(of: JsonObject, _: Scope) -> Iterator[str]:
    """A CDR may hold no tariffs at all."""
    held = {folded(text(tariff, "id") or "") for _, tariff in items(of, "tariffs")}
    if not held:
        return
    for pointer, period in items(of, "charging_periods"):
        wanted = text(period, "tariff_id")
        if wanted is not None and folded(wanted) not in held:
            yield f"{pointer}/tariff_id"


def _tariffs_in_force(of: JsonObject, _: Scope) -> Iterator[str]:
    start, end = window(of)
    for pointer, tariff in items(of, "tariffs"):
        first, last = moment(tariff, "start_date_time"), moment(tariff, "end_date_time")
        if first is not None and end is not None and first > end:
            yield f"{pointer}/start_date_time"
        if last is not None and start is not None and last < start:
            yield f"{pointer}/end_date_time"


def _within_limits(of: JsonObject, _: Scope) -> Iterable[str]:
    """Only where one tariff is all that counts."""
    held, cost = [tariff for _, tariff in items(of, "tariffs")], total(of, "total_cost")
    if len(held) != 1 or cost is None:
        return ()
    paid, slack = abs(cost) if flag(of, "credit") else cost, 2 * half_a_unit(of)
    least, most = total(held[0], "min_price"), total(held[0], "max_price")
    too_little = least is not None and paid < least - slack
    too_much = most is not None and paid > most + slack
    return ("/total_cost",) if too_little or too_much else ()


def _found(of: JsonObject, indexed: Index, id: str | None) -> JsonObject | None:
    key = key_of(of, id)
    return None if key is None else indexed.get(key)


def _as_session(of: JsonObject, scope: Scope) -> Iterator[str]:
    session = _found(of, scope.context.sessions, text(of, "session_id"))
    if session is None:
        return
    for key in ("currency", "authorization_reference"):
        if not _same(of, session, key):
            yield f"/{key}"
    ours, theirs = inner(of, "cdr_token"), inner(session, "cdr_token")
    if ours is not None and theirs is not None and not _same(ours, theirs, "uid"):
        yield "/cdr_token/uid"


def _energy_as_session(of: JsonObject, scope: Scope) -> Iterable[str]:
    session = _found(of, scope.context.sessions, text(of, "session_id"))
    if session is None or text(session, "status") != "COMPLETED":
        return ()
    billed, charged = number(of, "total_energy"), number(session, "kwh")
    differ = billed is not None and charged is not None and abs(billed - charged) > 2 * WATT_HOUR
    return ("/total_energy",) if differ else ()


def _not_of_invalid(of: JsonObject, scope: Scope) -> Iterable[str]:
    session = _found(of, scope.context.sessions, text(of, "session_id"))
    return ("/session_id",) if session is not None and text(session, "status") == "INVALID" else ()


def _at_location(of: JsonObject, scope: Scope) -> Iterator[str]:
    place = inner(of, "cdr_location") or {}
    location = _found(of, scope.context.locations, text(place, "id"))
    uid = text(place, "evse_uid")
    if location is None or uid is None or uid == NOT_AVAILABLE:
        return
    evses = [evse for _, evse in items(location, "evses") if folded(text(evse, "uid") or "") == folded(uid)]
    if not evses:
        yield "/cdr_location/evse_uid"
        return
    connectors = {folded(text(connector, "id") or "") for _, connector in items(evses[0], "connectors")}
    wanted = text(place, "connector_id")
    if wanted is not None and folded(wanted) not in connectors:
        yield "/cdr_location/connector_id"


def _as_token(of: JsonObject, scope: Scope) -> Iterator[str]:
    used = inner(of, "cdr_token")
    token = None if used is None else _found(used, scope.context.tokens, text(used, "uid"))
    if used is None or token is None or not _same(used, token, "type"):
        return  # another token: uid and type together name one
    if not _same(used, token, "contract_id"):
        yield "/cdr_token/contract_id"


def _as_original(of: JsonObject, scope: Scope) -> Iterator[str]:
    original = _found(of, scope.context.cdrs, text(of, "credit_reference_id"))
    if original is None or not flag(of, "credit"):
        return
    if not _same(of, original, "currency"):
        yield "/currency"
    given, taken = total(of, "total_cost"), total(original, "total_cost")
    if given is not None and taken is not None and abs(given + taken) > 2 * half_a_unit(of):
        yield "/total_cost"


RULES: Final = (
    SemanticRule(
        id="cdr-currency-of-tariffs",
        versions=EVERY,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="the tariffs of a CDR have its currency",
        judge=_currency_of_tariffs,
    ),
    SemanticRule(
        id="cdr-tariff-of-period-held",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object and ChargingPeriod class",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="the tariff of a period is among the CDR's tariffs",
        judge=_tariffs_held,
    ),
    SemanticRule(
        id="cdr-tariff-in-force",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object; tariffs, Tariff object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="a tariff of a CDR is in force during the session",
        judge=_tariffs_in_force,
    ),
    SemanticRule(
        id="cdr-cost-within-tariff-limits",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="tariffs, Tariff object",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="total_cost lies between min_price and max_price of the CDR's only tariff",
        judge=_within_limits,
    ),
    SemanticRule(
        id="cdr-agrees-with-session",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object",
        basis=Basis.REQUIRED,
        severity=Severity.HIGH,
        sentence="currency, token and authorization_reference are those of the session",
        judge=_as_session,
    ),
    SemanticRule(
        id="cdr-energy-agrees-with-session",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CDR object; sessions, Session object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.CRITICAL,
        sentence="total_energy is the kwh of the completed session",
        judge=_energy_as_session,
    ),
    SemanticRule(
        id="cdr-not-of-invalid-session",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="sessions, SessionStatus enum",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="a session that was declared invalid is not billed",
        judge=_not_of_invalid,
    ),
    SemanticRule(
        id="cdr-evse-of-location",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CdrLocation class; locations, EVSE object",
        basis=Basis.REQUIRED,
        severity=Severity.MEDIUM,
        sentence="EVSE and connector are of the location",
        judge=_at_location,
    ),
    SemanticRule(
        id="cdr-agrees-with-token",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, CdrToken class; tokens, Token object",
        basis=Basis.PLAUSIBLE,
        severity=Severity.HIGH,
        sentence="contract_id is that of the token",
        judge=_as_token,
    ),
    SemanticRule(
        id="credit-cdr-negates-original",
        versions=SINCE_2_2,
        classes=("CDR",),
        section="cdrs, Credit CDRs",
        basis=Basis.REQUIRED,
        severity=Severity.CRITICAL,
        sentence="a credit CDR has the currency and the negative total_cost of its original",
        judge=_as_original,
    ),
)
