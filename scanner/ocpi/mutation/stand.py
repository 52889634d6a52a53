"""What is tried at one surface: a valid object, the lanes that it is written on, and its mutants."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Expectation, Mutant, tell
from scanner.model.ocpi.mutation.mutants import mutant_by_id, mutants
from scanner.model.party import Party
from scanner.ocpi.mutation.container import Container
from scanner.ocpi.mutation.lane import Lane
from scanner.ocpi.mutation.partial import FAMILIES, partial
from scanner.ocpi.mutation.shrinking import Ground
from scanner.ocpi.writing.stamp import Clock, Template, written
from scanner.ocpi.writing.surface import Surface
from scanner.ocpi.writing.valid import valid_object
from scanner.probe import ProbeContext

IN_THE_PAST: Final = timedelta(days=1)  # room for a second a message
_IDS_A_LANE: Final = 8
_ID_DIGITS: Final = 10


class Stand:
    """One surface and one valid object of it, with every property (`full`) or bare.

    EVSEs and connectors are those of a valid location, so that they go with what it says (parking places, 2.3.0).
    `salt`: the ids of lanes depend on it, those of mutants do not.
    """

    def __init__(
        self, context: ProbeContext, surface: Surface, emsp: Party | None, seed: str, salt: str, *, full: bool
    ) -> None:
        self._context = context
        self._emsp = emsp
        self._seed = seed
        self._salt = f"{seed}/{context.now.isoformat()}/{salt}"
        self._full = full
        self.surface = surface
        self._object_id = _object_id(Random(seed))  # noqa: S311 - throw-away ids
        self.valid: JsonObject = self._object()
        self._containers: dict[str, Container] = {}

    def lane(self, number: int) -> Lane:
        """One of several lanes, with ids of its own."""
        name = str(number)
        return Lane(
            self._context.gate,
            self._within(name),
            self.valid,
            self._template(),
            self._ids(name, _IDS_A_LANE),
            self._seed,
            self._container(name),
        )

    def ground(self, clock: Clock) -> Ground:
        """Where smaller messages are looked for, under ids of their own."""
        return Ground(
            gate=self._context.gate,
            surface=self._within("smaller"),
            valid=self.valid,
            template=self._template(),
            object_ids=tuple(self._ids("smaller", _IDS_A_LANE)),
            seed=self._seed,
            clock=clock,
            container=self._container("smaller"),
        )

    def mutants(self) -> Iterator[Mutant]:
        """Everything that is worth sending here, or what a replay is about."""
        surface = self.surface
        patch = surface.write is not surface.whole
        made = mutants(
            surface.version,
            surface.class_name,
            self.valid,
            seed=self._seed,
            now=self._context.now,
            families=FAMILIES if patch else None,
        )
        every = partial(made, self.valid) if patch else made
        if surface.creates:
            every = filter(_worth_an_object, every)
        focus = self._context.focus
        return every if focus is None else (mutant for mutant in every if tell(mutant).path == focus.field_path)

    def again(self, name: str) -> Mutant:
        """The mutant of that id. Raises: KeyError."""
        surface, now = self.surface, self._context.now
        return mutant_by_id(surface.version, surface.class_name, self.valid, seed=self._seed, now=now, id=name)

    def _object(self) -> JsonObject:
        inside = self.surface.inside
        if inside is None:
            return self._valid(self.surface, self._object_id)
        part = _parts(self._valid(inside, self._object_id), "evses")[0]
        if self.surface.class_name == "Connector":
            part = _parts(part, "connectors")[0]
        return {**part, self.surface.key: self._object_id, "last_updated": written(self._began)}

    def _valid(self, surface: Surface, object_id: str) -> JsonObject:
        return valid_object(
            surface.version,
            surface.class_name,
            object_id,
            party=surface.party,
            emsp=self._emsp,
            seed=self._seed,
            now=self._began,
            stamp=written(self._began),
            full=self._full,
        )

    def _within(self, name: str) -> Surface:
        """The surface inside the location of one lane, and for connectors inside its EVSE."""
        surface = self.surface
        if surface.inside is None:
            return surface
        around = self._around(surface.inside, name)
        evses = _parts(around, "evses")[:1] if surface.class_name == "Connector" else []
        return surface.below(str(around["id"]), *(str(evse["uid"]) for evse in evses))

    def _container(self, name: str) -> Container | None:
        inside = self.surface.inside
        if inside is None:
            return None
        ids = Random(f"{self._seed}/container/{name}")  # noqa: S311 - ids of messages
        kept = self._containers.get(name) or Container(self._context.gate, inside, self._around(inside, name), ids)
        return self._containers.setdefault(name, kept)

    def _around(self, inside: Surface, name: str) -> JsonObject:
        """The location of one lane: with its EVSEs for a connector, with the second of them for an EVSE."""
        (location_id,) = self._ids(f"{name}/location", 1)
        location = self._valid(inside, location_id)
        first = 0 if self.surface.class_name == "Connector" else 1
        return {**location, "evses": _parts(location, "evses")[first:]}

    def _ids(self, name: str, number: int) -> list[str]:
        ids = Random(f"{self._salt}/{name}")  # noqa: S311 - throw-away ids
        return [_object_id(ids) for _ in range(number)]

    def _template(self) -> Template:
        return Template(object_id=str(self.valid[self.surface.key]), stamp=str(self.valid["last_updated"]))

    @property
    def _began(self) -> datetime:
        return self._context.now - IN_THE_PAST


def _parts(whole: JsonObject, name: str) -> list[JsonObject]:
    """The EVSEs of a location, or the connectors of an EVSE."""
    found = whole[name]
    return [dict(part) for part in found if isinstance(part, Mapping)] if isinstance(found, Sequence) else []


def _object_id(ids: Random) -> str:
    return f"POSTURE-{ids.getrandbits(4 * _ID_DIGITS):0{_ID_DIGITS}X}"


def _worth_an_object(mutant: Mutant) -> bool:
    """Where each accepted message leaves an object for good, none is sent that may be accepted, and so shows little.

    Nothing older is there that a new object could be older than.
    """
    return mutant.expectation is not Expectation.MAY_EITHER and mutant.rule != "last-updated-older"
