"""Whose EVSE or Connector is it? A part of a Location names no party: URL and OCPI-from alone say whose it is.

Both parties are identities of ours, and each first pushes a Location of its own: what a write did to the other party's
part is read by its owner.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.effect import Effect
from scanner.model.facts.ocpi.contract import OPEN, REFUSALS, Conduct, OwnerCombination
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.interfaces import Operation
from scanner.model.ocpi.specification import specification
from scanner.model.party import Party
from scanner.ocpi.contract.asking import Asker, Came, Question
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.location_parts import part_of
from scanner.ocpi.contract.pushed_location import PushedLocation
from scanner.ocpi.contract.throwaway import Objects, as_bytes, object_id
from scanner.ocpi.contract.writes import effect_of
from scanner.ocpi.routing_headers import sent_from
from scanner.probe import ProbeContext

_METHODS: Final = ("PUT", "PATCH")
_PARTS: Final = ("EVSE", "Connector")
Mix = tuple[bool, bool | None]  # URL and OCPI-from: do they name the writer's own party?
# Two Locations; at each kind of part two first readings, and four mixes of each method with the reading after it.
MOST_PART_OWNERS: Final = 2 + len(_PARTS) * (2 + len(_METHODS) * 4 * 2)


class PartOwners:
    """`mine` writes; `theirs` is the other party's own way in.

    `why`: what kept it from comparing anything; `kept_back`: it was the gate.

    `start`: how often it was begun; what an interruption left is newer than what would be pushed again.
    """

    def __init__(self, context: ProbeContext, asker: Asker, mine: Door, theirs: Door, start: int) -> None:
        self._context = context
        self._asker = asker
        self._mine = mine
        purpose = f"parts at {mine.name}, {start}"
        self._places = {True: _place(context, mine, purpose), False: _place(context, theirs, purpose)}
        self.documents: list[JsonValue] = []
        self.why = ""
        self.kept_back = False

    async def compare(self) -> tuple[OwnerCombination, ...]:
        """Nothing unless both Locations were taken."""
        for place in self._places.values():
            if not await self._push(place):
                return ()
        found: list[OwnerCombination] = []
        for class_name in _PARTS:
            for place in self._places.values():
                place.seen[class_name] = await self._read(place, class_name)
            for method in _METHODS:
                found += await self._written(class_name, method)
        return tuple(found)

    async def _push(self, place: PushedLocation) -> bool:
        operation, left = _operation(place.door, "PUT", "Location"), place.leftover(self._context.target.name)
        if operation is None or not place.has_parts:
            raise ValueError(f"{place.door.name}: no Location with a Connector can be pushed")
        question = Question(
            method="PUT",
            url=place.url(place.door, operation),
            effect=effect_of(place.door, operation),
            purpose=f"{place.door.name}: PUT of a Location, whose parts are written next",
            body=as_bytes(place.document),
            owners=frozenset({place.party}),
            leaves=(left,),
        )
        answer = await self._asked(place.door, question)
        if answer.conduct in REFUSALS:
            self._context.gate.taken_back(left)  # nothing came of it
        if answer.conduct not in OPEN:
            self.why = f"{place.door.name}: a Location of its own was not accepted: {answer.why or answer.conduct}"
            self.kept_back = answer.conduct is Conduct.NOT_ASKED
        return answer.conduct in OPEN

    async def _written(self, class_name: str, method: str) -> list[OwnerCombination]:
        """The own party everywhere first: who cannot change its own part shows nothing about another's."""
        found: list[OwnerCombination] = []
        for mix in self._mixes():
            found.append(await self._one(mix, class_name, method))
            if found[0].conduct is not Conduct.WORKED:
                break
        return found

    def _mixes(self) -> Iterator[Mix]:
        if "country_code" in specification(self._mine.specified.version).classes["Location"]:
            yield from product((True, False), repeat=2)
        else:  # 2.1.1 has no routing headers
            yield from ((True, None), (False, None))

    async def _one(self, mix: Mix, class_name: str, method: str) -> OwnerCombination:
        url, headers = mix
        place = self._places[url]
        written = await self._write(place, class_name, method, None if headers is None else self._places[headers].party)
        conduct = written.conduct
        if conduct is not Conduct.NOT_ASKED and await self._changed(place, class_name):
            conduct = Conduct.WORKED if conduct in OPEN else Conduct.TOOK_EFFECT
        return OwnerCombination(
            what=f"{method} of its {class_name}",
            url_agrees=url,
            headers_agree=headers,
            body_agrees=None,
            conduct=conduct,
            http_status=written.http_status,
            ocpi_status=written.ocpi_status,
            why=written.why[:300],
            curl=written.curl,
        )

    async def _write(self, place: PushedLocation, class_name: str, method: str, sender: Party | None) -> Came:
        operation = _operation(self._mine, method, class_name)
        if operation is None:
            raise ValueError(f"{self._mine.name} has no {method} of its {class_name}")
        whole: Mapping[str, JsonValue] = {} if operation.partial else part_of(place.document, class_name)
        question = Question(
            method=method,
            url=place.url(self._mine, operation),
            effect=effect_of(self._mine, operation),
            purpose=f"{self._mine.name}: {method} of {place.party}'s {class_name}, OCPI-from {sender or 'unsaid'}",
            body=as_bytes(place.objects.newer(whole)),
            headers={} if sender is None else sent_from(sender),
            owners=frozenset(place.party for place in self._places.values()),
        )
        return await self._asked(self._mine, question)

    async def _changed(self, place: PushedLocation, class_name: str) -> bool:
        """As its owner reads it: is it another than before?"""
        before, now = place.seen[class_name], await self._read(place, class_name)
        if now is None:
            return False
        place.seen[class_name] = now
        return before is not None and now != before

    async def _read(self, place: PushedLocation, class_name: str) -> JsonValue:
        """The part through its owner's own way in; None where it cannot be read."""
        operation = next(o for o in place.door.specified.of("GET") if o.answers == class_name)
        url, purpose = place.url(place.door, operation), f"{place.door.name}: its {class_name}, as it is now"
        question = Question(method="GET", url=url, effect=Effect.READ, purpose=purpose, sure=False)
        answer = await self._asked(place.door, question)
        return answer.reply.data if answer.reply is not None and answer.conduct is Conduct.WORKED else None

    async def _asked(self, door: Door, question: Question) -> Came:
        answer = await self._asker.ask(door, question)
        if answer.reply is not None:
            self.documents.append(exchange_document(answer.reply.exchange, body=False))
        return answer


def _place(context: ProbeContext, door: Door, purpose: str) -> PushedLocation:
    party = door.identity.party
    if party is None:
        raise ValueError(f"{door.identity.name} has no party")
    what = f"{purpose}, {party}"
    objects = Objects(context, door.specified.version, what, None)
    return PushedLocation(door=door, party=party, identifier=object_id(context, what), objects=objects)


def _operation(door: Door, method: str, class_name: str) -> Operation | None:
    return next((o for o in door.specified.of(method, class_name) if o.path.owned), None)
