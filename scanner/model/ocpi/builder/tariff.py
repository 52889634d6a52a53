"""Tariffs: what a flat fee, energy, time and parking cost, and when."""

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder import money, place
from scanner.model.ocpi.builder.draft import SITE, Draft, JsonObject

_WEEKEND = ("SATURDAY", "SUNDAY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Cents without taxes: once, a kWh, an hour of charging, an hour of parking. In tens, so that costs are whole."""

    flat: int
    energy: int
    time: int
    parking: int


def rates(draft: Draft) -> Rates:
    """Rates as they are met in the field."""
    chance = draft.chance
    return Rates(
        flat=chance.randrange(50, 151, 10),
        energy=chance.randrange(30, 71, 10),
        time=chance.randrange(50, 201, 10),
        parking=chance.randrange(200, 601, 10),
    )


def price_component(draft: Draft, type: str = "ENERGY", cents: int = 40, step_size: int = 1) -> JsonObject:
    """A PriceComponent; `step_size` in Wh or seconds."""
    values: JsonObject = {"type": type, "price": money.amount(cents), "vat": draft.country.vat, "step_size": step_size}
    return draft.shaped("PriceComponent", values)


def components(draft: Draft, of: Rates) -> list[JsonValue]:
    """One PriceComponent of each dimension."""
    priced = (("FLAT", of.flat, 1), ("ENERGY", of.energy, 1), ("TIME", of.time, 60), ("PARKING_TIME", of.parking, 60))
    return [price_component(draft, kind, cents, step) for kind, cents, step in priced]


def restrictions(draft: Draft) -> JsonObject:
    """TariffRestrictions to an evening at the weekend; none on reservations, which make an element of their own."""
    values: JsonObject = {
        "start_time": "18:00",
        "end_time": "22:00",
        "start_date": draft.at(days=-200)[:10],
        "end_date": draft.at(days=200)[:10],
        "min_kwh": 5,
        "max_kwh": 80,
        "min_current": 6,
        "max_current": 63,
        "min_power": 1,
        "max_power": 150,
        "min_duration": 300,
        "max_duration": 14_400,
        "day_of_week": [*_WEEKEND],
    }
    return draft.shaped("TariffRestrictions", values)


def element(draft: Draft) -> JsonObject:
    """A TariffElement for the evenings of weekends."""
    values: JsonObject = {"price_components": components(draft, rates(draft)), "restrictions": restrictions(draft)}
    return draft.shaped("TariffElement", values)


def _reservation(draft: Draft) -> JsonObject:
    price = price_component(draft, "TIME", 200, 60)
    return {"price_components": [price], "restrictions": {"reservation": "RESERVATION"}}


def tariff(draft: Draft, of: Rates | None = None) -> JsonObject:
    """A Tariff that was in force all year; with one element for everything where the rates of a charge are given."""
    everything: JsonObject = {"price_components": components(draft, of or rates(draft))}
    elements: list[JsonValue] = [everything]
    if of is None and draft.full:  # the first element that fits is the one that counts, so what is special goes first
        elements.insert(0, element(draft))
        if draft.since("2.2.1"):
            elements.insert(0, _reservation(draft))
    values: JsonObject = {
        **draft.owner(),
        "id": draft.id(),
        "currency": draft.country.currency,
        "elements": elements,
        "tax_included": "NO",
        "last_updated": draft.at(days=-100),
    }
    return draft.shaped("Tariff", values | (_details(draft) if draft.full else {}))


def _details(draft: Draft) -> JsonObject:
    return {
        "type": "REGULAR",
        "tariff_alt_text": [draft.text("Start fee, energy, time and parking.")],
        "tariff_alt_url": f"{SITE}/tariffs",
        "min_price": money.limit(draft, 50) if draft.since("2.2.1") else None,
        "max_price": money.limit(draft, 50_000) if draft.since("2.2.1") else None,
        "start_date_time": draft.at(days=-365),
        "end_date_time": draft.at(days=365),
        "energy_mix": place.energy_mix(draft),
    }
