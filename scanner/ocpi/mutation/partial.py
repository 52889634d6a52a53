"""Mutants of a PATCH: the one changed property of a mutant of the whole object, with the mandatory `last_updated`.

A PATCH names the properties that change and `last_updated` (PATCH methods of locations, sessions and tokens).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Family, Mutant
from scanner.ocpi.writing.surface import as_bytes

FAMILIES: Final = frozenset(
    {Family.WRONG_TYPE, Family.LENGTH, Family.ENUMERATION, Family.DATE, Family.NUMBER, Family.URL, Family.PROTECTED}
)
_TOP: Final = 1  # depth of the pointer


def partial(mutants: Iterable[Mutant], valid: JsonObject) -> Iterator[Mutant]:
    """Those of the mutants that change one property of the object itself, as PATCH messages."""
    for mutant in mutants:
        name = mutant.pointer.removeprefix("/")
        if mutant.pointer.count("/") != _TOP or name not in valid:
            continue
        try:
            changed = json.loads(mutant.body)
        except (ValueError, RecursionError):
            continue
        if isinstance(changed, dict) and name in changed:
            body = as_bytes({name: changed[name], **({} if name == "last_updated" else _stamp(changed))})
            yield replace(mutant, body=body)


def _stamp(changed: JsonObject) -> JsonObject:
    return {"last_updated": changed["last_updated"]} if "last_updated" in changed else {}
