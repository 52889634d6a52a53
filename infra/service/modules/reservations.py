"""Reservations: each partner has its own, whatever ids the others give theirs (mod_commands: ReserveNow)."""

from __future__ import annotations

from infra.service.call import Call
from infra.service.datetimes import format_datetime, parse_datetime
from infra.service.modules.dialect import Dialect
from infra.service.modules.ownership import their_parties
from infra.service.modules.writing import record_change, stored
from infra.service.partner import Party, Role
from infra.service.status import invalid_object
from infra.service.store import Kind, ObjectKey
from infra.service.strict_json import JsonObject


def check_expiry(call: Call, body: JsonObject) -> None:
    """Refuse a reservation that would end in the past."""
    expiry = body.get("expiry_date")
    if expiry is not None and parse_datetime(expiry) <= call.services.clock():
        raise invalid_object("expiry_date: in the past")


async def reserve(call: Call, dialect: Dialect, reservation_id: str, body: JsonObject) -> None:
    """Keep it, in place of one with the same id."""
    now = call.services.clock()
    key = _key(call, dialect, reservation_id)
    kept: JsonObject = {name: body[name] for name in ("location_id", "evse_uid", "expiry_date") if name in body}
    outcome = await call.services.store.put(stored(key, kept, last_updated=format_datetime(now)))
    record_change(call, "reserve", key, outcome)


async def cancel(call: Call, dialect: Dialect, reservation_id: str) -> str:
    """What the Charge Point says."""
    key = _key(call, dialect, reservation_id)
    removed = await call.services.store.remove(key)
    record_change(call, "cancel", key, "removed" if removed else "absent")
    return "ACCEPTED" if removed else "UNKNOWN_RESERVATION"


def _key(call: Call, dialect: Dialect, reservation_id: str) -> ObjectKey:
    """Owned by the partner that asked: nobody cancels or replaces the reservation of another."""
    theirs: Party = min(their_parties(call, Role.EMSP) or call.partner.parties())
    return ObjectKey(dialect.collection(Kind.RESERVATIONS), theirs, reservation_id)
