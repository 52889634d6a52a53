"""Whose object is it? URL, OCPI-from headers and body name the party of the token, or somebody else, in every mix."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.contract import OPEN, REFUSALS, Conduct, OwnerCombination
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.ocpi.interfaces import Operation
from scanner.model.ocpi.specification import specification
from scanner.model.party import Identity, Party, Right
from scanner.model.subject import Side
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.contract.asking import Asker, Came, Question
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.throwaway import Objects, as_bytes, object_id
from scanner.ocpi.contract.writes import effect_of
from scanner.ocpi.routing_headers import sent_from
from scanner.probe import ProbeContext

# What can be removed again comes first.
_BY_PREFERENCE: Final = ("tariffs", "locations", "tokens", "sessions")
Places = tuple[bool, bool | None, bool | None]
MOST_OWNERS: Final = 9 * 10  # requests for one identity and version


def others(target: EnvironmentTarget, door: Door) -> Iterator[Party]:
    """Parties that are not the token's and may be written for: of our other disposable identities, or absent ones.

    First those that may write here themselves: what they are believed to have sent is not refused for another reason.
    """
    mine = door.identity
    for identity in sorted(target.identities, key=lambda other: not _may_write(target, other, door)):
        shared = identity.partner is not None and identity.partner == mine.partner
        if identity.disposable and identity.party is not None and identity.party != mine.party and not shared:
            yield identity.party
    yield from sorted(target.absent_parties - {mine.party}, key=str)


def _may_write(target: EnvironmentTarget, identity: Identity, door: Door) -> bool:
    contract, side = target.contract_of(identity), door.specified.side
    return contract is not None and side is not None and contract.allows(door.specified.module, side, Right.WRITE)


def best_door(doors: list[Door]) -> Door | None:
    """Where an identity may write whole objects under an owner's path."""
    for module in _BY_PREFERENCE:
        for door in doors:
            fits = door.specified.module == module and door.specified.side is Side.RECEIVER
            if fits and door.granted(Right.WRITE) and _operation(door, "PUT"):
                return door
    return None


def parts_door(doors: list[Door]) -> Door | None:
    """Where an identity may push Locations, and so write to their EVSEs and Connectors."""
    return next((d for d in doors if d.specified.side is Side.RECEIVER and _writes_locations(d)), None)


def _writes_locations(door: Door) -> bool:
    return door.specified.module == "locations" and bool(door.granted(Right.WRITE))


