"""Words that are not in an enumeration, or only nearly."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_CLOSED: Final = Source("types, enum; enumerations of the modules", "the list of words is finite and complete")
_OPEN: Final = Source("types, OpenEnum (2.3.0)", "implementers may use other words, and others may meet them")
_CASE: Final = Source("types, string", "words of enumerations are case sensitive")
_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER
_LOOK_ALIKES: Final = {
    "A": "\N{CYRILLIC CAPITAL LETTER A}",
    "E": "\N{CYRILLIC CAPITAL LETTER IE}",
    "O": "\N{CYRILLIC CAPITAL LETTER O}",
    "C": "\N{CYRILLIC CAPITAL LETTER ES}",
    "P": "\N{CYRILLIC CAPITAL LETTER ER}",
}


def _rule(name: str, expectation: Expectation, source: Source, says: str) -> Rule:
    return Rule(name=name, family=Family.ENUMERATION, expectation=expectation, source=source, says=says)


UNKNOWN: Final = _rule("unknown-word", _REFUSE, _CLOSED, "is a word that is not in the list")
UNKNOWN_OPEN: Final = _rule("unknown-word-of-open-list", _EITHER, _OPEN, "is a new word of an open list")
CASE: Final = _rule("word-in-other-case", _REFUSE, _CASE, "is a word of the list in another case")
CASE_OPEN: Final = _rule("word-of-open-list-in-other-case", _EITHER, _OPEN, "is a word of an open list in another case")
SPACE: Final = _rule("word-with-space", _REFUSE, _CLOSED, "is a word of the list with a space behind it")
LOOK_ALIKE: Final = _rule("word-of-look-alikes", _REFUSE, _CLOSED, "is a word with a letter of another script")
RULES: Final = (UNKNOWN, UNKNOWN_OPEN, CASE, CASE_OPEN, SPACE, LOOK_ALIKE)


def changes(place: Place, around: Circumstances) -> Iterator[Change]:
    """Near misses of the word that stands there, or of the first of the list."""
    if place.shape is not Shape.ENUM or place.enumeration is None:
        return
    known = place.enumeration.values
    word = place.value if isinstance(place.value, str) else min(known, default="WORD")
    unknown = f"NOT_A_WORD_{around.tag.upper()}"
    yield UNKNOWN_OPEN if place.enumeration.open else UNKNOWN, encoded(unknown)
    if word.swapcase() not in known:
        yield CASE_OPEN if place.enumeration.open else CASE, encoded(word.swapcase())
    if not place.enumeration.open:
        yield SPACE, encoded(word + " ")
        yield from _look_alike(word)


def _look_alike(word: str) -> Iterator[Change]:
    for letter, other in _LOOK_ALIKES.items():
        if letter in word:
            yield LOOK_ALIKE, encoded(word.replace(letter, other, 1))
            return
