"""Hub client info (mod_hub_client_info): as Sender the parties behind our hub; as Receiver what a hub tells us.

These requests go from platform to platform, so they carry no routing headers.
"""

from __future__ import annotations

from dataclasses import dataclass

from infra.service.call import Answer, Call, Route
from infra.service.modules.dialect import Dialect, Type
from infra.service.modules.ownership import owner_in_path
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.side import receiver, sender
from infra.service.modules.writing import stored, write
from infra.service.pagination import list_page
from infra.service.partner import Party, Role
from infra.service.status import invalid_object, not_found
from infra.service.store import Kind, ObjectKey, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClientInfo:
    dialect: Dialect
    model: Type

    async def list(self, call: Call) -> Answer:
        """Sender GET: one page of the parties behind our hub; empty on a platform that is none."""
        hubs = call.services.settings.own_parties(Role.HUB)
        return await list_page(call, self.dialect.collection(Kind.CLIENT_INFO), Visibility(owners=hubs))

    async def get(self, call: Call) -> Answer:
        """Receiver GET of what the hub told us about a party."""
        found = await call.services.store.find(self._key(call), Visibility(owners=call.partner.parties(Role.HUB)))
        if found is None:
            raise not_found("No such client")
        return Answer(data=found.body)

    async def put(self, call: Call) -> Answer:
        """Receiver PUT: only a hub says who is connected to it."""
        key = self._key(call)
        body = read_object(self.model, await require_body(call)).to_json()
        if Party(body["country_code"], body["party_id"]) != owner_in_path(call):
            raise invalid_object("country_code and party_id differ from those in the URL")
        return await write(call, "put", stored(key, body))

    def _key(self, call: Call) -> ObjectKey:
        hub = min(call.partner.parties(Role.HUB), default=None)
        if hub is None:
            raise not_found("No such client")
        client = owner_in_path(call)
        return ObjectKey(self.dialect.collection(Kind.CLIENT_INFO), hub, f"{client.country_code}*{client.party_id}")


def client_info_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides; none in 2.1.1, which has no such module."""
    if dialect.client_info is None:
        return ()
    module = _ClientInfo(dialect=dialect, model=dialect.client_info)
    told = receiver(dialect, "hubclientinfo", routed=False)
    return (
        sender(dialect, "hubclientinfo", routed=False).read("", module.list),
        told.read("/{country_code}/{party_id}", module.get),
        told.write("PUT", "/{country_code}/{party_id}", module.put),
    )
