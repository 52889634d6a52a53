"""Charging preferences of an ongoing session (OCPI 2.2.1, mod_sessions: Sender PUT)."""

from __future__ import annotations

from infra.service.call import Answer, Call
from infra.service.datetimes import format_datetime
from infra.service.partner import Party, Role
from infra.service.status import not_found
from infra.service.store import Collection, ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject
from infra.service.v2_2_1.location_parts import find_part
from infra.service.v2_2_1.objects.session import ChargingPreferences, ChargingPreferencesResponse
from infra.service.v2_2_1.ownership import for_tenant
from infra.service.v2_2_1.reading import read_body
from infra.service.v2_2_1.writing import find_first, stored, write

_TARIFF_OF_PROFILE = {"CHEAP": "PROFILE_CHEAP", "FAST": "PROFILE_FAST", "GREEN": "PROFILE_GREEN"}


async def put_charging_preferences(call: Call) -> Answer:
    """Store the driver's wish, if the EVSE can follow it; the answer's data says whether it can."""
    session = await find_first(call, Collection.SESSIONS, call.path["object_id"], for_tenant(call))
    if session is None:
        raise not_found("No such session")
    wish = await read_body(call, ChargingPreferences)
    response = await _judge(call, session, wish)
    if response == "ACCEPTED":
        key = ObjectKey(Collection.CHARGING_PREFERENCES, session.key.owner, session.key.object_id)
        moment = format_datetime(call.services.clock())
        await write(call, "put", stored(key, wish.to_json(), tenant=session.tenant, last_updated=moment))
    return Answer(data=response)


async def _judge(call: Call, session: StoredObject, wish: ChargingPreferences) -> ChargingPreferencesResponse:
    if session.body["status"] != "ACTIVE":
        return "NOT_POSSIBLE"
    evse, connector = await _equipment(call, session)
    if "CHARGING_PREFERENCES_CAPABLE" not in evse.get("capabilities", ()):
        return "NOT_POSSIBLE"
    if not await _has_tariff(call, session.key.owner, connector, wish.profile_type):
        return "PROFILE_TYPE_NOT_SUPPORTED"
    if wish.profile_type in ("CHEAP", "GREEN"):  # both shift energy in time: when, and how much?
        if wish.departure_time is None:
            return "DEPARTURE_REQUIRED"
        if wish.energy_need is None:
            return "ENERGY_NEED_REQUIRED"
    return "ACCEPTED"


async def _equipment(call: Call, session: StoredObject) -> tuple[JsonObject, JsonObject]:
    body = session.body
    key = ObjectKey(Collection.LOCATIONS, session.key.owner, body["location_id"])
    location = await call.services.store.find(key, Visibility())
    path = {"evse_uid": body["evse_uid"]}
    evse = find_part(location.body, path) if location else None
    connector = find_part(location.body, path | {"connector_id": body["connector_id"]}) if location else None
    return evse or {}, connector or {}


async def _has_tariff(call: Call, owner: Party, connector: JsonObject, profile: str) -> bool:
    wanted = (None, "REGULAR") if profile == "REGULAR" else (_TARIFF_OF_PROFILE[profile],)
    visibility = Visibility(owners=call.services.settings.own_parties(Role.CPO))
    for tariff_id in connector.get("tariff_ids", ()):
        tariff = await call.services.store.find(ObjectKey(Collection.TARIFFS, owner, tariff_id), visibility)
        if tariff is not None and tariff.body.get("type") in wanted:
            return True
    return False
