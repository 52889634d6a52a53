"""Writes of throw-away objects as disturbances and races need them: whole or not, under ids that are known."""

from collections.abc import Mapping
from typing import Final

from scanner.model.delivery import Delivery
from scanner.model.json_value import JsonValue
from scanner.ocpi.attempts import Attempt
from scanner.ocpi.transitions.desk import Answered, Desk
from scanner.ocpi.transitions.leaving import leaves
from scanner.ocpi.transitions.looked import Looked
from scanner.ocpi.transitions.message import location_of
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.writing.reaction import Said
from scanner.ocpi.writing.reading_back import unlike
from scanner.ocpi.writing.surface import as_bytes

CRASHED: Final = frozenset({Said.SERVER_ERROR, Said.DROPPED, Said.HUNG})
Ids = Mapping[str, str]


async def send(  # noqa: PLR0913 - keywords with defaults
    desk: Desk,
    specimen: Specimen,
    purpose: str,
    *,
    body: Mapping[str, JsonValue] | None = None,
    method: str | None = None,
    ids: Ids | None = None,
    behind: str = "",
    delivery: Delivery | None = None,
    stranger: Attempt | None = None,
) -> Answered:
    """Write the object, or `body` in its place; what it may leave is announced. `behind` follows the text of the body.

    Raises: Ended.
    """
    bench = desk.bench
    url = bench.make.path.url(bench.surface.interface.url) if bench.creates else bench.url(specimen.object_id)
    new = () if specimen.leaves else leaves(bench, specimen.object_id, desk.now)
    specimen.leaves += new
    text = as_bytes(dict(specimen.sent if body is None else body)).decode() + behind
    answered = await desk.write_text(
        method or bench.make.method,
        url,
        text,
        purpose,
        leaves=specimen.leaves,
        ids=ids,
        delivery=delivery,
        stranger=stranger,
    )
    if bench.creates and answered.accepted:
        specimen.location = specimen.location or answered.location
    return answered


async def look(desk: Desk, specimen: Specimen, purpose: str) -> Looked:
    """Read the object back. Raises: Ended."""
    return await desk.look(place_of(desk, specimen), purpose)


def place_of(desk: Desk, specimen: Specimen) -> str | None:
    """Where the object is; None for one that the platform has to name, and did not."""
    bench = desk.bench
    return location_of(bench, specimen.location) if bench.creates else bench.url(specimen.object_id)


def otherwise(sent: Mapping[str, JsonValue], read: Looked, usual: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Pointers at which an object reads otherwise than it was sent, but those at which every object does ("": gone)."""
    if read.found is None:
        return ("",)
    return tuple(sorted(set(unlike(dict(sent), read.found)) - usual))
