"""Longer than the specification allows: by one character, and by far."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

BY_FAR: Final = 10_000  # characters more than allowed
_URL: Final = "https://invalid.example/"
_LENGTH: Final = Source("object tables of the modules, column Type", "the number in brackets is the longest length")
_CHARACTERS: Final = Source("types, string", "characters or bytes: not said; as many wide characters as fit may do")
_EITHER: Final = Expectation.MAY_EITHER


def _rule(name: str, expectation: Expectation, source: Source, says: str) -> Rule:
    return Rule(name=name, family=Family.LENGTH, expectation=expectation, source=source, says=says)


BY_ONE: Final = _rule("too-long-by-one", Expectation.MUST_REFUSE, _LENGTH, "is one character too long")
FAR: Final = _rule("too-long-by-far", Expectation.MUST_REFUSE, _LENGTH, "is far too long")
DIGIT: Final = _rule("one-digit-too-many", Expectation.MUST_REFUSE, _LENGTH, "has one digit too many")
DIGITS: Final = _rule("many-digits-too-many", Expectation.MUST_REFUSE, _LENGTH, "has far too many digits")
WIDE: Final = _rule("longest-in-wide-characters", _EITHER, _CHARACTERS, "has its full length in two-byte characters")
RULES: Final = (BY_ONE, FAR, DIGIT, DIGITS, WIDE)


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """Nothing where the specification names no length."""
    if place.length is None:
        return
    if place.shape is Shape.INT:
        yield DIGIT, b"1" * (place.length + 1)
        yield DIGITS, b"1" * (place.length + 20)
    elif place.shape in {Shape.STRING, Shape.CI_STRING, Shape.URL}:
        start = _URL if place.shape is Shape.URL else ""
        yield BY_ONE, b'"' + start.encode() + b"A" * (place.length + 1 - len(start)) + b'"'
        yield FAR, b'"' + start.encode() + b"A" * (place.length + BY_FAR - len(start)) + b'"'
        if place.shape is Shape.STRING:
            yield WIDE, encoded("\N{LATIN SMALL LETTER E WITH ACUTE}" * place.length)
