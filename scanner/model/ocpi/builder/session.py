"""Sessions and CDRs: the same charge, once as it is reported and once as it is billed."""

from scanner.model.ocpi.builder import money
from scanner.model.ocpi.builder.charge import Charge, charge, periods
from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject, stamp
from scanner.model.ocpi.builder.location import PLUGS, Plug, evse_id, location
from scanner.model.ocpi.builder.place import coordinates
from scanner.model.ocpi.builder.tariff import tariff
from scanner.model.ocpi.builder.token import cdr_token, contract_id


def session(draft: Draft) -> JsonObject:
    """A Session: completed with its cost where everything is said, else active and without an end."""
    of = charge(draft)
    values: JsonObject = {
        **draft.owner(),
        **_parties(draft),
        "id": draft.id(),
        "start_datetime": stamp(of.start),
        "start_date_time": stamp(of.start),
        "end_datetime": stamp(of.end),
        "end_date_time": stamp(of.end),
        "kwh": of.kwh,
        "location_id": draft.id(),
        "evse_uid": draft.id(),
        "connector_id": "1",
        "currency": draft.country.currency,
        "charging_periods": periods(draft, of, draft.id()),
        "total_cost": money.total(draft, of.total_cost),
        "status": "COMPLETED" if draft.full else "ACTIVE",
        "last_updated": draft.at(minutes=-30),
    }
    return draft.shaped("Session", values)


def _parties(draft: Draft) -> JsonObject:
    """Who charged, by which right, at which meter; 2.1.1 has the whole location in it."""
    common: JsonObject = {"auth_method": "AUTH_REQUEST", "authorization_reference": draft.id(), "meter_id": draft.id()}
    if draft.since("2.2.1"):
        return {**common, "cdr_token": cdr_token(draft)}
    return {**common, "auth_id": contract_id(draft), "location": location(draft, PLUGS[0])}


def cdr(draft: Draft) -> JsonObject:
    """A CDR whose parts add up to its totals, with the tariff that they follow from."""
    of = charge(draft)
    price = tariff(draft, of.rates)
    values: JsonObject = {
        **draft.owner(),
        **_parties(draft),
        **_totals(draft, of),
        "id": draft.id(),
        "start_date_time": stamp(of.start),
        "stop_date_time": stamp(of.end),
        "end_date_time": stamp(of.end),
        "session_id": draft.id(),
        "currency": draft.country.currency,
        "tariffs": [price],
        "charging_periods": periods(draft, of, str(price["id"])),
        "remark": "POSTURE: made for a test, not to be billed",
        "invoice_reference_id": draft.id(),
        "credit": False,
        "home_charging_compensation": False,
        "last_updated": draft.at(minutes=-20),
    }
    if draft.since("2.2.1"):
        values["cdr_location"] = cdr_location(draft)
        values["signed_data"] = signed_data(draft)
    return draft.shaped("CDR", values)


def _totals(draft: Draft, of: Charge) -> JsonObject:
    totals: JsonObject = {
        "total_cost": money.total(draft, of.total_cost),
        "total_energy": of.kwh,
        "total_time": of.hours,
        "total_parking_time": of.parking / 10,
    }
    if draft.full and draft.since("2.2.1"):
        totals["total_fixed_cost"] = money.price(draft, of.rates.flat)
        totals["total_energy_cost"] = money.price(draft, of.energy_cost)
        totals["total_time_cost"] = money.price(draft, of.time_cost)
        totals["total_parking_cost"] = money.price(draft, of.parking_cost)
        totals["total_reservation_cost"] = money.price(draft, 0)  # there was none
    return totals


def cdr_location(draft: Draft, plug: Plug = PLUGS[0]) -> JsonObject:
    """A CdrLocation: of a location, what a CDR repeats."""
    values: JsonObject = {
        "id": draft.id(),
        "name": "POSTURE test location",
        "address": f"Teststreet {draft.chance.randrange(1, 200)}",
        "city": draft.country.city,
        "postal_code": draft.country.postal_code,
        "state": "Test",
        "country": draft.country.code,
        "coordinates": coordinates(draft),
        "evse_uid": draft.id(),
        "evse_id": evse_id(draft),
        "connector_id": "1",
        "connector_standard": plug.standard,
        "connector_format": plug.format,
        "connector_power_type": plug.power_type,
    }
    return draft.shaped("CdrLocation", values)


def signed_data(draft: Draft) -> JsonObject:
    """SignedData of the meter; the signature is made up, as no meter of ours signs."""
    values: JsonObject = {
        "encoding_method": "POSTURE",
        "encoding_method_version": 1,
        "public_key": f"{draft.chance.getrandbits(128):032x}",
        "signed_values": [signed_value(draft, "Start"), signed_value(draft, "End")],
        "url": f"{SITE}/signed-data",
    }
    return draft.shaped("SignedData", values)


def signed_value(draft: Draft, nature: str = "Start") -> JsonObject:
    """A SignedValue."""
    signature = f"{draft.chance.getrandbits(128):032x}"
    return {"nature": nature, "plain_data": f"{nature} 0.000 kWh", "signed_data": signature}


def charging_preferences(draft: Draft) -> JsonObject:
    """ChargingPreferences of a driver who leaves tomorrow."""
    values: JsonObject = {"profile_type": "CHEAP", "departure_time": draft.at(days=1), "energy_need": 20}
    return draft.shaped("ChargingPreferences", {**values, "discharge_allowed": False})


def invoice_reconciliation_record(draft: Draft) -> JsonObject:
    """An InvoiceReconciliationRecord of two CDRs."""
    values: JsonObject = {
        **draft.owner(),
        "id": draft.id(),
        "invoice_id": draft.id(),
        "cdrs": [draft.id(), draft.id()],
        "last_updated": draft.at(minutes=-20),
    }
    return draft.shaped("InvoiceReconciliationRecord", values)
