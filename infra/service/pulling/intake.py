"""A pulled object takes the same way in as a pushed one: the receiver interface of its module, with all its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from infra.service.call import Call, Identity, MessageIds, Route, Services
from infra.service.modules.side import OBJECT
from infra.service.partner import InterfaceRole, Partner, Party, Right, Role
from infra.service.registration import Registration
from infra.service.status import Refusal, StatusCode
from infra.service.strict_json import JsonObject

_OWNERS: Final[Mapping[str, Role]] = {
    "locations": Role.CPO,
    "tariffs": Role.CPO,
    "sessions": Role.CPO,
    "cdrs": Role.CPO,
    "tokens": Role.EMSP,
}
MODULES: Final = tuple(_OWNERS)  # in this order: a CDR is held against the session that came before it
_MOST_ID: Final = 64  # characters; no id of OCPI is longer


@dataclass(frozen=True, slots=True)
class Doors:
    """The receiver interfaces of all versions."""

    routes: Mapping[tuple[str, str], Route]

    @classmethod
    def among(cls, routes: Iterable[Route]) -> Doors:
        """Those that take whole objects: PUT of one, or POST to the list."""
        found = {}
        for route in routes:
            if route.side is not InterfaceRole.RECEIVER or route.module not in _OWNERS:
                continue
            parts = route.template.split("/")
            if (route.method, "/".join(("", *parts[5:]))) in {("PUT", OBJECT), ("POST", "")}:
                found[parts[3], route.module] = route
        return cls(found)

    def of(self, partner: Partner, version: str, module: str) -> Route | None:
        """The door of one module, where the contract lets the partner push there."""
        route = self.routes.get((version, module))
        allowed = route is not None and partner.may(module, InterfaceRole.RECEIVER, Right.WRITE)
        return route if allowed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """For one partner, through one door, with the ids of one pass."""

    services: Services
    partner: Partner
    registration: Registration
    ids: MessageIds
    route: Route

    async def take(self, document: Any) -> bool:  # noqa: ANN401 - what a partner sent
        """True when the object is as the partner says, now or already; it is refused for what a push would be.

        Raises: whatever a system of our own does that cannot take it now; the object is not refused by that.
        """
        named = identity_of(document)
        if named is None:
            return False
        try:
            answer = await self.route.handler(self._call(named, document))
        except Refusal as refusal:
            if refusal.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return False
        return answer.status_code == StatusCode.SUCCESS

    def _call(self, object_id: str, document: JsonObject) -> Call:
        owner = self._owner(document)
        kind = document.get("type")

        async def body() -> JsonObject:
            return document

        return Call(
            services=self.services,
            identity=Identity(partner=self.partner, registration=self.registration),
            ids=self.ids,
            route=self.route,
            path={"country_code": owner.country_code, "party_id": owner.party_id, "object_id": object_id},
            query=(("type", kind),) if self.route.module == "tokens" and isinstance(kind, str) else (),
            routed=None,
            body=body,
        )

    def _owner(self, document: JsonObject) -> Party:
        """Whom the object names; in 2.1.1 it names nobody, and is the partner's one party's."""
        code, party = document.get("country_code"), document.get("party_id")
        if isinstance(code, str) and isinstance(party, str):
            return Party(code, party)
        theirs = self.partner.parties(_OWNERS[self.route.module])
        return min(theirs) if len(theirs) == 1 else Party("", "")


def identity_of(document: Any) -> str | None:  # noqa: ANN401 - what a partner sent
    """The id of an object of any module, or None for what has none."""
    if not isinstance(document, dict):
        return None
    named = document.get("id", document.get("uid"))
    return named if isinstance(named, str) and 0 < len(named) <= _MOST_ID else None
