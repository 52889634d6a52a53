"""Where the steps of one state machine are tried: URLs and valid objects, without sending anything."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.interfaces import Operation
from scanner.model.ocpi.interfaces import interface as specified
from scanner.model.ocpi.machines.catalog import machine
from scanner.model.ocpi.machines.machine import Machine
from scanner.model.party import Party
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.writing.surface import Surface
from scanner.ocpi.writing.valid import key_of, valid_object

_MACHINES: Final[Mapping[str, tuple[str, ...]]] = {
    "locations": ("locations", "evses"),
    "tariffs": ("tariffs",),
    "tokens": ("tokens",),
    "sessions": ("sessions",),
    "cdrs": ("cdrs",),
}
_RFID: Final = "RFID"  # what the URL of a token means without a type


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One machine at one surface. `make` writes a whole object, `read` reads it; `parent`: the location of an EVSE."""

    surface: Surface
    machine: Machine
    class_name: str
    make: Operation
    read: Operation | None
    emsp: Party | None
    parent: str = ""

    @property
    def name(self) -> str:
        """For people: `2.2.1 locations receiver, evses`."""
        return f"{self.surface.interface.name}, {self.machine.name}"

    @property
    def key(self) -> str:
        """The name of the object's id."""
        return key_of(self.class_name)

    @property
    def subject(self) -> InterfaceSubject:
        """The interface with the path form that tells machines of one module apart."""
        template = self.make.path.template
        return replace(self.surface.subject, method=None, path=f"/{template}" if template else None)

    @property
    def creates(self) -> bool:
        """True where objects are POSTed, and the platform says where they are."""
        return self.make.method == "POST"

    def url(self, object_id: str, **named: str) -> str:
        """The URL of an object; `named` stands for other segments or parameters than those of our own objects."""
        *_, last = ("", *self.make.path.segments)
        known = {
            "country_code": self.surface.party.country_code,
            "party_id": self.surface.party.party_id,
            "location_id": self.parent,
            last: object_id,
        }
        return self.make.path.url(self.surface.interface.url, **{**known, **named})

    def own_url(self, document: Mapping[str, JsonValue]) -> str:
        """The URL that an object names by what stands in it: owner, id, and the type of a token."""
        named = {n: str(document[n]) for n in ("country_code", "party_id", "type") if n in document}
        if named.get("type") == _RFID or self.class_name != "Token":
            named.pop("type", None)
        return self.url(str(document.get(self.key, "")), **named)

    def valid(self, object_id: str, now: datetime, seed: str) -> JsonObject:
        """A valid object with that id, as small as it may be, made at `now`."""
        surface = self.surface
        return valid_object(
            surface.version,
            self.class_name,
            object_id,
            party=surface.party,
            emsp=self.emsp,
            seed=seed,
            now=now,
            full=False,
        )


def benches(surface: Surface, emsp: Party | None) -> Iterator[Bench]:
    """The machines of the module that a surface writes to."""
    operations = specified(surface.version, surface.interface.module, Side.RECEIVER).operations
    for name in _MACHINES.get(surface.interface.module, ()):
        found = machine(surface.version, name)
        class_name = "EVSE" if name == "evses" else surface.class_name
        make = next(o for o in operations if o.carries == class_name and o.method in {"PUT", "POST"})
        reads = (o for o in operations if o.method == "GET" and o.answers == class_name and not o.list)
        yield Bench(surface=surface, machine=found, class_name=class_name, make=make, read=next(reads, None), emsp=emsp)
