"""Locations (mod_locations): ours as Sender; pushed Locations, EVSEs and Connectors as Receiver."""

from __future__ import annotations

from dataclasses import dataclass

from infra.service.call import Answer, Call, Route
from infra.service.modules import location_parts as parts
from infra.service.modules.dialect import Dialect, Type
from infra.service.modules.object_module import ObjectModule
from infra.service.modules.ownership import check_id, pushed_by, writing_owner
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.side import OBJECT, receiver, sender
from infra.service.modules.writing import change, merged
from infra.service.partner import Role
from infra.service.status import Refusal, StatusCode, not_found
from infra.service.store import Kind, StoredObject
from infra.service.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locations(ObjectModule):
    evse: Type
    connector: Type

    async def put_part(self, call: Call) -> Answer:
        """Receiver PUT of an EVSE or a Connector."""
        document = await require_body(call)
        return await self._change_part(call, lambda _: self._read_part(call, document))

    async def patch_part(self, call: Call) -> Answer:
        """Receiver PATCH of an EVSE or a Connector."""
        patch = await require_body(call)

        def patched(existing: JsonObject | None) -> JsonObject:
            if existing is None:
                raise self.unknown()
            return self._read_part(call, merged(existing, patch))

        return await self._change_part(call, patched)

    def _read_part(self, call: Call, document: JsonObject) -> JsonObject:
        if "connector_id" in call.path:
            connector = read_object(self.connector, document).to_json()
            check_id(connector["id"], call.path["connector_id"])
            return connector
        evse = read_object(self.evse, document).to_json()
        check_id(evse["uid"], call.path["evse_uid"])
        return evse

    async def _change_part(self, call: Call, new_part: parts.NewPart) -> Answer:
        key = self.key(writing_owner(call, self.owner), call.path["object_id"])

        def changed(existing: StoredObject) -> StoredObject:
            location = parts.with_part(existing.body, call.path, new_part)
            return self.checked(call, key, location)

        return await change(call, key, pushed_by(call, self.owner), changed)

    def answer(self, call: Call, found: StoredObject | None) -> Answer:
        part = None if found is None else parts.find_part(found.body, call.path)
        if part is None:
            raise self.unknown()
        return Answer(data=part)

    def unknown(self) -> Refusal:
        return not_found("No such location, EVSE or connector", StatusCode.UNKNOWN_LOCATION)


def location_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""
    types = dialect.types
    module = _Locations(
        dialect=dialect,
        kind=Kind.LOCATIONS,
        model=types.location,
        owner=Role.CPO,
        evse=types.evse,
        connector=types.connector,
    )
    ours, pushed = sender(dialect, "locations"), receiver(dialect, "locations")
    evse, connector = "/{evse_uid}", "/{evse_uid}/{connector_id}"
    return (
        ours.read("", module.list),
        *(ours.read("/{object_id}" + suffix, module.get_own) for suffix in ("", evse, connector)),
        *(pushed.read(OBJECT + suffix, module.get_pushed) for suffix in ("", evse, connector)),
        pushed.write("PUT", OBJECT, module.put),
        pushed.write("PATCH", OBJECT, module.patch),
        *(pushed.write("PUT", OBJECT + suffix, module.put_part) for suffix in (evse, connector)),
        *(pushed.write("PATCH", OBJECT + suffix, module.patch_part) for suffix in (evse, connector)),
    )
