"""What contains an object: EVSEs and connectors are written into a location of their lane's own.

Lanes work side by side, and a platform that stores a location as a whole may lose one of two changes at once.
"""

from random import Random

from scanner.gate.gate import Gate
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.ocpi.mutation.proof import NotAccepted
from scanner.ocpi.writing.reaction import Said, reaction
from scanner.ocpi.writing.surface import JSON, Surface, as_bytes


class Container:
    """A valid location, not written yet; `surface` is that of whole locations."""

    def __init__(self, gate: Gate, surface: Surface, location: JsonObject, ids: Random) -> None:
        self._gate = gate
        self._surface = surface
        self._location = location
        self._ids = ids
        self._stands = False

    async def stand(self, stamp: str) -> None:
        """Write the location, dated `stamp`, unless it was written before.

        Raises: NotAccepted.
        """
        if self._stands:
            return
        surface, body = self._surface, as_bytes({**self._location, "last_updated": stamp})
        location_id = str(self._location[surface.key])
        intent = surface.writing(
            surface.whole, location_id, body, JSON, "a location to put it in", self._ids, leaves=True
        )
        said = reaction(await self._gate.http(intent))
        if said.said is not Said.ACCEPTED:
            raise NotAccepted(said, "a location to put it in", around=True)
        self._stands = True
