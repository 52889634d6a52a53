"""Sessions (mod_sessions): the partner's own as Sender; pushed Sessions as Receiver.

GET of one session by id on the Sender side is not in the specification; it is isolated in the same way as the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.service.call import Call, Route
from infra.service.modules.charging_preferences import preferences_handler
from infra.service.modules.dialect import Dialect
from infra.service.modules.object_module import ObjectModule
from infra.service.modules.ownership import driver_of
from infra.service.modules.side import OBJECT, receiver, sender
from infra.service.modules.writing import merged
from infra.service.partner import Party, Role
from infra.service.status import invalid_object
from infra.service.store import Kind, StoredObject
from infra.service.strict_json import JsonObject

_FINAL: Final = frozenset({"COMPLETED", "INVALID"})
# where a session may go from where it is (SessionStatus): nothing becomes pending again, nothing leaves its end
_NEXT: Final[Mapping[str, frozenset[str]]] = {
    "PENDING": frozenset({"PENDING", "RESERVATION", "ACTIVE"}) | _FINAL,
    "RESERVATION": frozenset({"RESERVATION", "PENDING", "ACTIVE"}) | _FINAL,
    "ACTIVE": frozenset({"ACTIVE"}) | _FINAL,
}


class _Sessions(ObjectModule):
    __slots__ = ()

    def tenant(self, call: Call, body: JsonObject) -> Party:
        return driver_of(call, body)

    def merged(self, existing: JsonObject, patch: JsonObject) -> JsonObject:
        """Charging periods are added to those that are there."""
        document = merged(existing, patch)
        added = patch.get("charging_periods")
        if isinstance(added, list):
            document["charging_periods"] = [*existing.get("charging_periods", []), *added]
        return document

    def check_change(self, existing: StoredObject | None, candidate: StoredObject) -> None:
        if existing is None or existing.body == candidate.body:
            return
        before, after = existing.body["status"], candidate.body["status"]
        if before in _FINAL:
            raise invalid_object("A session that has ended does not change")
        if after not in _NEXT[before]:
            raise invalid_object("status: a session cannot go there from where it is")


def session_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""
    module = _Sessions(dialect=dialect, kind=Kind.SESSIONS, model=dialect.types.session, owner=Role.CPO, personal=True)
    ours, pushed = sender(dialect, "sessions"), receiver(dialect, "sessions")
    routes = (
        ours.read("", module.list),
        ours.read("/{object_id}", module.get_own),
        pushed.read(OBJECT, module.get_pushed),
        pushed.write("PUT", OBJECT, module.put),
        pushed.write("PATCH", OBJECT, module.patch),
    )
    if dialect.preferences is None:
        return routes
    wish = ours.write("PUT", "/{object_id}/charging_preferences", preferences_handler(dialect, dialect.preferences))
    return (*routes, wish)
