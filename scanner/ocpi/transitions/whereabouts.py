"""Where the object is that a POST made: as the platform says, or under its id."""

from urllib.parse import quote

from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Desk
from scanner.ocpi.transitions.looked import Looked
from scanner.ocpi.transitions.message import location_of


def under_id(bench: Bench, object_id: str) -> str:
    """The URL of an object below that of its module."""
    return f"{bench.surface.interface.url.rstrip('/')}/{quote(object_id, safe='')}"


async def made_at(desk: Desk, location: str | None, object_id: str, purpose: str) -> tuple[Looked, str | None]:
    """What a POST made, and its URL: that of the Location header, or under its id, where nothing is at the former.

    None for a header that is missing, or no URL. Raises: Ended.
    """
    place = location_of(desk.bench, location)
    here = await desk.look(place, purpose)
    by_id = under_id(desk.bench, object_id)
    if place in {None, by_id} or here.found is not None or not here.known:
        return here, place
    under = await desk.look(by_id, f"{purpose}, under its id")
    if under.found is None:
        return (here if under.known else under), place
    return under, by_id
