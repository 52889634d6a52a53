"""Sessions that commands begin and end (mod_commands: StartSession, StopSession): one at an EVSE at a time.

Which session an EVSE has is kept beside the sessions, so that of two commands at the same time one finds it occupied.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from infra.service.call import Call
from infra.service.datetimes import format_datetime
from infra.service.modules.dialect import Dialect
from infra.service.modules.ownership import their_parties
from infra.service.modules.writing import record_change, stored
from infra.service.partner import Party, Role
from infra.service.store import Kind, ObjectKey, PutOutcome, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_CURRENCY = "EUR"
_DONE = frozenset({PutOutcome.CREATED, PutOutcome.UPDATED})


async def begin(call: Call, dialect: Dialect, place: StoredObject, evse: JsonObject, body: JsonObject) -> bool:
    """Begin a session at a free EVSE of the location `place`; False where it has one."""
    moment, session_id = format_datetime(call.services.clock()), token_hex(16)
    occupied = stored(_occupied(dialect, place.key.owner, evse["uid"]), {"session_id": session_id}, last_updated=moment)
    if await call.services.store.put(occupied, expected_revision=0) is not PutOutcome.CREATED:
        return False
    made = _made(dialect, place, evse, body) | {"id": session_id, "last_updated": moment}
    made |= {"start_date_time" if dialect.names_parties else "start_datetime": moment}
    document = dialect.types.session.model_validate(made).to_json()
    key = ObjectKey(dialect.collection(Kind.SESSIONS), place.key.owner, session_id)
    outcome = await call.services.store.put(stored(key, document, tenant=_driver(call, dialect, body)))
    record_change(call, "begin", key, outcome)
    return True


async def finish(call: Call, dialect: Dialect, session: StoredObject) -> bool:
    """End one that goes on, and free its EVSE; False where somebody else was faster."""
    moment = format_datetime(call.services.clock())
    ended = {"end_date_time" if dialect.names_parties else "end_datetime": moment, "last_updated": moment}
    body = {**session.body, **ended, "status": "COMPLETED"}
    candidate = stored(session.key, body, tenant=session.tenant)
    outcome = await call.services.store.put(candidate, expected_revision=session.revision)
    record_change(call, "finish", session.key, outcome)
    if outcome not in _DONE:
        return False
    await _free(call, dialect, session)
    return True


async def _free(call: Call, dialect: Dialect, session: StoredObject) -> None:
    key = _occupied(dialect, session.key.owner, _evse_of(session.body))
    occupied = await call.services.store.find(key, Visibility())
    if occupied is not None and occupied.body["session_id"] == session.key.object_id:
        await call.services.store.remove(key)


def _made(dialect: Dialect, place: StoredObject, evse: JsonObject, body: JsonObject) -> dict[str, Any]:
    """What a session of this version says of the command that began it."""
    connector = body.get("connector_id") or evse["connectors"][0]["id"]
    common = {"kwh": 0, "currency": _CURRENCY, "status": "ACTIVE"}
    if not dialect.names_parties:
        token = body["token"]
        return common | {
            "auth_id": token["auth_id"],
            "auth_method": "AUTH_REQUEST",
            "location": {**place.body, "evses": [evse]},
        }
    owner, token = place.key.owner, body["token"]
    reference = body.get("authorization_reference")
    return common | {
        "country_code": owner.country_code,
        "party_id": owner.party_id,
        "cdr_token": {name: token[name] for name in ("country_code", "party_id", "uid", "type", "contract_id")},
        "auth_method": "COMMAND",
        "location_id": place.body["id"],
        "evse_uid": evse["uid"],
        "connector_id": connector,
        **({} if reference is None else {"authorization_reference": reference}),
    }


def _driver(call: Call, dialect: Dialect, body: JsonObject) -> Party:
    """Whose driver it is; 2.1.1 does not say, so it is the partner's own."""
    if dialect.names_parties:
        return Party(body["token"]["country_code"], body["token"]["party_id"])
    return min(their_parties(call, Role.EMSP))


def _evse_of(session: JsonObject) -> str:
    if "evse_uid" in session:
        return str(session["evse_uid"])
    return str(next((evse["uid"] for evse in session["location"].get("evses") or ()), ""))


def _occupied(dialect: Dialect, owner: Party, evse_uid: str) -> ObjectKey:
    return ObjectKey(dialect.collection(Kind.OCCUPIED), owner, evse_uid)
