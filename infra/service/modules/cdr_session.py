"""A CDR against the session that it bills, as far as the same CPO pushed that session."""

from __future__ import annotations

from infra.service.call import Call
from infra.service.status import invalid_object
from infra.service.store import Collection, Kind, ObjectKey, StoredObject, Visibility


async def check_session(call: Call, cdr: StoredObject) -> None:
    """Refuse a CDR whose session is about another driver or in another currency."""
    session_id = cdr.body.get("session_id")
    if session_id is None:
        return
    key = ObjectKey(Collection(cdr.key.collection.version, Kind.SESSIONS), cdr.key.owner, session_id)
    session = await call.services.store.find(key, Visibility())
    if session is None:
        return
    if session.tenant != cdr.tenant or session.body["cdr_token"]["uid"] != cdr.body["cdr_token"]["uid"]:
        raise invalid_object("cdr_token: not that of the session")
    if session.body["currency"] != cdr.body["currency"]:
        raise invalid_object("currency: not that of the session")
