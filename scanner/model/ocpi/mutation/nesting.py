"""Messages that are deep or big; poisonous, as what is stored has to be read again by somebody."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.template import Template

LEVELS: Final = 1_000
_DEPTH: Final = Source("RFC 8259 section 9", "a parser may limit the depth; OCPI names none")
_SIZE: Final = Source("RFC 8259 section 9", "a parser may limit the size; OCPI names none")
_OBJECT: Final = Source("types, class; object tables of the modules", "an object of a class is no list")
_EITHER: Final = Expectation.MAY_EITHER


def _rule(name: str, expectation: Expectation, source: Source, says: str) -> Rule:
    return Rule(name=name, family=Family.NESTING, expectation=expectation, source=source, says=says, poisons=True)


LISTS_INSIDE: Final = _rule("lists-in-unknown-name", _EITHER, _DEPTH, f"is {LEVELS} lists in each other")
OBJECTS_INSIDE: Final = _rule("objects-in-unknown-name", _EITHER, _DEPTH, f"is {LEVELS} objects in each other")
LISTS: Final = _rule("lists", Expectation.MUST_REFUSE, _OBJECT, f"is {LEVELS} lists in each other")
UNCLOSED: Final = _rule("lists-unclosed", Expectation.MUST_REFUSE, _OBJECT, f"is {LEVELS} lists that never end")
HUGE: Final = _rule("huge-string", _EITHER, _SIZE, "is one huge string")
MANY: Final = _rule("many-names", _EITHER, _SIZE, "is an object of ten thousand names")
RULES: Final = (LISTS_INSIDE, OBJECTS_INSIDE, LISTS, UNCLOSED, HUGE, MANY)
_NAMES: Final = 10_000
_INSIDE: Final = "/posture_unknown"


def bodies(template: Template, largest: int) -> Iterator[tuple[Rule, str, bytes]]:
    """`largest`: bytes of the huge string."""
    head, tail = template.around(_INSIDE)
    lists = b"[" * LEVELS + b"]" * LEVELS
    yield LISTS_INSIDE, _INSIDE, head + lists + tail
    yield OBJECTS_INSIDE, _INSIDE, head + b'{"a":' * LEVELS + b"1" + b"}" * LEVELS + tail
    yield LISTS, "", lists
    yield UNCLOSED, "", b"[" * LEVELS
    yield MANY, _INSIDE, head + b"{" + b",".join(b'"n%d":0' % number for number in range(_NAMES)) + b"}" + tail
    yield HUGE, _INSIDE, b"".join((head, b'"', b"A" * largest, b'"', tail))