class Owners:
    """All combinations at one door. `theirs` is the other party's own way in, where it is an identity of ours."""

    def __init__(
        self, context: ProbeContext, asker: Asker, door: Door, other: Party, theirs: Door | None, emsp: Party | None
    ) -> None:
        if door.identity.party is None:
            raise ValueError(f"{door.identity.name} has no party")
        self._context = context
        self._asker = asker
        self._door = door
        self._mine = door.identity.party
        self._other = other
        self._theirs = theirs
        self._objects = Objects(context, door.specified.version, f"owners of {door.name}", emsp)
        self.documents: list[JsonValue] = []

    async def compare(self) -> tuple[OwnerCombination, ...]:
        """The own party everywhere first: where that is not accepted, even bare, nothing else is sent."""
        found = []
        for number, places in enumerate(self._places()):
            one = await self._one(number, places)
            if not number and not self._objects.full:  # it was refused for what it is
                one = await self._one(number, places)
            found.append(one)
            if not number and found[0].conduct not in OPEN:
                break
        return tuple(found)

    def _places(self) -> Iterator[Places]:
        class_name = self._door.specified.object or ""
        if "country_code" in specification(self._door.specified.version).classes[class_name]:
            yield from product((True, False), repeat=3)
        else:  # 2.1.1: objects name nobody, and there are no routing headers
            yield from ((agrees, None, None) for agrees in (True, False))

    async def _one(self, number: int, places: Places) -> OwnerCombination:
        url, headers, body = places
        identifier = object_id(self._context, f"owners {number} of {self._door.name}")
        written = await self._put(identifier, places)
        if not number and written.says_malformed:
            self._objects.full = False
        read = written.conduct is not Conduct.NOT_ASKED and await self._is_there(identifier)
        conduct = written.conduct
        if read:
            conduct = Conduct.WORKED if conduct in OPEN else Conduct.TOOK_EFFECT
        await self._take_back(identifier, conduct)
        return OwnerCombination(
            url_agrees=url,
            headers_agree=headers,
            body_agrees=body,
            conduct=conduct,
            http_status=written.http_status,
            ocpi_status=written.ocpi_status,
            why=written.why[:300],
            curl=written.curl,
        )

    async def _put(self, identifier: str, places: Places) -> Came:
        url, headers, body = places
        operation = _operation(self._door, "PUT")
        if operation is None:
            raise ValueError(f"{self._door.name} has no PUT")
        document = self._objects.made(self._door.specified.object or "", self._party(agrees=body), identifier)
        sender = self._party(agrees=headers)
        owner = self._party(agrees=url)
        question = Question(
            method="PUT",
            url=_url(self._door, operation, owner, identifier),
            effect=effect_of(self._door, operation),
            purpose=f"{self._door.name}: PUT as {_said(places)}",
            body=as_bytes(document),
            headers={} if headers is None else sent_from(sender),
            owners=frozenset({self._mine, self._other}),
            leaves=tuple(self._leftovers(identifier)),
        )
        return self._kept(await self._asker.ask(self._door, question))

    async def _is_there(self, identifier: str) -> bool:
        """Can it be read, under either party, by us or by the other?"""
        for door, party in self._ways():
            if await self._readable(door, party, identifier):
                return True
        return False

    def _ways(self) -> Iterator[tuple[Door, Party]]:
        yield self._door, self._mine
        yield self._door, self._other
        if self._theirs is not None:
            yield self._theirs, self._other

    async def _readable(self, door: Door, party: Party, identifier: str) -> bool:
        operation = _operation(door, "GET")
        if operation is None:
            return False
        url, purpose = _url(door, operation, party, identifier), f"{door.name}: is it there under {party}?"
        question = Question(method="GET", url=url, effect=Effect.READ, purpose=purpose, sure=False)
        answer = self._kept(await self._asker.ask(door, question))
        return answer.conduct is Conduct.WORKED

    async def _take_back(self, identifier: str, conduct: Conduct) -> None:
        """DELETE it wherever it may be, if the module can; what may still be there stays on record."""
        operation = _operation(self._door, "DELETE")
        nothing_came = conduct in REFUSALS or conduct is Conduct.NOT_ASKED
        if nothing_came or (operation is not None and await self._removed(identifier, operation)):
            for leftover in self._leftovers(identifier):
                self._context.gate.taken_back(leftover)

    async def _removed(self, identifier: str, operation: Operation) -> bool:
        answers = []
        for door, party in self._ways():
            url, purpose = _url(door, operation, party, identifier), f"{door.name}: take it back from {party}"
            effect = effect_of(door, operation)
            question = Question(
                method="DELETE", url=url, effect=effect, purpose=purpose, owners=frozenset({party}), sure=False
            )
            answers.append(self._kept(await self._asker.ask(door, question)))
        return any(answer.conduct in OPEN for answer in answers) and not await self._is_there(identifier)

    def _leftovers(self, identifier: str) -> Iterator[Leftover]:
        removing = _operation(self._door, "DELETE")
        for door, party in self._ways():
            yield Leftover(
                what=f"{door.specified.object} {identifier} of {party} at {door.name}",
                environment=self._context.target.name,
                identity=door.identity.name,
                module=door.specified.module,
                owner=str(party),
                encoding=door.credential.encoding,
                undo_method="DELETE" if removing else None,
                undo_url=_url(door, removing, party, identifier) if removing else None,
            )

    def _party(self, *, agrees: bool | None) -> Party:
        return self._other if agrees is False else self._mine

    def _kept(self, answer: Came) -> Came:
        if answer.reply is not None:
            self.documents.append(exchange_document(answer.reply.exchange, body=False))
        return answer


def _operation(door: Door, method: str) -> Operation | None:
    """The operation on a whole object under its owner's path."""
    class_name = door.specified.object
    for operation in door.specified.operations:
        if operation.method != method or not operation.path.owned or len(operation.path.segments) != 3:  # noqa: PLR2004
            continue
        if operation.carries in {None, class_name}:
            return operation
    return None


def _url(door: Door, operation: Operation, party: Party, identifier: str) -> str:
    (last,) = operation.path.segments[2:]
    owner = {"country_code": party.country_code, "party_id": party.party_id}
    return operation.path.url(door.url, **{**owner, last: identifier})


def _said(places: Places) -> str:
    words = {True: "own", False: "another's", None: "none"}
    return ", ".join(f"{place} {words[p]}" for place, p in zip(("URL", "OCPI-from", "body"), places, strict=True))
