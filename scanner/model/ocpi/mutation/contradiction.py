"""Objects whose types are right and whose meaning is not: one property is changed so that one semantic rule breaks.

What a receiver must do follows from how much of the rule is the specification's (`Basis`).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.circumstances import Change, Circumstances, stamp
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place
from scanner.model.ocpi.mutation.template import encoded
from scanner.model.ocpi.rules.catalog import RULES as SEMANTIC_RULES
from scanner.model.ocpi.rules.rule import Basis, SemanticRule

JsonObject = Mapping[str, JsonValue]
Make = Callable[[JsonObject, Circumstances], JsonValue]  # the new value; None where the object does not fit
_DAY: Final = timedelta(days=1)
_LONG_AGO: Final = "2001-01-01T00:00:00Z"
_PERIODS: Final = "charging_profile_period"
_RULES: Final = {rule.id: rule for rule in SEMANTIC_RULES}


class Contradiction(NamedTuple):
    """The property `key` of a class gets a value that breaks a rule."""

    rule: SemanticRule
    class_name: str
    key: str
    make: Make


def _row(rule: str, class_name: str, key: str, make: Make) -> Contradiction:
    return Contradiction(_RULES[rule], class_name, key, make)


def _is(value: JsonValue) -> Make:
    return lambda _, __: value


def _day_before(key: str) -> Make:
    return lambda of, _: _moved(of.get(key), -_DAY)


def _twice(key: str) -> Make:
    def make(of: JsonObject, _: Circumstances) -> JsonValue:
        items = of.get(key)
        return [*items, items[0]] if isinstance(items, list) and items else None

    return make


def _more(key: str, amount: float) -> Make:
    def make(of: JsonObject, _: Circumstances) -> JsonValue:
        found = of.get(key)
        return found + amount if isinstance(found, int | float) and not isinstance(found, bool) else None

    return make


def _first(key: str, **changed: JsonValue) -> Make:
    def make(of: JsonObject, _: Circumstances) -> JsonValue:
        items = of.get(key)
        if not isinstance(items, list) or not items or not isinstance(items[0], Mapping):
            return None
        return [{**items[0], **changed}, *items[1:]]

    return make


def _if(key: str, value: JsonValue, new: JsonValue) -> Make:
    return lambda of, _: new if of.get(key) == value else None


def _unless(key: str, value: JsonValue, new: JsonValue) -> Make:
    return lambda of, _: None if of.get(key) == value else new


def _half(key: str) -> Make:
    def make(of: JsonObject, _: Circumstances) -> JsonValue:
        found = of.get(key)
        return found / 2 if isinstance(found, int | float) and found > 0 else None

    return make


def _cost(amount: int) -> Make:
    """A total cost in the version's own form of a price."""

    def make(of: JsonObject, _: Circumstances) -> JsonValue:
        cost = of.get("total_cost")
        if isinstance(cost, Mapping):
            return {"excl_vat": amount} if "excl_vat" in cost else {"before_taxes": amount}
        return amount

    return make


def _moved(value: JsonValue, by: timedelta) -> JsonValue:
    if not isinstance(value, str):
        return None
    try:
        return stamp(datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC) + by)
    except (ValueError, OverflowError):
        return None


def _ahead(_: JsonObject, around: Circumstances) -> JsonValue:
    return stamp(around.now + 30 * _DAY)


def _ago(_: JsonObject, around: Circumstances) -> JsonValue:
    return stamp(around.now - 30 * _DAY)


