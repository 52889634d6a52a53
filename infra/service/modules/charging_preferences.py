"""Charging preferences of an ongoing session (OCPI 2.2.1, mod_sessions: Sender PUT)."""

from __future__ import annotations

from infra.service.call import Answer, Call, Handler
from infra.service.datetimes import format_datetime
from infra.service.modules.dialect import Dialect, Type
from infra.service.modules.location_parts import find_part
from infra.service.modules.ownership import for_tenant
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.writing import find_first, stored, write
from infra.service.partner import Role
from infra.service.rules import check_rules
from infra.service.status import not_found
from infra.service.store import Collection, Kind, ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_TARIFF_OF_PROFILE = {"CHEAP": "PROFILE_CHEAP", "FAST": "PROFILE_FAST", "GREEN": "PROFILE_GREEN"}


def preferences_handler(dialect: Dialect, model: Type) -> Handler:
    """The handler of the PUT."""
    sessions = dialect.collection(Kind.SESSIONS)
    preferences = dialect.collection(Kind.CHARGING_PREFERENCES)

    async def put_charging_preferences(call: Call) -> Answer:
        """Store the driver's wish, if the EVSE can follow it; the answer's data says whether it can."""
        session = await find_first(call, sessions, call.path["object_id"], for_tenant(call))
        if session is None:
            raise not_found("No such session")
        wish = read_object(model, await require_body(call)).to_json()
        check_rules(Kind.CHARGING_PREFERENCES, wish)
        response = await _judge(call, session, wish)
        if response == "ACCEPTED":
            key = ObjectKey(preferences, session.key.owner, session.key.object_id)
            moment = format_datetime(call.services.clock())
            await write(call, "put", stored(key, wish, tenant=session.tenant, last_updated=moment))
        return Answer(data=response)

    return put_charging_preferences


async def _judge(call: Call, session: StoredObject, wish: JsonObject) -> str:
    if session.body["status"] != "ACTIVE":
        return "NOT_POSSIBLE"
    evse, connector = await _equipment(call, session)
    if "CHARGING_PREFERENCES_CAPABLE" not in evse.get("capabilities", ()):
        return "NOT_POSSIBLE"
    if not await _has_tariff(call, session.key, connector, wish["profile_type"]):
        return "PROFILE_TYPE_NOT_SUPPORTED"
    if wish["profile_type"] in ("CHEAP", "GREEN"):  # both shift energy in time: when, and how much?
        if "departure_time" not in wish:
            return "DEPARTURE_REQUIRED"
        if "energy_need" not in wish:
            return "ENERGY_NEED_REQUIRED"
    return "ACCEPTED"


async def _equipment(call: Call, session: StoredObject) -> tuple[JsonObject, JsonObject]:
    body = session.body
    key = ObjectKey(_beside(session.key, Kind.LOCATIONS), session.key.owner, body["location_id"])
    location = await call.services.store.find(key, Visibility())
    path = {"evse_uid": body["evse_uid"]}
    evse = find_part(location.body, path) if location else None
    connector = find_part(location.body, path | {"connector_id": body["connector_id"]}) if location else None
    return evse or {}, connector or {}


async def _has_tariff(call: Call, session: ObjectKey, connector: JsonObject, profile: str) -> bool:
    wanted = (None, "REGULAR") if profile == "REGULAR" else (_TARIFF_OF_PROFILE[profile],)
    visibility = Visibility(owners=call.services.settings.own_parties(Role.CPO))
    for tariff_id in connector.get("tariff_ids", ()):
        tariff = await call.services.store.find(
            ObjectKey(_beside(session, Kind.TARIFFS), session.owner, tariff_id), visibility
        )
        if tariff is not None and tariff.body.get("type") in wanted:
            return True
    return False


def _beside(session: ObjectKey, kind: Kind) -> Collection:
    return Collection(session.collection.version, kind)
