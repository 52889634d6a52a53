"""All mutants of a valid object, one after the other; what can poison a store comes last."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation import (
    absence,
    content_type,
    contradiction,
    date,
    duplicate,
    enumeration,
    framing,
    injection,
    length,
    nesting,
    number,
    protected,
    surplus,
    unicode,
    url,
    wrong_type,
)
from scanner.model.ocpi.mutation.catalogue import POISONOUS
from scanner.model.ocpi.mutation.circumstances import Change, Circumstances, circumstances
from scanner.model.ocpi.mutation.mutant import JSON_CONTENT, Family, Mutant, Origin, Rule
from scanner.model.ocpi.mutation.place import Place, places
from scanner.model.ocpi.mutation.template import Template

JsonObject = Mapping[str, JsonValue]
LARGEST: Final = 1_000_000  # bytes of the biggest single string
_FAMILIES: Final = frozenset(family.value for family in Family)
_Body = tuple[Rule, str, bytes, str]  # rule, pointer, message, content type

_AT_A_PLACE: Final[Mapping[Family, Callable[[Place, Circumstances], Iterator[Change]]]] = {
    Family.MISSING: absence.missing,
    Family.WRONG_TYPE: wrong_type.changes,
    Family.ABSENCE: absence.changes,
    Family.LENGTH: length.changes,
    Family.ENUMERATION: enumeration.changes,
    Family.DATE: date.changes,
    Family.NUMBER: number.changes,
    Family.URL: url.changes,
    Family.UNICODE: unicode.changes,
    Family.INJECTION: injection.changes,
    Family.PROTECTED: protected.changes,
    Family.CONTRADICTION: contradiction.changes,
}


@dataclass(frozen=True, slots=True)
class _Material:
    """What the families work on: the object, its places and its bytes."""

    class_name: str
    places: tuple[Place, ...]
    template: Template
    around: Circumstances


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
    material = _Material(
        class_name=origin.class_name,
        places=tuple(places(origin.version, origin.class_name, valid)),
        template=Template(valid),
        around=circumstances(origin.version, origin.seed, origin.now, origin.largest),
    )
    for poisons in (False, True):
        for family in Family:
            if (families is None or family in families) and (not poisons or family in POISONOUS):
                for body in _bodies(family, material, poisons=poisons):
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
    name = id.partition(":")[0]
    if name in _FAMILIES:
        for mutant in mutants_of(origin, valid, frozenset({Family(name)})):
            if mutant.id == id:
                return mutant
    raise KeyError(id)


def _mutant(origin: Origin, rule: Rule, pointer: str, body: bytes, kind: str) -> Mutant:
    return Mutant(
        id=f"{rule.family}:{pointer}#{rule.name}",
        family=rule.family,
        pointer=pointer,
        rule=rule.name,
        body=body,
        content_type=kind,
        expectation=rule.expected(origin.version),
        poisons=rule.poisons,
        says=f"`{pointer}` {rule.says}" if pointer else f"the message {rule.says}",
        origin=origin,
    )


def _bodies(family: Family, material: _Material, *, poisons: bool) -> Iterator[_Body]:
    change = _AT_A_PLACE.get(family)
    if change is not None:
        for place in material.places:
            yield from _at_a_place(place, change, material, poisons=poisons)
        return
    for body in _whole(family, material):
        if body[0].poisons is poisons:
            yield body


def _at_a_place(
    place: Place,
    change: Callable[[Place, Circumstances], Iterator[Change]],
    material: _Material,
    *,
    poisons: bool,
) -> Iterator[_Body]:
    pointer, template = place.pointer, material.template
    head, tail = template.around(pointer)
    now = template.raw(pointer)
    for rule, raw in change(place, material.around):
        if rule.poisons is poisons and raw != now:
            body = template.without(pointer) if raw is None else b"".join((head, raw, tail))
            yield rule, pointer, body, JSON_CONTENT


def _whole(family: Family, material: _Material) -> Iterator[_Body]:
    template = material.template
    match family:
        case Family.DUPLICATE:
            yield from _duplicates(material)
        case Family.SURPLUS:
            found = surplus.bodies(material.class_name, material.places, template, material.around)
            yield from ((*body, JSON_CONTENT) for body in found)
        case Family.NESTING:
            yield from ((*body, JSON_CONTENT) for body in nesting.bodies(template, material.around.largest))
        case Family.CONTENT_TYPE:
            yield from ((rule, "", template.whole, kind) for rule, kind in content_type.content_types())
        case _:
            needed = any(place.required for place in material.places if place.pointer.count("/") == 1)
            made = framing.bodies(template.whole, needs_content=needed)
            yield from ((rule, "", body, JSON_CONTENT) for rule, body in made)
                (rule, "", body, JSON_CONTENT) for rule, body in framing.bodies(template.whole, needs_content=needed)
            )


def _duplicates(material: _Material) -> Iterator[_Body]:
    for place in material.places:
        for rule, body in duplicate.bodies(place, material.template):
            yield rule, place.pointer, body, JSON_CONTENT
