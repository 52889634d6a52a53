"""All mutants of a valid object, one after the other; what can poison a store comes last."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.bodies import AT_A_PLACE, Material, Pieces, bodies
from scanner.model.ocpi.mutation.catalogue import POISONOUS
from scanner.model.ocpi.mutation.circumstances import circumstances
from scanner.model.ocpi.mutation.mutant import Family, Mutant, Origin, Rule
from scanner.model.ocpi.mutation.place import places
from scanner.model.ocpi.mutation.template import Template

JsonObject = Mapping[str, JsonValue]
LARGEST: Final = 1_000_000  # bytes of the biggest single string
_FAMILIES: Final = frozenset(family.value for family in Family)


def mutants(
    version: str,
    class_name: str,
    valid: JsonObject,
    *,
    seed: str,
    now: datetime,
    families: frozenset[Family] | None = None,
    largest: int = LARGEST,
) -> Iterator[Mutant]:
    """The mutants of a valid object, lazily: the same for the same arguments in every process, ids unique.

    Memory is that of one mutant and the object. `families` None is all; leave out `Family.MISSING` for a PATCH.
    `seed` decides marks that are recognised in an echo, never ids. `largest`: bytes of the biggest single string.

    Raises: KeyError if version or class is not known; ValueError for a `now` without time zone, or what is no JSON.
    """
    origin = Origin(version=version, class_name=class_name, seed=seed, now=now, largest=largest)
    yield from mutants_of(origin, valid, families)


def mutants_of(origin: Origin, valid: JsonObject, families: frozenset[Family] | None = None) -> Iterator[Mutant]:
    """As `mutants`, with what a mutant remembers of its origin; `valid` is already without what `without` names."""
    material = _material(origin, valid)
    for poisons in (False, True):
        for family in Family:
            if (families is None or family in families) and (not poisons or family in POISONOUS):
                for body in bodies(family, material, poisons=poisons):
                    yield _mutant(origin, *body)


def mutant_by_id(
    version: str,
    class_name: str,
    valid: JsonObject,
    *,
    seed: str,
    now: datetime,
    id: str,
    largest: int = LARGEST,
) -> Mutant:
    """The one mutant of this id, as it was.

    Raises: KeyError if the object has no such mutant, or version or class is not known.
    """
    origin = Origin(version=version, class_name=class_name, seed=seed, now=now, largest=largest)
    return find_mutant(origin, valid, id)


def find_mutant(origin: Origin, valid: JsonObject, id: str) -> Mutant:
    """As `mutant_by_id`.

    Raises: KeyError.
    """
    name, _, rest = id.partition(":")
    if name in _FAMILIES:
        material = _material(origin, valid)
        pointer = rest.rpartition("#")[0]
        if Family(name) in AT_A_PLACE:
            here = tuple(place for place in material.places if place.pointer == pointer)
            material = replace(material, places=here)
        for poisons in (False, True):
            for body in bodies(Family(name), material, poisons=poisons):
                if f"{name}:{body[1]}#{body[0].name}" == id:
                    return _mutant(origin, *body)
    raise KeyError(id)


def _material(origin: Origin, valid: JsonObject) -> Material:
    return _prepared(origin, json.dumps(valid))


@lru_cache(maxsize=4)  # one object is asked for one mutant after the other
def _prepared(origin: Origin, text: str) -> Material:
    valid: JsonObject = json.loads(text)
    return Material(
        class_name=origin.class_name,
        places=tuple(places(origin.version, origin.class_name, valid)),
        template=Template(valid),
        around=circumstances(origin.version, origin.seed, origin.now, origin.largest),
    )


def _mutant(origin: Origin, rule: Rule, pointer: str, pieces: Pieces, kind: str) -> Mutant:
    return Mutant(
        id=f"{rule.family}:{pointer}#{rule.name}",
        family=rule.family,
        pointer=pointer,
        rule=rule.name,
        pieces=pieces,
        content_type=kind,
        expectation=rule.expected(origin.version),
        poisons=rule.poisons,
        says=f"`{pointer}` {rule.says}" if pointer else f"the message {rule.says}",
        origin=origin,
    )
