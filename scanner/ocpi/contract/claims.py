"""Where a hub is involved: does it prove who sends, or believe the OCPI-from headers?"""

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.contract import Conduct, OwnersCompared, SenderClaim, SendersClaimed, UrlSource
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.interfaces import Purpose
from scanner.model.party import Party, Right, Role
from scanner.model.subject import Side
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.contract.asking import Asker, Question
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.routing_headers import sent_from
from scanner.ocpi.url_place import with_query

_WITHOUT_ROUTING: Final = frozenset({"2.1.1"})
_NAMING_NOBODY: Final = frozenset({"locations", "tariffs"})  # no driver stands in them
_NOBODY: Final = Party(country_code="ZZ", party_id="ZZZ")  # ISO 3166-1 leaves ZZ to users
MOST_CLAIMS: Final = 4  # requests for one identity and version


def hub_side(doors: Iterable[Door]) -> str:
    """Which side of the connection is a hub; empty where neither is."""
    for door in doors:
        if door.identity.role is Role.HUB:
            return "the identity is a hub"
        offered = door.source is UrlSource.ADVERTISED and door.specified.side is Side.SENDER
        if offered and door.specified.module == "hubclientinfo":
            return "the platform is a hub"
    return ""


def list_door(doors: Iterable[Door]) -> Door | None:
    """A list that the identity may read, in a version with routing headers."""
    for door in sorted(doors, key=lambda d: d.specified.module not in _NAMING_NOBODY):
        lists = any(o.purpose is Purpose.LIST for o in door.specified.operations)
        offered = door.source is UrlSource.ADVERTISED and door.specified.version not in _WITHOUT_ROUTING
        # Messages of hubclientinfo go from platform to platform, so they are not routed.
        if lists and offered and door.granted(Right.READ) and door.specified.module != "hubclientinfo":
            return door
    return None


class Claims:
    """A list, asked for under the own name and under other names."""

    def __init__(self, asker: Asker, target: EnvironmentTarget) -> None:
        self._asker = asker
        self._target = target
        self.documents: list[JsonValue] = []

    async def at(self, door: Door) -> tuple[SenderClaim, ...]:
        """The own name first: where that is refused, other names show nothing."""
        if door.identity.party is None:
            return ()
        found = [await self._one(door, door.identity.party)]
        if found[0].conduct in {Conduct.WORKED, Conduct.ACCEPTED}:
            found += [await self._one(door, party) for party in self._others(door)]
        return tuple(found)

    def _others(self, door: Door) -> Iterator[Party]:
        """One party of each kind: somebody else's, and nobody's."""
        ours = (i for i in self._target.identities if i.party and i.party != door.identity.party)
        apart = (i.party for i in ours if i.partner is None or i.partner != door.identity.partner)
        somebody = next(apart, None)
        if somebody is not None:
            yield somebody
        yield _NOBODY

    async def _one(self, door: Door, party: Party) -> SenderClaim:
        what = f"GET {door.specified.module}"
        question = Question(
            method="GET",
            url=with_query(door.url, limit="1"),
            effect=Effect.READ,
            purpose=f"{door.name}: {what} as if from {party}",
            headers=sent_from(party),
        )
        answer = await self._asker.ask(door, question)
        if answer.reply is not None:
            self.documents.append(exchange_document(answer.reply.exchange, body=False))
        return SenderClaim(
            claimed=str(party),
            own=party == door.identity.party,
            what=what,
            conduct=answer.conduct,
            http_status=answer.http_status,
            ocpi_status=answer.ocpi_status,
            curl=answer.curl,
        )


def with_pushes(hub: str, claims: tuple[SenderClaim, ...], compared: OwnersCompared | None) -> SendersClaimed:
    """The claims, and the push of an object that is another party's all over, where one was sent."""
    combinations = compared.combinations if compared else ()
    pushed = [c for c in combinations if {c.url_agrees, c.headers_agree, c.body_agrees} == {False}]
    pushes = tuple(
        SenderClaim(
            claimed=compared.other,
            own=False,
            what="PUT of its object",
            conduct=c.conduct,
            http_status=c.http_status,
            ocpi_status=c.ocpi_status,
            curl=c.curl,
        )
        for c in pushed
        if compared
    )
    return SendersClaimed(hub=hub, claims=(*claims, *pushes))
