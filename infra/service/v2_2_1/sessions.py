"""Sessions (OCPI 2.2.1, mod_sessions): the partner's own as Sender; pushed Sessions as Receiver.

GET of one session by id on the Sender side is not in the specification; it is isolated in the same way as the list.
"""

from __future__ import annotations

from infra.service.call import Answer, Call
from infra.service.pagination import list_page
from infra.service.partner import Role
from infra.service.status import not_found
from infra.service.store import Collection, ObjectKey, StoredObject
from infra.service.strict_json import JsonObject
from infra.service.v2_2_1.charging_preferences import put_charging_preferences
from infra.service.v2_2_1.module import OBJECT, receiver, sender
from infra.service.v2_2_1.objects.session import Session
from infra.service.v2_2_1.ownership import (
    check_driver,
    check_id,
    check_owner,
    for_tenant,
    owner_in_path,
    pushed_by,
    writing_owner,
)
from infra.service.v2_2_1.reading import read_body, read_object, require_body
from infra.service.v2_2_1.writing import change, find_first, merged, stored, write

_SESSIONS = Collection.SESSIONS


async def list_sessions(call: Call) -> Answer:
    """Sender GET: one page of the partner's sessions."""
    return await list_page(call, _SESSIONS, for_tenant(call))


async def get_own(call: Call) -> Answer:
    """Sender GET of one of the partner's sessions."""
    return _answer(await find_first(call, _SESSIONS, call.path["object_id"], for_tenant(call)))


async def get_pushed(call: Call) -> Answer:
    """Receiver GET of a Session that the partner pushed."""
    key = ObjectKey(_SESSIONS, owner_in_path(call), call.path["object_id"])
    return _answer(await call.services.store.find(key, pushed_by(call, Role.CPO)))


async def put_session(call: Call) -> Answer:
    """Receiver PUT: the whole object, charging periods included, is replaced."""
    key = ObjectKey(_SESSIONS, writing_owner(call, Role.CPO), call.path["object_id"])
    return await write(call, "put", _checked(call, key, await read_body(call, Session)))


async def patch_session(call: Call) -> Answer:
    """Receiver PATCH: charging periods are added to those that are there."""
    key = ObjectKey(_SESSIONS, writing_owner(call, Role.CPO), call.path["object_id"])
    patch = await require_body(call)

    def changed(existing: StoredObject) -> StoredObject:
        return _checked(call, key, read_object(Session, _with_periods_added(existing.body, patch)))

    return await change(call, key, pushed_by(call, Role.CPO), changed)


def _with_periods_added(existing: JsonObject, patch: JsonObject) -> JsonObject:
    document = merged(existing, patch)
    added = patch.get("charging_periods")
    if isinstance(added, list):
        document["charging_periods"] = [*existing.get("charging_periods", []), *added]
    return document


def _checked(call: Call, key: ObjectKey, session: Session) -> StoredObject:
    check_owner(session, key.owner)
    check_id(session.id, key.object_id)
    return stored(key, session.to_json(), tenant=check_driver(call, session.cdr_token))


def _answer(found: StoredObject | None) -> Answer:
    if found is None:
        raise not_found("No such session")
    return Answer(data=found.body)


_S, _R = sender("sessions"), receiver("sessions")
ROUTES = (
    _S.read("", list_sessions),
    _S.read("/{object_id}", get_own),
    _S.write("PUT", "/{object_id}/charging_preferences", put_charging_preferences),
    _R.read(OBJECT, get_pushed),
    _R.write("PUT", OBJECT, put_session),
    _R.write("PATCH", OBJECT, patch_session),
)
