"""The EVSE that the configuration names, as the platform's own locations show it: without that nothing is commanded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.pagination import next_link
from scanner.ocpi.reply import NoReply

MOST_PAGES: Final = 20
FREE: Final = "AVAILABLE"
_REMOVED: Final = "REMOVED"
_SOMEBODYS: Final = frozenset({"CHARGING", "BLOCKED", "RESERVED"})  # EVSE Status: a driver is there, or comes


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEvse:
    """Where it stands; `owner`: country code and party id of the location, where the version tells.

    `status` and `capabilities` as its location says.
    """

    location_id: str
    evse_uid: str
    connector_id: str
    owner: str = ""
    status: str = ""
    capabilities: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Its location, whoever else has one of that id."""
        return f"{self.owner}/{self.location_id}".lower()


async def find(client: OcpiClient, locations: Interface, names: frozenset[str]) -> NamedEvse | NoReply | None:
    """An EVSE whose `uid` is one of the names, a free one before others; None where no page shows one.

    A uid is unique within the platform of one CPO. Where several locations have one of that name, as those of several
    CPOs may, or more pages than are read might, nobody knows which is meant: NoReply, as where a driver charges at all
    of them, because a connector that is unlocked ends that. Pages are asked for as the platform links them, which the
    gate holds to the configured hosts.
    """
    found: list[NamedEvse] = []
    url: str | None = locations.url
    for number in range(MOST_PAGES):
        if url is None:
            break
        reply = await client.get(url, f"{locations.name}, page {number + 1}, for the named EVSE", locations.credential)
        if isinstance(reply, NoReply):
            return reply
        found += (evse for place in reply.objects for evse in _evses(place) if evse.evse_uid in names)
        url = next_link(reply.exchange)
    return _several(found) or (_unread(locations) if url is not None else None) or _nobodys(found)


def _unread(locations: Interface) -> NoReply:
    detail = f"{locations.name} has more than {MOST_PAGES} pages: an EVSE that is named may stand in a second location"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _nobodys(found: Sequence[NamedEvse]) -> NamedEvse | NoReply | None:
    """One where nobody is; why there is none of that kind."""
    mine = sorted((evse for evse in found if evse.status not in _SOMEBODYS), key=lambda evse: evse.status != FREE)
    if mine or not found:
        return next(iter(mine), None)
    detail = f"EVSE {found[0].evse_uid} is {found[0].status}: what a driver uses is not moved"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _several(found: Sequence[NamedEvse]) -> NoReply | None:
    """Why none of them can be meant; None where each name has one place (which pages may show twice)."""
    places = Counter(uid for uid, _ in {(evse.evse_uid, evse.place) for evse in found})
    twice = sorted(uid for uid, number in places.items() if number > 1)
    if not twice:
        return None
    detail = (
        f"EVSE {twice[0]}, which is named in `evses`, stands in {places[twice[0]]} locations: none of them is moved"
    )
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _evses(location: JsonValue) -> Iterator[NamedEvse]:
    if not isinstance(location, Mapping):
        return
    listed = location.get("evses")
    owner = f"{location.get('country_code')}-{location.get('party_id')}"
    for evse in listed if isinstance(listed, list) else ():
        if not isinstance(evse, Mapping) or evse.get("status") == _REMOVED:
            continue
        connectors = evse.get("connectors")
        first = connectors[0] if isinstance(connectors, list) and connectors else None
        ids = location.get("id"), evse.get("uid"), first.get("id") if isinstance(first, Mapping) else None
        if isinstance(ids[0], str) and isinstance(ids[1], str) and isinstance(ids[2], str):
            able = evse.get("capabilities")
            yield NamedEvse(
                location_id=ids[0],
                evse_uid=ids[1],
                connector_id=ids[2],
                owner=owner,
                status=str(evse.get("status")),
                capabilities=frozenset(one for one in (able if isinstance(able, list) else ()) if isinstance(one, str)),
            )
