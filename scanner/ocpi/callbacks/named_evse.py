"""The EVSE that the configuration names, as the platform's own locations show it: without that nothing is commanded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.pagination import next_link
from scanner.ocpi.reply import NoReply

MOST_PAGES: Final = 20
_REMOVED: Final = "REMOVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEvse:
    """Where it stands."""

    location_id: str
    evse_uid: str
    connector_id: str


async def find(client: OcpiClient, locations: Interface, names: frozenset[str]) -> NamedEvse | NoReply | None:
    """The first EVSE whose `uid` is one of the names; None where the pages that were read show none.

    Pages are asked for as the platform links them, which the gate holds to the configured hosts.
    """
    url: str | None = locations.url
    for number in range(MOST_PAGES):
        if url is None:
            break
        reply = await client.get(url, f"{locations.name}, page {number + 1}, for the named EVSE", locations.credential)
        if isinstance(reply, NoReply):
            return reply
        found = next((evse for place in reply.objects for evse in _evses(place) if evse.evse_uid in names), None)
        if found is not None:
            return found
        url = next_link(reply.exchange)
    return None


def _evses(location: JsonValue) -> Iterator[NamedEvse]:
    if not isinstance(location, Mapping):
        return
    listed = location.get("evses")
    for evse in listed if isinstance(listed, list) else ():
        if not isinstance(evse, Mapping) or evse.get("status") == _REMOVED:
            continue
        connectors = evse.get("connectors")
        first = connectors[0] if isinstance(connectors, list) and connectors else None
        ids = location.get("id"), evse.get("uid"), first.get("id") if isinstance(first, Mapping) else None
        if isinstance(ids[0], str) and isinstance(ids[1], str) and isinstance(ids[2], str):
            yield NamedEvse(location_id=ids[0], evse_uid=ids[1], connector_id=ids[2])
