"""Which family makes which messages, and of which kind: at a place of the object, or of the message as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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
from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import JSON_CONTENT, Family, Rule
from scanner.model.ocpi.mutation.place import Place
from scanner.model.ocpi.mutation.template import Template

Pieces = tuple[bytes, ...]
Body = tuple[Rule, str, Pieces, str]  # rule, pointer, message, content type

AT_A_PLACE: Final[Mapping[Family, Callable[[Place, Circumstances], Iterator[Change]]]] = {
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
class Material:
    """What the families work on: the object, its places and its bytes."""

    class_name: str
    places: tuple[Place, ...]
    template: Template
    around: Circumstances


def bodies(family: Family, material: Material, *, poisons: bool) -> Iterator[Body]:
    """The messages of a family that poison, or those that do not."""
    change = AT_A_PLACE.get(family)
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
    material: Material,
    *,
    poisons: bool,
) -> Iterator[Body]:
    pointer, template = place.pointer, material.template
    head, tail = template.around(pointer)
    now = template.raw(pointer)
    for rule, raw in change(place, material.around):
        if rule.poisons is poisons and raw != now:
            pieces = (template.without(pointer),) if raw is None else (head, raw, tail)
            yield rule, pointer, pieces, JSON_CONTENT


def _whole(family: Family, material: Material) -> Iterator[Body]:
    template = material.template
    match family:
        case Family.DUPLICATE:
            yield from _duplicates(material)
        case Family.SURPLUS:
            found = surplus.bodies(material.class_name, material.places, template, material.around)
            yield from ((rule, at, (body,), JSON_CONTENT) for rule, at, body in found)
        case Family.NESTING:
            deep = nesting.bodies(template, material.around.largest)
            yield from ((rule, at, (body,), JSON_CONTENT) for rule, at, body in deep)
        case Family.CONTENT_TYPE:
            yield from ((rule, "", (template.whole,), kind) for rule, kind in content_type.content_types())
        case _:
            needed = any(place.required for place in material.places if place.pointer.count("/") == 1)
            made = framing.bodies(template.whole, needs_content=needed)
            yield from ((rule, "", (body,), JSON_CONTENT) for rule, body in made)


def _duplicates(material: Material) -> Iterator[Body]:
    for place in material.places:
        for rule, body in duplicate.bodies(place, material.template):
            yield rule, place.pointer, (body,), JSON_CONTENT
