"""Objects to start with: realistic, valid, and the same for the same seed.

Costs follow from the tariffs: energy in steps of 100 Wh, times in quarters of an hour and prices in cents keep every
amount exact with four decimals.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from infra.service.datetimes import format_datetime
from infra.service.deployment.contracts import CPO, CPO_C, EMSP, EMSP_A, EMSP_B, EMSP_E
from infra.service.deployment.seed_places import location, tariffs, token
from infra.service.strict_json import JsonObject

Party = tuple[str, str]
_BEGIN: Final = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
_VAT: Final = Decimal("0.21")
_LOCATIONS: Final = 26  # more than one page
_SESSIONS: Final = 24
_OTHERS: Final = 3


def seed_objects(seed: int = 1) -> dict[str, list[JsonObject]]:
    """All objects by collection: ours for every partner, and what partners pushed to us."""
    rng = random.Random(seed)  # noqa: S311 - repeatable test data, nothing secret
    ours = [location(rng, CPO, n, _BEGIN) for n in range(_LOCATIONS)]
    theirs = [location(rng, CPO_C, n, _BEGIN) for n in range(_OTHERS)]
    drivers = {party: [token(rng, party, n, _BEGIN) for n in range(6)] for party in (EMSP_A, EMSP_B, EMSP)}
    late = random.Random(seed + 1_000_003)  # noqa: S311 - what came later leaves the rest as it was
    drivers[EMSP_E] = [token(late, EMSP_E, n, _BEGIN) for n in range(6)]
    charged = (
        *_charge(rng, CPO, ours, drivers[EMSP_A], _SESSIONS, "A"),
        *_charge(rng, CPO, ours, drivers[EMSP_B], _SESSIONS + 4, "B"),
        *_charge(rng, CPO_C, theirs, drivers[EMSP], _OTHERS, "C"),
        *_charge(late, CPO, [p for p in ours if _is_smart(p)], drivers[EMSP_E], _OTHERS, "E"),
    )
    return {
        "locations": ours + theirs,
        "tariffs": tariffs(CPO, _BEGIN) + tariffs(CPO_C, _BEGIN),
        "tokens": [t for party in drivers for t in drivers[party]],
        "sessions": _by_age([session for session, _ in charged]),
        "cdrs": _by_age([cdr for _, cdr in charged if cdr is not None]),
    }


def _is_smart(place: JsonObject) -> bool:
    return "CHARGING_PROFILE_CAPABLE" in place["evses"][0]["capabilities"]


def _by_age(documents: list[JsonObject]) -> list[JsonObject]:
    return sorted(documents, key=lambda d: (d["last_updated"], d["id"]))


def _charge(
    rng: random.Random, cpo: Party, places: list[JsonObject], drivers: list[JsonObject], count: int, letter: str
) -> Iterable[tuple[JsonObject, JsonObject | None]]:
    begin = _BEGIN + timedelta(hours=rng.randrange(4))
    for number in range(1, count + 1):
        begin += timedelta(minutes=15 * rng.randrange(8, 60))
        ongoing = number == count
        session = _session(
            rng, cpo, rng.choice(places), rng.choice(drivers), f"S-{letter}-{number:05}", begin, ongoing=ongoing
        )
        yield session, None if ongoing else _cdr(cpo, session, places, f"CDR-{letter}-{number:05}")


def _session(
    rng: random.Random,
    cpo: Party,
    place: JsonObject,
    driver: JsonObject,
    session_id: str,
    begin: datetime,
    *,
    ongoing: bool,
) -> JsonObject:
    evse = rng.choice(place["evses"])
    connector = evse["connectors"][0]
    energy = Decimal(rng.randrange(30, 520)) / 10
    end = begin + timedelta(minutes=15 * rng.randrange(2, 16))
    hours = Decimal((end - begin) // timedelta(minutes=15)) / 4
    price = _price(cpo, connector["tariff_ids"][0])
    dimensions = [{"type": "ENERGY", "volume": float(energy)}, {"type": "TIME", "volume": float(hours)}]
    tariff_id = connector["tariff_ids"][0]
    finished = {} if ongoing else {"end_date_time": format_datetime(end)}
    return finished | {
        "country_code": cpo[0],
        "party_id": cpo[1],
        "id": session_id,
        "start_date_time": format_datetime(begin),
        "kwh": float(energy),
        "cdr_token": {k: driver[k] for k in ("country_code", "party_id", "uid", "type", "contract_id")},
        "auth_method": "WHITELIST" if driver["whitelist"] == "ALWAYS" else "AUTH_REQUEST",
        "location_id": place["id"],
        "evse_uid": evse["uid"],
        "connector_id": connector["id"],
        "meter_id": f"MTR-{evse['uid'][-6:]}",
        "currency": "EUR",
        "charging_periods": [
            {"start_date_time": format_datetime(begin), "dimensions": dimensions, "tariff_id": tariff_id}
        ],
        "total_cost": _with_vat(energy * price),
        "status": "ACTIVE" if ongoing else "COMPLETED",
        "last_updated": format_datetime(end),
    }


def _cdr(cpo: Party, session: JsonObject, places: list[JsonObject], cdr_id: str) -> JsonObject:
    place = next(p for p in places if p["id"] == session["location_id"])
    evse = next(e for e in place["evses"] if e["uid"] == session["evse_uid"])
    tariff_id = session["charging_periods"][0]["tariff_id"]
    hours = session["charging_periods"][0]["dimensions"][1]["volume"]
    kept = ("country_code", "party_id", "start_date_time", "end_date_time", "cdr_token", "auth_method", "meter_id",
            "currency", "charging_periods", "total_cost")  # fmt: skip
    return {name: session[name] for name in kept} | {
        "id": cdr_id,
        "session_id": session["id"],
        "cdr_location": _cdr_location(place, evse),
        "tariffs": [t for t in tariffs(cpo, _BEGIN) if t["id"] == tariff_id],
        "total_energy": session["kwh"],
        "total_energy_cost": session["total_cost"],
        "total_time": hours,
        "last_updated": format_datetime(datetime.fromisoformat(session["end_date_time"]) + timedelta(minutes=5)),
    }


def _cdr_location(place: JsonObject, evse: JsonObject) -> JsonObject:
    connector = evse["connectors"][0]
    kept = ("id", "name", "address", "city", "postal_code", "country", "coordinates")
    return {name: place[name] for name in kept} | {
        "evse_uid": evse["uid"],
        "evse_id": evse["evse_id"],
        "connector_id": connector["id"],
        "connector_standard": connector["standard"],
        "connector_format": connector["format"],
        "connector_power_type": connector["power_type"],
    }


def _price(cpo: Party, tariff_id: str) -> Decimal:
    tariff = next(t for t in tariffs(cpo, _BEGIN) if t["id"] == tariff_id)
    return Decimal(str(tariff["elements"][0]["price_components"][0]["price"]))


def _with_vat(amount: Decimal) -> dict[str, Any]:
    return {"excl_vat": float(amount), "incl_vat": float((amount * (1 + _VAT)).quantize(Decimal("0.0001")))}
