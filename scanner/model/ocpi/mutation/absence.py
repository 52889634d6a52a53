"""`null`, empty and absent, told apart, for what is required and for what is optional."""

from collections.abc import Iterator, Mapping
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape

_CARDINALITY: Final = Source("introduction, cardinality", "what has cardinality 1 or + is always there, with a value")
_OPTIONAL: Final = Source("transport_and_format, PUT", "what is left out has its default or null: null says the same")
_SILENT: Final = Source("types, string and CiString", "a length is a maximum; nothing is said of a minimum")
_FORMAT: Final = Source("types, DateTime, URL and enum", "an empty string is no time, no URL and no word of the list")
_OPEN: Final = Source("types, OpenEnum (2.3.0)", "other words may be met, and none forbids an empty one")


def _rule(name: str, expectation: Expectation, source: Source, says: str, family: Family = Family.ABSENCE) -> Rule:
    return Rule(name=name, family=family, expectation=expectation, source=source, says=says)


_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER
MISSING: Final = _rule("missing", _REFUSE, _CARDINALITY, "is required and missing", Family.MISSING)
ABSENT: Final = _rule("absent", _EITHER, _OPTIONAL, "is optional and absent")
NULL_REQUIRED: Final = _rule("null-required", _REFUSE, _CARDINALITY, "is required and null")
NULL_OPTIONAL: Final = _rule("null-optional", _EITHER, _OPTIONAL, "is optional and null")
NULL_ITEM: Final = _rule("null-item", _REFUSE, _CARDINALITY, "is a null in a list")
EMPTY_STRING: Final = _rule("empty-string", _EITHER, _SILENT, "is an empty string")
BLANK_STRING: Final = _rule("blank-string", _EITHER, _SILENT, "is a single space")
EMPTY_WORD: Final = _rule("empty-formatted-string", _REFUSE, _FORMAT, "is an empty string")
EMPTY_OPEN_WORD: Final = _rule("empty-open-enum", _EITHER, _OPEN, "is an empty word of an open list")
EMPTY_NEEDED_LIST: Final = _rule("empty-list-of-some", _REFUSE, _CARDINALITY, "is empty and needs one item or more")
EMPTY_LIST: Final = _rule("empty-list-of-any", _EITHER, _CARDINALITY, "is an empty list")
EMPTY_NEEDED_OBJECT: Final = _rule("empty-object", _REFUSE, _CARDINALITY, "lacks all that it requires")
EMPTY_OBJECT: Final = _rule("empty-object-of-options", _EITHER, _CARDINALITY, "is an object without any property")
RULES: Final = (
    ABSENT,
    NULL_REQUIRED,
    NULL_OPTIONAL,
    NULL_ITEM,
    EMPTY_STRING,
    BLANK_STRING,
    EMPTY_WORD,
    EMPTY_OPEN_WORD,
    EMPTY_NEEDED_LIST,
    EMPTY_LIST,
    EMPTY_NEEDED_OBJECT,
    EMPTY_OBJECT,
)
MISSING_RULES: Final = (MISSING,)
_TEXT: Final[tuple[Change, ...]] = ((EMPTY_STRING, b'""'), (BLANK_STRING, b'" "'))
_WORD: Final[tuple[Change, ...]] = ((EMPTY_WORD, b'""'),)
_EMPTY: Final[Mapping[Shape, tuple[Change, ...]]] = {
    Shape.STRING: _TEXT,
    Shape.CI_STRING: _TEXT,
    Shape.URL: _WORD,
    Shape.DATE_TIME: _WORD,
}


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """Null, empty and - for what is optional - absent."""
    if place.item:
        yield NULL_ITEM, b"null"
    else:
        yield NULL_REQUIRED if place.required else NULL_OPTIONAL, b"null"
    if place.present and not place.required:
        yield ABSENT, None
    yield from _empty(place)


def missing(place: Place, _: Circumstances) -> Iterator[Change]:
    """A required property that is taken out."""
    if place.required and place.present and not place.item:
        yield MISSING, None


def _empty(place: Place) -> Iterator[Change]:
    yield from _EMPTY.get(place.shape, ())
    if place.shape is Shape.ENUM and place.enumeration is not None:
        yield EMPTY_OPEN_WORD if place.enumeration.open else EMPTY_WORD, b'""'
    elif place.shape is Shape.LIST:
        yield EMPTY_NEEDED_LIST if place.needs_content else EMPTY_LIST, b"[]"
    elif place.shape is Shape.OBJECT:
        yield EMPTY_NEEDED_OBJECT if place.needs_content else EMPTY_OBJECT, b"{}"
