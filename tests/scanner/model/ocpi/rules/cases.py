"""For each semantic rule an object that keeps it, and what to change so that it breaks it and no other."""

from dataclasses import dataclass, field
from typing import Any

from scanner.model.ocpi.rules.context import RuleContext, index

OLD, SINCE_2_2, V221, V230 = ("2.1.1",), ("2.2.1", "2.3.0"), ("2.2.1",), ("2.3.0",)
EVERY = (*OLD, *SINCE_2_2)
T0, T1, T2, T3 = (f"2025-05-01T{hour:02}:00:00Z" for hour in (8, 9, 10, 11))
LATER = "2026-03-01T00:00:00Z"
NO_CONTEXT = RuleContext()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """`change` is laid over `keeps`, property by property; None takes a property away."""

    rule: str
    name: str
    keeps: dict[str, Any]
    change: dict[str, Any]
    pointer: str
    versions: tuple[str, ...]
    context: RuleContext = field(default=NO_CONTEXT)

    @property
    def breaks(self) -> dict[str, Any]:
        changed = {**self.keeps, **self.change}
        return {key: value for key, value in changed.items() if value is not None}


def case(rule, name, keeps, change, pointer, versions=EVERY, **more):
    return RuleCase(rule=rule, name=name, keeps=keeps, change=change, pointer=pointer, versions=versions, **more)


def period(start, tariff=None, /, **volumes):
    dimensions = [{"type": kind, "volume": volume} for kind, volume in volumes.items()]
    return {"start_date_time": start, "dimensions": dimensions, **({"tariff_id": tariff} if tariff else {})}


def price(amount, taxed=None, /):
    return {"excl_vat": amount, "before_taxes": amount, **({} if taxed is None else {"incl_vat": taxed})}


def dimension(kind, volume):
    return {"type": kind, "volume": volume}


def element(*kinds, **restrictions):
    components = [{"type": kind, "price": 1.0, "step_size": 1} for kind in kinds]
    return {"price_components": components, **({"restrictions": restrictions} if restrictions else {})}


def tax(amount, percentage=None):
    return {"name": "VAT", "amount": amount, **({} if percentage is None else {"percentage": percentage})}


OWN: dict[str, Any] = {"country_code": "DE", "party_id": "AAA"}
SESSION: dict[str, Any] = {
    **OWN,
    "id": "S1",
    "status": "COMPLETED",
    "currency": "EUR",
    "kwh": 20.0,
    "cdr_token": {"uid": "T1"},
}
LOCATION: dict[str, Any] = {**OWN, "id": "L1", "evses": [{"uid": "E1", "connectors": [{"id": "1"}]}]}
TOKEN: dict[str, Any] = {**OWN, "uid": "T1", "type": "RFID", "contract_id": "DEAAAC12345678"}
ORIGINAL: dict[str, Any] = {**OWN, "id": "C1", "currency": "EUR", "total_cost": price(10.0)}
BEFORE: dict[str, Any] = {"id": "X1", "uid": "U1", "type": "RFID", "last_updated": T1}
OTHERS = RuleContext(
    cdrs=index([ORIGINAL]),
    sessions=index([SESSION]),
    locations=index([LOCATION]),
    tokens=index([TOKEN], by="uid"),
    previous=BEFORE,
    owner=("DE", "AAA"),
    senders=frozenset({("DE", "AAA")}),
)