_NOT_CREDIT: Final = _unless("credit", value=True, new="ANOTHER-CDR")
ROWS: Final = (
    _row("cdr-starts-before-it-ends", "CDR", "end_date_time", _day_before("start_date_time")),
    _row("cdr-starts-before-it-ends", "CDR", "stop_date_time", _day_before("start_date_time")),
    _row("cdr-has-ended", "CDR", "end_date_time", _ahead),
    _row("cdr-has-ended", "CDR", "stop_date_time", _ahead),
    _row("cdr-energy-not-negative", "CDR", "total_energy", _is(-1)),
    _row("cdr-duration-not-negative", "CDR", "total_time", _is(-1)),
    _row("cdr-duration-not-negative", "CDR", "total_parking_time", _is(-1)),
    _row("cdr-energy-is-sum-of-periods", "CDR", "total_energy", _is(0.001)),
    _row("cdr-time-is-from-start-to-end", "CDR", "total_time", _more("total_time", 1_000)),
    _row("cdr-parking-time-fits", "CDR", "total_parking_time", _more("total_time", 1_000)),
    _row("cdr-cost-within-tariff-limits", "CDR", "total_cost", _cost(1_000_000)),
    _row("cdr-cost-not-negative", "CDR", "total_cost", _cost(-1)),
    _row("cdr-currency-of-tariffs", "CDR", "currency", _if("currency", "EUR", "JPY")),
    _row("credit-cdr-names-original", "CDR", "credit", _if("credit_reference_id", None, new=True)),
    _row("credit-reference-only-in-credit-cdr", "CDR", "credit_reference_id", _NOT_CREDIT),
    _row("period-inside-session", "CDR", "charging_periods", _first("charging_periods", start_date_time=_LONG_AGO)),
    _row("period-inside-session", "Session", "charging_periods", _first("charging_periods", start_date_time=_LONG_AGO)),
    _row("period-dimension-once", "ChargingPeriod", "dimensions", _twice("dimensions")),
    _row("session-starts-before-it-ends", "Session", "end_date_time", _day_before("start_date_time")),
    _row("session-starts-before-it-ends", "Session", "end_datetime", _day_before("start_datetime")),
    _row("session-begun-not-in-future", "Session", "start_date_time", _ahead),
    _row("session-begun-not-in-future", "Session", "start_datetime", _ahead),
    _row("session-energy-not-negative", "Session", "kwh", _is(-1)),
    _row("session-energy-covers-periods", "Session", "kwh", _is(0)),
    _row("session-pending-without-energy", "Session", "status", _is("PENDING")),
    _row("price-vat-only-adds", "Price", "incl_vat", _half("excl_vat")),
    _row("price-limit-taxes-only-add", "PriceLimit", "after_taxes", _half("before_taxes")),
    _row("currency-iso-4217", "CDR", "currency", _is("QQQ")),
    _row("currency-iso-4217", "Session", "currency", _is("QQQ")),
    _row("currency-iso-4217", "Tariff", "currency", _is("QQQ")),
    _row("language-iso-639", "DisplayText", "language", _is("qq")),
    _row("language-iso-639", "Token", "language", _is("qq")),
    _row("display-text-no-markup", "DisplayText", "text", _is("<b>now</b>")),
    _row("location-country-iso-3166", "Location", "country", _is("QQQ")),
    _row("location-country-iso-3166", "CdrLocation", "country", _is("QQQ")),
    _row("time-zone-known", "Location", "time_zone", _is("Mars/Olympus")),
    _row("coordinate-on-earth", "GeoLocation", "latitude", _is("91.00000")),
    _row("coordinate-on-earth", "GeoLocation", "longitude", _is("181.00000")),
    _row("coordinate-decimals", "GeoLocation", "latitude", _is("north")),
    _row("coordinate-form", "GeoLocation", "latitude", _is("north")),
    _row("publish-allowed-to-only-if-hidden", "Location", "publish", _is(value=True)),
    _row("evse-uid-unique", "Location", "evses", _twice("evses")),
    _row("connector-id-unique", "EVSE", "connectors", _twice("connectors")),
    _row("evse-id-form", "EVSE", "evse_id", _is("not an EVSE id")),
    _row("connector-ratings-positive", "Connector", "max_voltage", _is(0)),
    _row("connector-ratings-positive", "Connector", "max_amperage", _is(-16)),
    _row("connector-ratings-positive", "Connector", "voltage", _is(0)),
    _row("connector-ratings-positive", "Connector", "amperage", _is(-16)),
    _row("connector-standard-has-power-type", "Connector", "standard", _if("power_type", "AC_3_PHASE", "CHADEMO")),
    _row("location-updated-with-its-evses", "Location", "last_updated", _day_before("last_updated")),
    _row("hours-clock-form", "RegularHours", "period_begin", _is("25:00")),
    _row("hours-end-later", "RegularHours", "period_end", lambda of, _: of.get("period_begin")),
    _row("hours-weekday", "RegularHours", "weekday", _is(8)),
    _row("exceptional-period-begins-before-it-ends", "ExceptionalPeriod", "period_end", _day_before("period_begin")),
    _row("status-schedule-begins-before-it-ends", "StatusSchedule", "period_end", _day_before("period_begin")),
    _row("energy-share-in-range", "EnergySource", "percentage", _is(250)),
    _row("energy-sources-add-up", "EnergyMix", "energy_sources", _twice("energy_sources")),
    _row("tariff-starts-before-it-ends", "Tariff", "end_date_time", _day_before("start_date_time")),
    _row("tariff-one-component-of-a-type", "TariffElement", "price_components", _twice("price_components")),
    _row("price-component-step", "PriceComponent", "step_size", _is(-1)),
    _row("price-component-not-negative", "PriceComponent", "price", _is(-1)),
    _row("restriction-clock-form", "TariffRestrictions", "start_time", _is("25:00")),
    _row("restriction-date-exists", "TariffRestrictions", "start_date", _is("2026-02-30")),
    _row("restriction-range-in-order", "TariffRestrictions", "max_kwh", _more("min_kwh", -1)),
    _row("restriction-range-in-order", "TariffRestrictions", "max_duration", _more("min_duration", -1)),
    _row("token-of-app-never-listed", "Token", "whitelist", _if("type", "APP_USER", "ALWAYS")),
    _row("reservation-expires-later", "ReserveNow", "expiry_date", _ago),
    _row("profile-starts-at-zero", "ChargingProfile", _PERIODS, _first(_PERIODS, start_period=60)),
    _row("profile-duration-positive", "ChargingProfile", "duration", _is(-1)),
    _row("profile-rate-not-negative", "ChargingProfile", "min_charging_rate", _is(-1)),
    _row("profile-limit-not-negative", "ChargingProfilePeriod", "limit", _is(-1)),
    _row("profile-limit-one-digit", "ChargingProfilePeriod", "limit", _is(6.25)),
    _row("command-timeout-positive", "CommandResponse", "timeout", _is(0)),
    _row("command-timeout-positive", "ChargingProfileResponse", "timeout", _is(0)),
    _row("credentials-role-unique", "Credentials", "roles", _twice("roles")),
    _row("credentials-token-characters", "Credentials", "token", _is("with white space")),
    _row("version-endpoint-once", "VersionDetails", "endpoints", _twice("endpoints")),
)


def _rule(broken: SemanticRule) -> Rule:
    required = broken.basis is Basis.REQUIRED
    return Rule(
        name=broken.id,
        family=Family.CONTRADICTION,
        expectation=Expectation.MUST_REFUSE if required else Expectation.MAY_EITHER,
        source=Source(broken.section, broken.sentence),
        says=f"breaks a rule: {broken.sentence}",
    )


_BROKEN: Final = {row.rule.id: _rule(row.rule) for row in ROWS}
RULES: Final = tuple(_BROKEN.values())
_BY_PROPERTY: Final = {
    (row.class_name, row.key): tuple(other for other in ROWS if other[1:3] == row[1:3]) for row in ROWS
}


def changes(place: Place, around: Circumstances) -> Iterator[Change]:
    """Every rule of the version that one property of an object can break."""
    for row in _BY_PROPERTY.get((place.owner, place.key), ()):
        value = row.make(place.within, around) if around.version in row.rule.versions else None
        if value is not None:
            yield _BROKEN[row.rule.id], encoded(value)
