"""One builder a class, by name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from random import Random
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import charge, location, money, place, platform, request, session, tariff, token
from scanner.model.ocpi.builder.country import country_of
from scanner.model.ocpi.builder.draft import Draft, JsonObject
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party

_BUILDERS: Final[Mapping[str, Callable[[Draft], JsonObject]]] = {
    "ActiveChargingProfile": request.active_charging_profile,
    "AdditionalGeoLocation": place.additional_coordinates,
    "AuthorizationInfo": token.authorization_info,
    "BusinessDetails": place.business_details,
    "CDR": session.cdr,
    "CdrDimension": lambda _: charge.dimension("ENERGY", 12.5),
    "CdrLocation": session.cdr_location,
    "CdrToken": token.cdr_token,
    "ChargingPeriod": lambda draft: charge.charging_period(draft, draft.now, draft.id(), 10, 70),
    "ChargingPreferences": session.charging_preferences,
    "ChargingProfile": request.charging_profile,
    "ChargingProfilePeriod": request.charging_profile_period,
    "ClientInfo": platform.client_info,
    "Connector": location.connector,
    "Credentials": platform.credentials,
    "CredentialsRole": platform.credentials_role,
    "DisplayText": lambda draft: draft.text("Made for a test."),
    "EVSE": location.evse,
    "EVSEParking": location.evse_parking,
    "Endpoint": platform.endpoint,
    "EnergyContract": token.energy_contract,
    "EnergyMix": place.energy_mix,
    "EnergySource": lambda _: place.energy_source("WIND", 100),
    "EnvironmentalImpact": place.environmental_impact,
    "ExceptionalPeriod": lambda draft: place.exceptional_period(draft, 20),
    "GeoLocation": place.coordinates,
    "Hours": place.hours,
    "Image": place.image,
    "InvoiceReconciliationRecord": session.invoice_reconciliation_record,
    "Location": location.location,
    "LocationReferences": token.location_references,
    "Parking": place.parking,
    "Price": lambda draft: money.price(draft, 1250),
    "PriceComponent": tariff.price_component,
    "PriceLimit": lambda draft: money.price_limit(draft, 1250),
    "PublishTokenType": place.publish_token_type,
    "RegularHours": lambda _: place.regular_hours(1),
    "Session": session.session,
    "SetChargingProfile": request.set_charging_profile,
    "SignedData": session.signed_data,
    "SignedValue": session.signed_value,
    "StatusSchedule": location.status_schedule,
    "Tariff": tariff.tariff,
    "TariffElement": tariff.element,
    "TariffRestrictions": tariff.restrictions,
    "TaxAmount": lambda draft: money.tax_amount(draft, 1250),
    "Token": token.token,
    "Version": platform.version,
    "VersionDetails": platform.version_details,
    **{
        name: partial(request.request, name=name)
        for name in ("CancelReservation", "ReserveNow", "StartSession", "StopSession", "UnlockConnector")
    },
    **{
        name: partial(request.response, name=name)
        for name in (
            "ActiveChargingProfileResult",
            "ChargingProfileResponse",
            "ChargingProfileResult",
            "ClearProfileResult",
            "CommandResponse",
            "CommandResult",
        )
    },
}
CLASSES: Final = frozenset(_BUILDERS)
# Optional properties that even a full object goes without, and why.
LEFT_OUT: Final[Mapping[tuple[str, str], str]] = {
    ("CDR", "credit_reference_id"): "only a credit CDR has it, and this is none",
    ("Credentials", "hub_party_id"): "only a platform that is a hub has it",
    ("Hours", "twentyfourseven"): "2.1.1 has it or regular_hours, not both",
    ("TariffRestrictions", "reservation"): "stands alone, in an element of its own, in every full Tariff",
}


def build(
    version: str,
    class_name: str,
    *,
    seed: str,
    party: Party,
    now: datetime,
    full: bool = True,
    **fields: JsonValue,
) -> JsonObject:
    """An object of a class, valid by types and semantic rules, owned by `party`, as it may be at `now`.

    The same arguments give the same object. `full`: with every optional property, but for those of `LEFT_OUT`; else
    with those alone that it makes no sense without. `fields` replace properties of the object itself; None leaves
    one out. `now` has to know its time zone, `party` to have a country code of ISO 3166.

    Raises: KeyError if the version does not have the class.
    """
    if class_name not in specification(version).classes:
        raise KeyError(class_name)
    draft = Draft(
        version=version,
        party=party,
        country=country_of(party.country_code),
        now=now,
        full=full,
        chance=Random(seed),  # noqa: S311 - repeatable on purpose, nothing secret comes from it
    )
    made = _BUILDERS[class_name](draft)
    return {key: value for key, value in (made | fields).items() if value is not None} if fields else made