GENERAL = (
    case("country-code-iso-3166", "Token", {"country_code": "xk"}, {"country_code": "UK"}, "/country_code", SINCE_2_2),
    case("country-code-iso-3166", "Credentials", {"country_code": "NL"}, {"country_code": "ZZ"}, "/country_code", OLD),
    case("party-id-form", "CDR", {"party_id": "A1b"}, {"party_id": "A1"}, "/party_id", SINCE_2_2),
    case("party-id-form", "Credentials", {"party_id": "A1b"}, {"party_id": "A-1"}, "/party_id", OLD),
    case(
        "owner-as-in-url",
        "Session",
        {**OWN, "party_id": "aaa"},
        {"party_id": "BBB"},
        "/party_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case("last-updated-not-in-future", "Tariff", {"last_updated": T0}, {"last_updated": LATER}, "/last_updated"),
    case(
        "last-updated-not-backwards",
        "Session",
        {"id": "X1", "last_updated": T1},
        {"id": "X1", "last_updated": T0},
        "/last_updated",
        context=RuleContext(previous={"id": "X1", "last_updated": T1}),
    ),
    case("currency-iso-4217", "Session", {"currency": "EUR"}, {"currency": "EUX"}, "/currency"),
    case("language-iso-639", "DisplayText", {"language": "en"}, {"language": "xx"}, "/language"),
    case("display-text-no-markup", "DisplayText", {"text": "3 < 4 > 2"}, {"text": "<b>3</b>"}, "/text"),
    case(
        "response-url-https",
        "StopSession",
        {"response_url": "HTTPS://a.example/1"},
        {"response_url": "http://a.example/1"},
        "/response_url",
    ),
    case("endpoint-url-https", "Version", {"url": "https://a.example"}, {"url": "http://a.example"}, "/url"),
    case(
        "web-address-https",
        "Image",
        {"thumbnail": "https://a.example/t"},
        {"thumbnail": "http://a.example/t"},
        "/thumbnail",
    ),
)
PRICES = (
    case("price-vat-only-adds", "Price", {"excl_vat": 4.0, "incl_vat": 4.4}, {"incl_vat": 3.6}, "/incl_vat", V221),
    case("price-vat-only-adds", "Price", {"excl_vat": -4.0, "incl_vat": -4.4}, {"incl_vat": 4.4}, "/incl_vat", V221),
    case(
        "price-taxes-only-add",
        "Price",
        {"before_taxes": 4.0, "taxes": [tax(0.4)]},
        {"taxes": [tax(-0.4)]},
        "/taxes/0/amount",
        V230,
    ),
    case(
        "tax-amount-fits-percentage",
        "Price",
        {"before_taxes": 4.0, "taxes": [tax(0.4, 10)]},
        {"taxes": [tax(2.4, 10)]},
        "/taxes/0/amount",
        V230,
    ),
    case("tax-percentage-in-range", "TaxAmount", {"percentage": 100}, {"percentage": 101}, "/percentage", V230),
    case(
        "price-limit-taxes-only-add",
        "PriceLimit",
        {"before_taxes": 4.0, "after_taxes": 4.0},
        {"after_taxes": 3.0},
        "/after_taxes",
        V230,
    ),
)
ROLE = {"role": "CPO", **OWN}
CREDENTIALS = (
    case("credentials-token-characters", "Credentials", {"token": "ab~!"}, {"token": "a b"}, "/token"),
    case(
        "credentials-role-unique",
        "Credentials",
        {"roles": [ROLE, {**ROLE, "role": "EMSP"}]},
        {"roles": [ROLE, {**ROLE, "party_id": "aaa"}]},
        "/roles/1/role",
        SINCE_2_2,
    ),
    case(
        "credentials-hub-party-form",
        "Credentials",
        {"hub_party_id": "DEHUB"},
        {"hub_party_id": "HUB"},
        "/hub_party_id",
        V230,
    ),
    case(
        "version-lists-credentials",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials"}]},
        {"endpoints": [{"identifier": "cdrs"}]},
        "/endpoints",
    ),
    case(
        "version-endpoint-once",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials", "role": role} for role in ("SENDER", "RECEIVER")]},
        {"endpoints": [{"identifier": "credentials", "role": "SENDER"}] * 2},
        "/endpoints/1/identifier",
        SINCE_2_2,
    ),
    case(
        "version-endpoint-once-2-1",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials"}]},
        {"endpoints": [{"identifier": "credentials"}] * 2},
        "/endpoints/1/identifier",
        OLD,
    ),
)
LOCATIONS = (
    case("location-country-iso-3166", "Location", {"country": "NLD"}, {"country": "NL"}, "/country"),
    case("time-zone-known", "Location", {"time_zone": "Europe/Oslo"}, {"time_zone": "Europe/Atlantis"}, "/time_zone"),
    case("coordinate-form", "GeoLocation", {"latitude": "50.770774"}, {"latitude": "50.77077"}, "/latitude", OLD),
    case("coordinate-decimals", "GeoLocation", {"latitude": "50.77077"}, {"latitude": "50.77"}, "/latitude", SINCE_2_2),
    case("coordinate-on-earth", "GeoLocation", {"longitude": "-180.000000"}, {"longitude": "180.000001"}, "/longitude"),
    case(
        "publish-allowed-to-only-if-hidden",
        "Location",
        {"publish": False, "publish_allowed_to": [{"group_id": "G"}]},
        {"publish": True},
        "/publish_allowed_to",
        SINCE_2_2,
    ),
    case(
        "publish-token-identifies", "PublishTokenType", {"uid": "U", "type": "RFID"}, {"type": None}, "/type", SINCE_2_2
    ),
    case(
        "evse-uid-unique",
        "Location",
        {"evses": [{"uid": "a"}, {"uid": "b"}]},
        {"evses": [{"uid": "a"}, {"uid": "A"}]},
        "/evses/1/uid",
    ),
    case(
        "location-updated-with-its-evses",
        "Location",
        {"last_updated": T1, "evses": [{"last_updated": T1}]},
        {"last_updated": T0},
        "/last_updated",
    ),
    case("image-size-positive", "Image", {"width": 1}, {"width": 0}, "/width"),
    case("evse-id-form", "EVSE", {"evse_id": "NL*ABC*E1*2"}, {"evse_id": "ABC*1"}, "/evse_id"),
    case("evse-id-given", "EVSE", {"uid": "1", "status": "REMOVED"}, {"status": "AVAILABLE"}, "/evse_id"),
    case(
        "evse-id-of-the-owner",
        "Location",
        {**OWN, "evses": [{"evse_id": "DEAAAE1"}]},
        {"evses": [{"evse_id": "NL*AAA*E1"}]},
        "/evses/0/evse_id",
        SINCE_2_2,
    ),
    case(
        "evse-id-unique",
        "Location",
        {"evses": [{"evse_id": "DEAAAE1"}, {"evse_id": "DEAAAE2"}], **OWN},
        {"evses": [{"evse_id": "DEAAAE1"}] * 2},
        "/evses/1/evse_id",
    ),
    case(
        "connector-id-unique",
        "EVSE",
        {"connectors": [{"id": "1"}, {"id": "2"}]},
        {"connectors": [{"id": "1"}, {"id": "1"}]},
        "/connectors/1/id",
    ),
    case(
        "evse-updated-with-its-connectors",
        "EVSE",
        {"last_updated": T1, "connectors": [{"last_updated": T1}]},
        {"last_updated": T0},
        "/last_updated",
    ),
    case(
        "connector-standard-has-power-type",
        "Connector",
        {"standard": "CHADEMO", "power_type": "DC"},
        {"power_type": "AC_3_PHASE"},
        "/power_type",
    ),
    case(
        "connector-standard-has-power-type",
        "CdrLocation",
        {"connector_standard": "DOMESTIC_F", "connector_power_type": "AC_1_PHASE", "connector_id": "1"},
        {"connector_power_type": "DC"},
        "/connector_power_type",
        SINCE_2_2,
    ),
    case(
        "connector-amperes-of-standard",
        "Connector",
        {"standard": "IEC_60309_2_three_16", "max_amperage": 16},
        {"max_amperage": 32},
        "/max_amperage",
        SINCE_2_2,
    ),
    case(
        "connector-amperes-of-standard",
        "Connector",
        {"standard": "IEC_60309_2_three_16", "amperage": 16},
        {"amperage": 32},
        "/amperage",
        OLD,
    ),
    case(
        "connector-direct-current-on-cable",
        "Connector",
        {"standard": "CHADEMO", "format": "CABLE"},
        {"format": "SOCKET"},
        "/format",
    ),
    case(
        "connector-voltage-line-to-neutral",
        "Connector",
        {"power_type": "AC_3_PHASE", "max_voltage": 230},
        {"max_voltage": 400},
        "/max_voltage",
        SINCE_2_2,
    ),
    case(
        "connector-voltage-line-to-neutral",
        "Connector",
        {"power_type": "AC_3_PHASE", "voltage": 230},
        {"voltage": 400},
        "/voltage",
        OLD,
    ),
    case("connector-ratings-positive", "Connector", {"voltage": 230}, {"voltage": 0}, "/voltage", OLD),
    case(
        "connector-ratings-positive", "Connector", {"max_amperage": 1}, {"max_amperage": -1}, "/max_amperage", SINCE_2_2
    ),
    case(
        "connector-power-within-reach",
        "Connector",
        {"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16, "max_electric_power": 11000},
        {"max_electric_power": 22000},
        "/max_electric_power",
        SINCE_2_2,
    ),
    case(
        "connector-tariff-once",
        "Connector",
        {"tariff_ids": ["a", "b"]},
        {"tariff_ids": ["a", "A"]},
        "/tariff_ids/1",
        SINCE_2_2,
    ),
)
HOURS = {"weekday": 1, "period_begin": "08:00", "period_end": "20:00"}
SPAN = {"period_begin": T0, "period_end": T1}
PLACES = (
    case(
        "hours-regular-or-always",
        "Hours",
        {"twentyfourseven": False, "regular_hours": [HOURS]},
        {"twentyfourseven": True},
        "/regular_hours",
        SINCE_2_2,
    ),
    case("hours-clock-form", "RegularHours", {"period_begin": "08:00"}, {"period_begin": "8:00"}, "/period_begin"),
    case("hours-end-later", "RegularHours", HOURS, {"period_end": "08:00"}, "/period_end"),
    case("hours-weekday", "RegularHours", HOURS, {"weekday": 0}, "/weekday"),
    case("exceptional-period-begins-before-it-ends", "ExceptionalPeriod", SPAN, {"period_end": T0}, "/period_end"),
    case(
        "exceptional-periods-apart",
        "Hours",
        {"exceptional_openings": [SPAN], "exceptional_closings": [{"period_begin": T1, "period_end": T2}]},
        {"exceptional_closings": [{"period_begin": T0, "period_end": T2}]},
        "/exceptional_closings/0",
    ),
    case(
        "status-schedule-begins-before-it-ends",
        "StatusSchedule",
        {"period_begin": T1, "period_end": T2},
        {"period_end": T0},
        "/period_end",
    ),
    case(
        "green-energy-has-green-sources",
        "EnergyMix",
        {"is_green_energy": False, "energy_sources": [{"source": "COAL", "percentage": 100}]},
        {"is_green_energy": True},
        "/energy_sources/0/percentage",
    ),
    case(
        "energy-sources-add-up",
        "EnergyMix",
        {"energy_sources": [{"percentage": 60}, {"percentage": 40}]},
        {"energy_sources": [{"percentage": 60}, {"percentage": 60}]},
        "/energy_sources",
    ),
    case("energy-share-in-range", "EnergySource", {"percentage": 0}, {"percentage": -1}, "/percentage"),
    case("environmental-impact-not-negative", "EnvironmentalImpact", {"amount": 0}, {"amount": -1}, "/amount"),
    case(
        "parking-id-unique",
        "Location",
        {"parking_places": [{"id": "1"}, {"id": "2"}]},
        {"parking_places": [{"id": "1"}, {"id": "1"}]},
        "/parking_places/1/id",
        V230,
    ),
    case(
        "parking-id-known",
        "Location",
        {"coordinates": {}, "parking_places": [{"id": "P1"}], "evses": [{"parking": [{"parking_id": "p1"}]}]},
        {"evses": [{"parking": [{"parking_id": "P2"}]}]},
        "/evses/0/parking/0/parking_id",
        V230,
    ),
    case(
        "parking-sizes-given",
        "Parking",
        {
            "vehicle_types": ["BUS"],
            "max_vehicle_weight": 1,
            "max_vehicle_height": 1,
            "max_vehicle_length": 1,
            "max_vehicle_width": 1,
            "parking_space_length": 1,
            "parking_space_width": 1,
            "dangerous_goods_allowed": False,
        },
        {"max_vehicle_width": None},
        "/max_vehicle_width",
        V230,
    ),
    case(
        "parking-photograph-given",
        "Parking",
        {"vehicle_types": ["PERSONAL_VEHICLE"]},
        {
            "vehicle_types": ["DISABLED"],
            "max_vehicle_weight": 1,
            "max_vehicle_height": 1,
            "max_vehicle_length": 1,
            "max_vehicle_width": 1,
            "parking_space_length": 1,
            "parking_space_width": 1,
            "dangerous_goods_allowed": False,
        },
        "/images",
        V230,
    ),
    case("parking-sizes-positive", "Parking", {"time_limit": 1}, {"time_limit": 0}, "/time_limit", V230),
)
TARIFFS = (
    case(
        "tariff-starts-before-it-ends",
        "Tariff",
        {"start_date_time": T0, "end_date_time": T1},
        {"start_date_time": T2},
        "/end_date_time",
        SINCE_2_2,
    ),
    case(
        "tariff-limits-in-order",
        "Tariff",
        {"min_price": price(1.0), "max_price": price(1.0)},
        {"min_price": {"excl_vat": 2.0}},
        "/max_price/excl_vat",
        V221,
    ),
    case(
        "tariff-limits-in-order",
        "Tariff",
        {"min_price": price(1.0), "max_price": price(1.0)},
        {"min_price": {"before_taxes": 2.0}},
        "/max_price/before_taxes",
        V230,
    ),
    case(
        "tariff-element-reachable",
        "Tariff",
        {"elements": [element("TIME", min_kwh=1), element("TIME")]},
        {"elements": [element("TIME"), element("TIME", min_kwh=1)]},
        "/elements/1",
        SINCE_2_2,
    ),
    case(
        "tariff-untaxed-has-no-vat",
        "Tariff",
        {"tax_included": "NO", "elements": [{"price_components": [{"type": "FLAT", "vat": 20}]}]},
        {"tax_included": "N/A"},
        "/elements/0/price_components/0/vat",
        V230,
    ),
    case(
        "tariff-one-component-of-a-type",
        "TariffElement",
        element("TIME", "FLAT"),
        element("TIME", "TIME"),
        "/price_components/1/type",
    ),
    case(
        "tariff-reservation-dimensions",
        "TariffElement",
        element("TIME", reservation="RESERVATION"),
        element("ENERGY", reservation="RESERVATION"),
        "/price_components/0/type",
        SINCE_2_2,
    ),
    case("price-component-step", "PriceComponent", {"type": "FLAT", "step_size": 0}, {"type": "TIME"}, "/step_size"),
    case("price-component-not-negative", "PriceComponent", {"price": 0}, {"price": -0.1}, "/price"),
    case("price-component-vat-in-range", "PriceComponent", {"vat": 0}, {"vat": 101}, "/vat", SINCE_2_2),
    case("restriction-clock-form", "TariffRestrictions", {"end_time": "23:59"}, {"end_time": "24:00"}, "/end_time"),
    case(
        "restriction-date-exists",
        "TariffRestrictions",
        {"start_date": "2024-02-29"},
        {"start_date": "2025-02-29"},
        "/start_date",
    ),
    case(
        "restriction-dates-in-order",
        "TariffRestrictions",
        {"start_date": "2025-01-01", "end_date": "2025-01-02"},
        {"end_date": "2025-01-01"},
        "/end_date",
    ),
    case("restriction-range-in-order", "TariffRestrictions", {"min_kwh": 1, "max_kwh": 2}, {"max_kwh": 1}, "/max_kwh"),
    case("restriction-not-negative", "TariffRestrictions", {"min_power": 0}, {"min_power": -1}, "/min_power"),
    case(
        "restriction-day-once",
        "TariffRestrictions",
        {"day_of_week": ["MONDAY"]},
        {"day_of_week": ["MONDAY", "MONDAY"]},
        "/day_of_week",
    ),
)
TOKENS = (
    case("contract-id-form", "Token", {"auth_id": "DE8ACC12E46L89"}, {"auth_id": "12345"}, "/auth_id", OLD),
    case(
        "contract-id-form",
        "CdrToken",
        {"contract_id": "NL-TNM-C12345678-X"},
        {"contract_id": "12345"},
        "/contract_id",
        SINCE_2_2,
    ),
    case("token-group-length", "Token", {"group_id": "g" * 20}, {"group_id": "g" * 21}, "/group_id", SINCE_2_2),
    case(
        "token-of-app-never-listed",
        "Token",
        {"type": "APP_USER", "whitelist": "NEVER"},
        {"whitelist": "ALLOWED"},
        "/whitelist",
        SINCE_2_2,
    ),
    case(
        "token-invalid-not-always-allowed",
        "Token",
        {"valid": False, "whitelist": "NEVER"},
        {"whitelist": "ALWAYS"},
        "/whitelist",
    ),
    case("token-keeps-type", "Token", {"uid": "U1", "type": "RFID"}, {"type": "OTHER"}, "/type", context=OTHERS),
    case(
        "authorisation-only-of-valid-token",
        "AuthorizationInfo",
        {"allowed": "BLOCKED", "token": {"valid": False}},
        {"allowed": "ALLOWED"},
        "/allowed",
        SINCE_2_2,
    ),
    case(
        "authorisation-location-only-if-allowed",
        "AuthorizationInfo",
        {"allowed": "ALLOWED", "location": {"location_id": "L"}},
        {"allowed": "EXPIRED"},
        "/location",
    ),
    case("reservation-expires-later", "ReserveNow", {"expiry_date": LATER}, {"expiry_date": T0}, "/expiry_date"),
    case(
        "start-connector-with-evse",
        "StartSession",
        {"evse_uid": "E", "connector_id": "1"},
        {"evse_uid": None},
        "/evse_uid",
        SINCE_2_2,
    ),
    case(
        "command-token-of-sender",
        "StartSession",
        {"token": {"country_code": "de", "party_id": "AAA"}},
        {"token": {"country_code": "DE", "party_id": "BBB"}},
        "/token/party_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case("command-timeout-positive", "CommandResponse", {"timeout": 1}, {"timeout": 0}, "/timeout", SINCE_2_2),
)
ACTIVE = {"status": "ACTIVE"}
SESSIONS = (
    case(
        "session-starts-before-it-ends",
        "Session",
        {"start_date_time": T1, "end_date_time": T2},
        {"end_date_time": T0},
        "/end_date_time",
        SINCE_2_2,
    ),
    case(
        "session-starts-before-it-ends",
        "Session",
        {"start_datetime": T1, "end_datetime": T2},
        {"end_datetime": T0},
        "/end_datetime",
        OLD,
    ),
    case(
        "session-begun-not-in-future",
        "Session",
        {**ACTIVE, "start_date_time": T1},
        {"start_date_time": LATER},
        "/start_date_time",
        SINCE_2_2,
    ),
    case(
        "session-begun-not-in-future",
        "Session",
        {**ACTIVE, "start_datetime": T1},
        {"start_datetime": LATER},
        "/start_datetime",
        OLD,
    ),
    case("session-energy-not-negative", "Session", {"kwh": 0}, {"kwh": -1}, "/kwh"),
    case(
        "session-energy-covers-periods",
        "Session",
        {"kwh": 3, "charging_periods": [period(T0, ENERGY=3)]},
        {"kwh": 2},
        "/kwh",
    ),
    case(
        "session-completed-has-end",
        "Session",
        {**ACTIVE, "start_date_time": T0},
        {"status": "COMPLETED"},
        "/end_date_time",
        SINCE_2_2,
    ),
    case(
        "session-completed-has-end",
        "Session",
        {**ACTIVE, "start_datetime": T0},
        {"status": "COMPLETED"},
        "/end_datetime",
        OLD,
    ),
    case(
        "session-ended-not-active",
        "Session",
        {"status": "COMPLETED", "end_date_time": T0},
        ACTIVE,
        "/status",
        SINCE_2_2,
    ),
    case("session-ended-not-active", "Session", {"status": "COMPLETED", "end_datetime": T0}, ACTIVE, "/status", OLD),
    case("session-pending-without-energy", "Session", {"status": "PENDING", "kwh": 0}, {"kwh": 1}, "/kwh"),
    case(
        "session-active-at-known-evse",
        "Session",
        {"status": "RESERVATION", "evse_uid": "#NA"},
        ACTIVE,
        "/evse_uid",
        SINCE_2_2,
    ),
    case("session-cost-not-negative", "Session", {"total_cost": 0}, {"total_cost": -1}, "/total_cost", OLD),
    case(
        "session-cost-not-negative",
        "Session",
        {"total_cost": price(0)},
        {"total_cost": price(-1)},
        "/total_cost",
        SINCE_2_2,
    ),
    case(
        "location-of-session-alone",
        "Session",
        {"location": {"evses": [{"connectors": [{"id": "1"}]}]}},
        {"location": {"evses": [{"connectors": [{"id": "1"}, {"id": "2"}]}]}},
        "/location/evses/0/connectors",
        OLD,
    ),
    case(
        "preference-energy-not-negative",
        "ChargingPreferences",
        {"energy_need": 0},
        {"energy_need": -1},
        "/energy_need",
        SINCE_2_2,
    ),
    case(
        "period-inside-session",
        "Session",
        {"start_datetime": T1, "charging_periods": [period(T1, TIME=1)]},
        {"charging_periods": [period(T0, TIME=1)]},
        "/charging_periods/0/start_date_time",
        OLD,
    ),
    case(
        "period-inside-session",
        "CDR",
        {"start_date_time": T1, "end_date_time": T2, "charging_periods": [period(T1, TIME=1)]},
        {"charging_periods": [period(T3, TIME=1)]},
        "/charging_periods/0/start_date_time",
        SINCE_2_2,
    ),
    case(
        "periods-in-order",
        "Session",
        {"charging_periods": [period(T0, TIME=1), period(T1, TIME=1)]},
        {"charging_periods": [period(T1, TIME=1), period(T0, TIME=1)]},
        "/charging_periods/1/start_date_time",
    ),
    case("dimension-duration-not-negative", "CdrDimension", dimension("PARKING_TIME", 0), {"volume": -1}, "/volume"),
    case("dimension-energy-not-negative", "CdrDimension", dimension("ENERGY", 0), {"volume": -1}, "/volume", OLD),
    case(
        "dimension-energy-not-negative",
        "CdrDimension",
        dimension("ENERGY", -1),
        dimension("ENERGY_IMPORT", -1),
        "/volume",
        SINCE_2_2,
    ),
    case(
        "dimension-state-of-charge",
        "CdrDimension",
        dimension("STATE_OF_CHARGE", 100),
        {"volume": 101},
        "/volume",
        SINCE_2_2,
    ),
    case(
        "period-least-not-above-most",
        "ChargingPeriod",
        period(T0, MIN_CURRENT=1, MAX_CURRENT=2),
        period(T0, MIN_CURRENT=3, MAX_CURRENT=2),
        "/dimensions",
    ),
    case(
        "period-dimension-once",
        "ChargingPeriod",
        period(T0, TIME=1),
        {"dimensions": [dimension("TIME", 1), dimension("TIME", 1)]},
        "/dimensions/1/type",
    ),
)
NOWHERE = {"cdr_location": {"evse_uid": "#NA"}}
CREDIT = {"credit": True, "credit_reference_id": "C1"}
TARIFF = {"id": "T", "currency": "EUR"}
CDRS = (
    case(
        "cdr-starts-before-it-ends",
        "CDR",
        {"start_date_time": T1, "end_date_time": T2},
        {"end_date_time": T0},
        "/end_date_time",
        SINCE_2_2,
    ),
    case(
        "cdr-starts-before-it-ends",
        "CDR",
        {"start_date_time": T1, "stop_date_time": T2},
        {"stop_date_time": T0},
        "/stop_date_time",
        OLD,
    ),
    case("cdr-has-ended", "CDR", {"end_date_time": T1}, {"end_date_time": LATER}, "/end_date_time", SINCE_2_2),
    case("cdr-has-ended", "CDR", {"stop_date_time": T1}, {"stop_date_time": LATER}, "/stop_date_time", OLD),
    case(
        "cdr-made-after-the-end",
        "CDR",
        {"end_date_time": T1, "last_updated": T1},
        {"last_updated": T0},
        "/last_updated",
        SINCE_2_2,
    ),
    case(
        "cdr-made-after-the-end",
        "CDR",
        {"stop_date_time": T1, "last_updated": T1},
        {"last_updated": T0},
        "/last_updated",
        OLD,
    ),
    case("cdr-cost-not-negative", "CDR", {"total_cost": 0}, {"total_cost": -1}, "/total_cost", OLD),
    case("cdr-cost-not-negative", "CDR", {"total_cost": price(0)}, {"total_cost": price(-1)}, "/total_cost", SINCE_2_2),
    case("cdr-energy-not-negative", "CDR", {"total_energy": 0}, {"total_energy": -1}, "/total_energy"),
    case("cdr-duration-not-negative", "CDR", {"total_time": 0}, {"total_time": -1}, "/total_time"),
    case(
        "cdr-no-session-only-dimension",
        "CDR",
        {"charging_periods": [period(T0, MAX_POWER=1)]},
        {"charging_periods": [period(T0, POWER=1)]},
        "/charging_periods/0/dimensions/0/type",
        SINCE_2_2,
    ),
    case(
        "cdr-without-evse-has-no-energy",
        "CDR",
        {**NOWHERE, "total_energy": 0},
        {"total_energy": 1},
        "/total_energy",
        SINCE_2_2,
    ),
    case("credit-cdr-names-original", "CDR", CREDIT, {"credit_reference_id": None}, "/credit_reference_id", SINCE_2_2),
    case("credit-reference-only-in-credit-cdr", "CDR", CREDIT, {"credit": False}, "/credit", SINCE_2_2),
    case("credit-cdr-has-own-id", "CDR", {**CREDIT, "id": "C1-C"}, {"id": "c1"}, "/id", SINCE_2_2),
    case(
        "credit-cdr-gives-back",
        "CDR",
        {**CREDIT, "total_cost": price(-1)},
        {"total_cost": price(1)},
        "/total_cost",
        SINCE_2_2,
    ),
    case("cdr-long-id-only-for-credit", "CDR", {"id": "i" * 36}, {"id": "i" * 37}, "/id", SINCE_2_2),
    case(
        "signed-data-key-base64", "SignedData", {"public_key": "AAAA"}, {"public_key": "AAA"}, "/public_key", SINCE_2_2
    ),
    case(
        "cdr-energy-is-sum-of-periods",
        "CDR",
        {"total_energy": 3.0, "charging_periods": [period(T0, ENERGY=1), period(T1, ENERGY=2.001)]},
        {"total_energy": 4.0},
        "/total_energy",
    ),
    case(
        "cdr-time-is-from-start-to-end",
        "CDR",
        {"start_date_time": T0, "end_date_time": T1, "total_time": 1},
        {"total_time": 1.1},
        "/total_time",
        SINCE_2_2,
    ),
    case(
        "cdr-time-is-from-start-to-end",
        "CDR",
        {"start_date_time": T0, "stop_date_time": T1, "total_time": 1},
        {"total_time": 0.9},
        "/total_time",
        OLD,
    ),
    case(
        "cdr-time-covers-periods",
        "CDR",
        {"total_time": 2, "charging_periods": [period(T0, TIME=1, PARKING_TIME=1)]},
        {"total_time": 1},
        "/total_time",
    ),
    case(
        "cdr-parking-time-fits",
        "CDR",
        {"total_time": 2, "total_parking_time": 2},
        {"total_parking_time": 3},
        "/total_parking_time",
    ),
    case(
        "cdr-cost-covers-parts",
        "CDR",
        {"total_cost": {"excl_vat": 3.0}, "total_time_cost": {"excl_vat": 1.0}, "total_energy_cost": {"excl_vat": 2}},
        {"total_cost": {"excl_vat": 2.5}},
        "/total_cost/excl_vat",
        V221,
    ),
    case(
        "cdr-cost-covers-parts",
        "CDR",
        {"total_cost": {"before_taxes": 3}, "total_time_cost": {"before_taxes": 3}},
        {"total_cost": {"before_taxes": 2}},
        "/total_cost/before_taxes",
        V230,
    ),
    case(
        "cdr-parts-explain-cost",
        "CDR",
        {"total_cost": {"excl_vat": 3}, "total_time_cost": {"excl_vat": 3}},
        {"total_cost": {"excl_vat": 4}},
        "/total_cost/excl_vat",
        V221,
    ),
    case(
        "cdr-parts-explain-cost",
        "CDR",
        {"total_cost": {"before_taxes": 3}, "total_time_cost": {"before_taxes": 3}},
        {"total_cost": {"before_taxes": 4}},
        "/total_cost/before_taxes",
        V230,
    ),
    case(
        "cdr-taxed-cost-covers-parts",
        "CDR",
        {"total_cost": price(3.0, 3.6), "total_time_cost": price(3.0, 3.6)},
        {"total_time_cost": price(3.0, 4.0)},
        "/total_cost",
        V221,
    ),
    case(
        "cdr-taxed-cost-covers-parts",
        "CDR",
        {"total_cost": {"before_taxes": 3, "taxes": [tax(0.6)]}, "total_time_cost": {"before_taxes": 3}},
        {"total_time_cost": {"before_taxes": 3, "taxes": [tax(0.9)]}},
        "/total_cost",
        V230,
    ),
    case(
        "cdr-part-cost-not-negative",
        "CDR",
        {"total_fixed_cost": price(0)},
        {"total_fixed_cost": price(-1)},
        "/total_fixed_cost",
        SINCE_2_2,
    ),
    case(
        "cdr-currency-of-tariffs",
        "CDR",
        {"currency": "EUR", "tariffs": [TARIFF]},
        {"currency": "NOK"},
        "/tariffs/0/currency",
    ),
    case(
        "cdr-tariff-of-period-held",
        "CDR",
        {"tariffs": [TARIFF], "charging_periods": [period(T0, "t", TIME=1)]},
        {"charging_periods": [period(T0, "U", TIME=1)]},
        "/charging_periods/0/tariff_id",
        SINCE_2_2,
    ),
    case(
        "cdr-tariff-in-force",
        "CDR",
        {"end_date_time": T1, "tariffs": [{"start_date_time": T1}]},
        {"tariffs": [{"start_date_time": T2}]},
        "/tariffs/0/start_date_time",
        SINCE_2_2,
    ),
    case(
        "cdr-cost-within-tariff-limits",
        "CDR",
        {"total_cost": price(2.0), "tariffs": [{"min_price": price(2.0), "max_price": price(3.0)}]},
        {"total_cost": price(4.0)},
        "/total_cost",
        SINCE_2_2,
    ),
    case(
        "cdr-agrees-with-session",
        "CDR",
        {**OWN, "session_id": "s1", "currency": "EUR"},
        {"currency": "NOK"},
        "/currency",
        SINCE_2_2,
        context=OTHERS,
    ),
    case(
        "cdr-energy-agrees-with-session",
        "CDR",
        {**OWN, "session_id": "S1", "total_energy": 20.001},
        {"total_energy": 25},
        "/total_energy",
        SINCE_2_2,
        context=OTHERS,
    ),
    case(
        "cdr-not-of-invalid-session",
        "CDR",
        {**OWN, "session_id": "S1"},
        {"session_id": "S2"},
        "/session_id",
        SINCE_2_2,
        context=RuleContext(sessions=index([SESSION, {**SESSION, "id": "S2", "status": "INVALID"}])),
    ),
    case(
        "cdr-evse-of-location",
        "CDR",
        {**OWN, "cdr_location": {"id": "L1", "evse_uid": "e1", "connector_id": "1"}},
        {"cdr_location": {"id": "L1", "evse_uid": "e1", "connector_id": "2"}},
        "/cdr_location/connector_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case(
        "cdr-agrees-with-token",
        "CDR",
        {"cdr_token": {**OWN, "uid": "T1", "type": "RFID", "contract_id": "DEAAAC12345678"}},
        {"cdr_token": {**OWN, "uid": "T1", "type": "RFID", "contract_id": "DEAAAC12345679"}},
        "/cdr_token/contract_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case(
        "credit-cdr-negates-original",
        "CDR",
        {**OWN, **CREDIT, "total_cost": price(-10.0)},
        {"total_cost": price(-9.0)},
        "/total_cost",
        SINCE_2_2,
        context=OTHERS,
    ),
)


def profile(*starts, **more):
    return {"charging_profile_period": [{"start_period": at, "limit": 1} for at in starts], **more}


PROFILES = (
    case(
        "profile-starts-at-zero",
        "ChargingProfile",
        profile(0, 60),
        profile(30, 60),
        "/charging_profile_period/0/start_period",
        SINCE_2_2,
    ),
    case(
        "profile-periods-in-order",
        "ChargingProfile",
        profile(0, 60),
        profile(0, 60, 60),
        "/charging_profile_period/2/start_period",
        SINCE_2_2,
    ),
    case(
        "profile-periods-within-duration",
        "ChargingProfile",
        profile(0, 60, duration=61),
        {"duration": 60},
        "/charging_profile_period/1/start_period",
        SINCE_2_2,
    ),
    case("profile-duration-positive", "ChargingProfile", {"duration": 1}, {"duration": 0}, "/duration", SINCE_2_2),
    case(
        "profile-rate-not-negative",
        "ChargingProfile",
        {"min_charging_rate": 0},
        {"min_charging_rate": -1},
        "/min_charging_rate",
        SINCE_2_2,
    ),
    case(
        "profile-rate-one-digit",
        "ChargingProfile",
        {"min_charging_rate": 8.1},
        {"min_charging_rate": 8.12},
        "/min_charging_rate",
        SINCE_2_2,
    ),
    case("profile-limit-not-negative", "ChargingProfilePeriod", {"limit": 0}, {"limit": -1}, "/limit", SINCE_2_2),
    case("profile-limit-one-digit", "ChargingProfilePeriod", {"limit": 8.1}, {"limit": 8.15}, "/limit", SINCE_2_2),
    case(
        "profile-only-if-accepted",
        "ActiveChargingProfileResult",
        {"result": "ACCEPTED", "profile": {}},
        {"result": "REJECTED"},
        "/profile",
        SINCE_2_2,
    ),
)
CASES = (
    *GENERAL,
    *PRICES,
    *CREDENTIALS,
    *LOCATIONS,
    *PLACES,
    *TARIFFS,
    *TOKENS,
    *SESSIONS,
    *CDRS,
    *PROFILES,
)
