"""Mutants of a PATCH: the one changed property of a mutant of the whole object, with the mandatory `last_updated`.

A PATCH names the properties that change and `last_updated` (PATCH methods of locations, sessions and tokens).
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Family, Mutant
from scanner.model.ocpi.mutation.template import Template, encoded

FAMILIES: Final = frozenset(
    {Family.WRONG_TYPE, Family.LENGTH, Family.ENUMERATION, Family.DATE, Family.NUMBER, Family.URL, Family.PROTECTED}
)
_TOP: Final = 1  # depth of the pointer
_STAMP: Final = "/last_updated"


def partial(mutants: Iterable[Mutant], valid: JsonObject) -> Iterator[Mutant]:
    """Those of the mutants that change one property of the object itself, as PATCH messages.

    What was put in place of the value is cut out of the message as it stands.
    """
    whole = Template(valid)
    stamp = whole.raw(_STAMP)
    for mutant in mutants:
        pointer, body = mutant.pointer, mutant.body
        if pointer not in whole.spans or pointer.count("/") != _TOP:
            continue
        head, tail = whole.around(pointer)
        changed = body[len(head) : len(body) - len(tail)]
        if not changed or not (body.startswith(head) and body.endswith(tail) and _is_json(changed)):
            continue
        dated = b"" if stamp is None or pointer == _STAMP else b',"last_updated":' + stamp
        yield replace(mutant, pieces=(b"{", encoded(pointer[1:]), b":", changed, dated, b"}"))


def _is_json(value: bytes) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
