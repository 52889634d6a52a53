"""A Location that one of two parties of ours pushed, and the way to its parts."""

from dataclasses import dataclass, field
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.ocpi.interfaces import Operation
from scanner.model.party import Party
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.location_parts import part_ids
from scanner.ocpi.contract.throwaway import JsonObject, Objects

_PARTS: Final = 2


@dataclass(slots=True, kw_only=True)
class PushedLocation:
    """`door`: its owner's way in. `seen`: its parts by class, as their owner read them last."""

    door: Door
    party: Party
    identifier: str
    objects: Objects
    document: JsonObject = field(init=False)
    seen: dict[str, JsonValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.document = self.objects.made("Location", self.party, self.identifier)

    @property
    def has_parts(self) -> bool:
        """True where there is an EVSE with a Connector to write to."""
        return len(part_ids(self.document)) == _PARTS

    def url(self, door: Door, operation: Operation) -> str:
        """Of the Location or a part of it, through the way in of either party."""
        owner = {"country_code": self.party.country_code, "party_id": self.party.party_id}
        return operation.path.url(door.url, location_id=self.identifier, **owner, **part_ids(self.document))

    def leftover(self, environment: str) -> Leftover:
        """No method of the module takes a Location away again."""
        return Leftover(
            what=f"Location {self.identifier} of {self.party} at {self.door.name}",
            environment=environment,
            identity=self.door.identity.name,
            module=self.door.specified.module,
            owner=str(self.party),
            encoding=self.door.credential.encoding,
        )
