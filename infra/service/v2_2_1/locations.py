"""Locations (OCPI 2.2.1, mod_locations): ours as Sender; pushed Locations, EVSEs and Connectors as Receiver."""

from __future__ import annotations

from infra.service.call import Answer, Call
from infra.service.pagination import list_page
from infra.service.partner import Role
from infra.service.status import StatusCode, not_found
from infra.service.store import Collection, ObjectKey, StoredObject
from infra.service.strict_json import JsonObject
from infra.service.v2_2_1 import location_parts as parts
from infra.service.v2_2_1.module import OBJECT, receiver, sender
from infra.service.v2_2_1.objects.location import Connector, Evse, Location
from infra.service.v2_2_1.ownership import (
    check_id,
    check_owner,
    for_everybody,
    owner_in_path,
    pushed_by,
    writing_owner,
)
from infra.service.v2_2_1.reading import read_body, read_object, require_body
from infra.service.v2_2_1.writing import change, find_first, merged, stored, write

_LOCATIONS = Collection.LOCATIONS


async def list_locations(call: Call) -> Answer:
    """Sender GET: one page."""
    return await list_page(call, _LOCATIONS, for_everybody(call, Role.CPO))


async def get_own(call: Call) -> Answer:
    """Sender GET of a Location, EVSE or Connector."""
    found = await find_first(call, _LOCATIONS, call.path["object_id"], for_everybody(call, Role.CPO))
    return _part(found, call)


async def get_pushed(call: Call) -> Answer:
    """Receiver GET of a Location, EVSE or Connector that the partner pushed."""
    key = ObjectKey(_LOCATIONS, owner_in_path(call), call.path["object_id"])
    return _part(await call.services.store.find(key, pushed_by(call, Role.CPO)), call)


async def put_location(call: Call) -> Answer:
    """Receiver PUT of a whole Location."""
    owner = writing_owner(call, Role.CPO)
    location = await read_body(call, Location)
    check_owner(location, owner)
    check_id(location.id, call.path["object_id"])
    return await write(call, "put", stored(ObjectKey(_LOCATIONS, owner, location.id), location.to_json()))


async def patch_location(call: Call) -> Answer:
    """Receiver PATCH of a whole Location."""
    key = ObjectKey(_LOCATIONS, writing_owner(call, Role.CPO), call.path["object_id"])
    patch = await require_body(call)

    def changed(existing: StoredObject) -> StoredObject:
        location = read_object(Location, merged(existing.body, patch))
        check_owner(location, key.owner)
        check_id(location.id, key.object_id)
        return stored(key, location.to_json())

    return await change(call, key, pushed_by(call, Role.CPO), changed)


async def put_part(call: Call) -> Answer:
    """Receiver PUT of an EVSE or a Connector."""
    document = await require_body(call)
    return await _change_part(call, lambda _: _read_part(call, document))


async def patch_part(call: Call) -> Answer:
    """Receiver PATCH of an EVSE or a Connector."""
    patch = await require_body(call)

    def patched(existing: JsonObject | None) -> JsonObject:
        if existing is None:
            raise not_found()
        return _read_part(call, merged(existing, patch))

    return await _change_part(call, patched)


def _read_part(call: Call, document: JsonObject) -> JsonObject:
    if "connector_id" in call.path:
        connector = read_object(Connector, document)
        check_id(connector.id, call.path["connector_id"])
        return connector.to_json()
    evse = read_object(Evse, document)
    check_id(evse.uid, call.path["evse_uid"])
    return evse.to_json()


async def _change_part(call: Call, new_part: parts.NewPart) -> Answer:
    key = ObjectKey(_LOCATIONS, writing_owner(call, Role.CPO), call.path["object_id"])

    def changed(existing: StoredObject) -> StoredObject:
        return stored(key, parts.with_part(existing.body, call.path, new_part))

    return await change(call, key, pushed_by(call, Role.CPO), changed)


def _part(found: StoredObject | None, call: Call) -> Answer:
    part = None if found is None else parts.find_part(found.body, call.path)
    if part is None:
        raise not_found("No such location, EVSE or connector", StatusCode.UNKNOWN_LOCATION)
    return Answer(data=part)


_S, _R = sender("locations"), receiver("locations")
_EVSE, _CONNECTOR = "/{evse_uid}", "/{evse_uid}/{connector_id}"
ROUTES = (
    _S.read("", list_locations),
    *(_S.read("/{object_id}" + suffix, get_own) for suffix in ("", _EVSE, _CONNECTOR)),
    *(_R.read(OBJECT + suffix, get_pushed) for suffix in ("", _EVSE, _CONNECTOR)),
    _R.write("PUT", OBJECT, put_location),
    _R.write("PATCH", OBJECT, patch_location),
    *(_R.write("PUT", OBJECT + suffix, put_part) for suffix in (_EVSE, _CONNECTOR)),
    *(_R.write("PATCH", OBJECT + suffix, patch_part) for suffix in (_EVSE, _CONNECTOR)),
)
