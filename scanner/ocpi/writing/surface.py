"""One way of writing one kind of object at one receiver interface: its requests, without sending them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Final

from scanner.model.effect import Effect
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.interfaces import Operation
from scanner.model.ocpi.interfaces import interface as specified
from scanner.model.ocpi.lifecycle import lifecycle
from scanner.model.party import Party
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Operations of the specification: `write` is looked at, `whole` writes a valid object, `read` (if any) reads it.

    `write` is `whole` itself, or a PATCH of what `whole` wrote. `key`: the name of the object's id. `probe`: who asks.
    `elsewhere`: further URLs of the same module, where nothing says which of them takes what (2.1.1 knows no sides).
    `inside`: for an EVSE or a Connector, where whole Locations are written; `within`: the ids of what contains it,
    the outermost first.
    """

    probe: str
    interface: Interface
    write: Operation
    whole: Operation
    read: Operation | None
    version: str
    class_name: str
    key: str
    party: Party
    elsewhere: tuple[str, ...] = ()
    inside: "Surface | None" = None
    within: tuple[str, ...] = ()

    @property
    def subject(self) -> InterfaceSubject:
        """The interface down to method and path form."""
        at = self.interface.subject
        return InterfaceSubject(
            environment=at.environment,
            endpoint=at.endpoint,
            version=at.version,
            module=at.module,
            side=at.side,
            method=self.write.method,
            path=f"/{self.write.path.template}" if self.write.path.template else None,
            party=str(self.party),
        )

    @property
    def creates(self) -> bool:
        """True where every write makes a new object (POST), so that each mutant needs an id of its own."""
        return self.write.method == "POST"

    @property
    def name(self) -> str:
        """For people: `2.2.1 locations receiver PUT Location`."""
        return f"{self.interface.name} {self.write.method} {self.class_name}"

    def everywhere(self) -> "Iterator[Surface]":
        """Itself, and the same at each further URL."""
        yield self
        for url in self.elsewhere:
            there = replace(self.interface, url=url)
            inside = self.inside and replace(self.inside, interface=there)
            yield replace(self, interface=there, inside=inside)

    def below(self, *ids: str) -> "Surface":
        """The same for a part of the object with these ids, the outermost first."""
        return replace(self, within=ids)

    def url(self, operation: Operation, object_id: str) -> str:
        """The URL of the object with that id."""
        owner = {"country_code": self.party.country_code, "party_id": self.party.party_id}
        named = (segment for segment in operation.path.segments if segment not in owner)
        ids = dict(zip(named, (*self.within, object_id), strict=False))  # a POST names nothing
        return operation.path.url(self.interface.url, **owner, **ids)

    def writing(  # noqa: PLR0913 - keywords with defaults
        self,
        operation: Operation,
        object_id: str,
        body: bytes,
        content_type: str,
        purpose: str,
        ids: Random,
        *,
        leaves: bool = False,
        malformed: bool = False,
    ) -> HttpIntent:
        """The request that writes `body` under an id by one of the two operations.

        `leaves`: the object was not there before. `malformed`: on purpose, so that errors say nothing of health.
        """
        return self.request(
            operation.method,
            self.url(operation, object_id),
            purpose,
            ids,
            effect=self.effect,
            body=body,
            headers={"Content-Type": content_type} if content_type else None,
            leaves=(self.leftover(object_id),) if leaves else (),
            expects_errors=malformed,
        )

    def reading(self, object_id: str, location: str | None, purpose: str, ids: Random) -> HttpIntent | None:
        """The request that reads an object back; `location` is where the platform said that it is (POST)."""
        if self.read is None:
            return None
        if self.read.path.given_by and location is None:
            return None
        try:
            url = self.read.path.url(self.interface.url, given=location or "") if self.read.path.given_by else None
        except ValueError:  # a Location that is no URL
            return None
        return self.request(self.read.method, url or self.url(self.read, object_id), purpose, ids, effect=Effect.READ)

    def removing(self, object_id: str, purpose: str, ids: Random) -> HttpIntent | None:
        """The request that takes an object away; None where OCPI has none."""
        operations = specified(self.version, self.interface.module, Side.RECEIVER).of("DELETE")
        delete = next((o for o in operations if o.path == self.whole.path), None)
        if delete is None:
            return None
        return self.request("DELETE", self.url(delete, object_id), purpose, ids, effect=self.effect)

    @property
    def effect(self) -> Effect:
        """The effect of a write; an object that no method removes stays."""
        removable = self.creates or bool(lifecycle(self.version, self.class_name).removed_by)
        return self.write.effect if removable or self.write.effect is not Effect.WRITE else Effect.LASTING

    def leftover(self, object_id: str) -> Leftover:
        """What a write under that id leaves, and how it is taken back where OCPI can."""
        removable = "DELETE" in lifecycle(self.version, self.class_name).removed_by
        return Leftover(
            what=f"{self.class_name} {object_id} at {self.interface.name}",
            environment=self.interface.subject.environment,
            identity=self.interface.credential.identity,
            module=self.interface.module,
            owner=str(self.party),
            encoding=self.interface.credential.encoding,
            undo_method="DELETE" if removable else None,
            undo_url=self.url(self.whole, object_id) if removable else None,
        )

    def request(  # noqa: PLR0913 - keywords with defaults
        self,
        method: str,
        url: str,
        purpose: str,
        ids: Random,
        *,
        effect: Effect,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        leaves: tuple[Leftover, ...] = (),
        expects_errors: bool = False,
    ) -> HttpIntent:
        """Any request about an object of ours here; `headers` replace the message ids where they name them."""
        credential = self.interface.credential
        return HttpIntent(
            effect=effect,
            environment=self.interface.subject.environment,
            probe=self.probe,
            purpose=purpose,
            identity=credential.identity,
            method=method,
            url=url,
            credential=credential,
            headers={**MessageIds.new(ids).headers, **(headers or {})},
            body=body,
            module=self.interface.module,
            owners=frozenset({self.party}),
            leaves=leaves,
            expects_errors=expects_errors,
        )


def as_bytes(document: JsonValue) -> bytes:
    """A document as it is sent."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
