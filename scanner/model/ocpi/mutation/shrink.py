"""The smallest message that is still answered wrongly: the mutated place stays, everything optional goes."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.mutation.mutant import Mutant
from scanner.model.ocpi.mutation.mutants import find_mutant
from scanner.model.ocpi.mutation.place import Place, places

JsonObject = Mapping[str, JsonValue]


async def shrink(mutant: Mutant, valid: JsonObject, still: Callable[[Mutant], Awaitable[bool]], *, most: int) -> Mutant:
    """The smallest mutant found for which `still` holds, after at most `most` questions; the mutant itself if none.

    `valid` is the object that the mutant was made from, whole. `origin.without` of the answer names what went, so
    that `again` makes the same bytes.
    """
    asked = 0
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in smaller(mutant, valid):
            if asked >= most:
                return mutant
            asked += 1
            if await still(candidate):
                mutant, shrinking = candidate, True
                break
    return mutant


def again(mutant: Mutant, valid: JsonObject) -> Mutant:
    """The same mutant, made once more from the whole valid object.

    Raises: KeyError if that object has no such mutant.
    """
    return find_mutant(mutant.origin, left_of(valid, mutant.origin.without), mutant.id)


def smaller(mutant: Mutant, valid: JsonObject) -> Iterator[Mutant]:
    """The same change in smaller objects, the smallest first: all that can go at once, then half, then one by one.

    What goes is optional, or an item of a list that keeps another one; never the mutated place or what it is in.
    """
    gone = mutant.origin.without
    spare = [pointer for pointer in _spare(mutant, valid) if not any(_inside(pointer, other) for other in gone)]
    tried = {gone}
    for some in (*_portions(spare), *((pointer,) for pointer in spare)):
        without = gone | frozenset(some)
        if without in tried:
            continue
        tried.add(without)
        try:
            found = find_mutant(replace(mutant.origin, without=without), left_of(valid, without), mutant.id)
        except KeyError:
            continue  # the change needs what went
        if len(found.body) < len(mutant.body):  # not so where the change replaces what went
            yield found


def _portions(spare: Sequence[str]) -> Iterator[Sequence[str]]:
    middle = len(spare) // 2
    yield from (spare, spare[:middle], spare[middle:])


def _spare(mutant: Mutant, valid: JsonObject) -> Iterator[str]:
    """Pointers that may go; of a list always from its end, so that no index before it changes its meaning."""
    for place in _places(mutant.origin.version, mutant.origin.class_name, json.dumps(valid)):
        if place.item or not place.present:
            continue
        if not place.required and not _inside(mutant.pointer, place.pointer):
            yield place.pointer
        if isinstance(place.value, list):
            yield from _spare_items(mutant.pointer, place.pointer, len(place.value))


@lru_cache(maxsize=4)  # of one object, smaller messages are looked for again and again
def _places(version: str, class_name: str, text: str) -> tuple[Place, ...]:
    return tuple(places(version, class_name, json.loads(text)))


def _spare_items(mutated: str, pointer: str, count: int) -> Iterator[str]:
    needed = 1
    if mutated.startswith(f"{pointer}/"):
        needed = int(mutated[len(pointer) + 1 :].partition("/")[0]) + 1
    for index in range(count - 1, needed - 1, -1):
        yield f"{pointer}/{index}"


def _inside(pointer: str, outer: str) -> bool:
    return f"{pointer}/".startswith(f"{outer}/")


def left_of(valid: JsonObject, without: frozenset[str], pointer: str = "") -> dict[str, JsonValue]:
    """The object without what these pointers name."""
    kept = {}
    for key, value in valid.items():
        at = f"{pointer}/{key}"
        if at not in without:
            kept[key] = _left_value(value, without, at)
    return kept


def _left_value(value: JsonValue, without: frozenset[str], pointer: str) -> JsonValue:
    if isinstance(value, Mapping):
        return left_of(value, without, pointer)
    if isinstance(value, list):
        places_kept = ((f"{pointer}/{index}", item) for index, item in enumerate(value))
        return [_left_value(item, without, at) for at, item in places_kept if at not in without]
    return value
