"""Characters that mislead, vanish or break: in `string`, in `CiString` and in URLs."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_PRINTABLE: Final = Source("types, string", "printable UTF-8 since 2.2 (2.1.1 says ASCII); printable is not defined")
_CONTROL: Final = Source("types, string and CiString", "carriage returns, tabs and other control characters are none")
_ASCII: Final = Source("types, CiString", "only printable ASCII is allowed")
_CASE: Final = Source("types, CiString", "upper and lower case mean the same")
_UTF_8: Final = Source("status_codes; RFC 8259 section 8.1", "JSON is UTF-8; bytes that are not are no JSON: HTTP 400")
_RAW: Final = Source("status_codes; RFC 8259 section 7", "a control character has to be escaped in JSON: HTTP 400")
_URL: Final = Source("types, URL", "a URL is ASCII, but international ones are common; how strict is not said")
_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER


class _Character(NamedTuple):
    name: str
    says: str
    raw: bytes  # inside the quotes
    width: int  # characters when decoded


_SHOWN: Final = tuple(
    _Character(name, says, text.encode(), len(text))
    for name, says, text in (
        ("accent", "an accented letter", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("combining-mark", "a combining mark", "e\N{COMBINING ACUTE ACCENT}"),
        ("emoji", "a character beyond 16 bits", "\N{ELECTRIC PLUG}"),
        ("bidi-override", "a change of writing direction", "\N{RIGHT-TO-LEFT OVERRIDE}"),
        ("zero-width", "a zero-width space", "\N{ZERO WIDTH SPACE}"),
        ("no-break-space", "a no-break space", "\N{NO-BREAK SPACE}"),
        ("fullwidth", "a full-width letter", "\N{FULLWIDTH LATIN CAPITAL LETTER A}"),
        ("c1-control", "a C1 control character", "\x85"),
        ("line-separator", "a line separator", "\N{LINE SEPARATOR}"),
        ("byte-order-mark", "a byte order mark", "\N{ZERO WIDTH NO-BREAK SPACE}"),
        ("private-use", "a private-use character", "\ue000"),
        ("noncharacter", "a noncharacter", "\ufffe"),
    )
)
_LONE: Final = _Character("lone-surrogate", "half of a surrogate pair", rb"\ud83d", 1)
_ESCAPED: Final = (
    _Character("tab", "a tab", rb"\t", 1),
    _Character("line-break", "a line break", rb"\r\n", 2),
    _Character("escape-character", "an escape character", rb"\u001b", 1),
    _Character("delete-character", "a delete character", b"\x7f", 1),
)
_NUL: Final = _Character("nul", "a NUL", rb"\u0000", 1)
_BROKEN: Final = (
    _Character("overlong-utf-8", "an overlong UTF-8 sequence", b"\xc0\xaf", 1),
    _Character("invalid-utf-8", "a byte that UTF-8 does not have", b"\xff", 1),
    _Character("cut-utf-8", "a UTF-8 sequence cut in two", b"\xe2\x82", 1),
    _Character("latin-1", "a letter in Latin-1", b"\xe9", 1),
    _Character("surrogate-in-utf-8", "a surrogate in UTF-8", b"\xed\xa0\xbd", 1),
)
_UNESCAPED: Final = (
    _Character("raw-line-break", "an unescaped line break", b"\n", 1),
    _Character("raw-nul", "an unescaped NUL", b"\x00", 1),
)


def _rule(character: _Character, suffix: str, expectation: Expectation, source: Source) -> Rule:
    return Rule(
        name=character.name + suffix,
        family=Family.UNICODE,
        expectation=expectation,
        source=source,
        says=f"holds {character.says}",
        poisons=character in {_NUL, _LONE},
    )


def _rules(*characters: _Character, suffix: str, expectation: Expectation, source: Source) -> "_Rows":
    return tuple((_rule(character, suffix, expectation, source), character) for character in characters)


_Rows = tuple[tuple[Rule, _Character], ...]
_ANYWHERE: Final = (
    *_rules(*_BROKEN, suffix="", expectation=_REFUSE, source=_UTF_8),
    *_rules(*_UNESCAPED, suffix="", expectation=_REFUSE, source=_RAW),
)
_NEVER: Final = _rules(*_ESCAPED, _NUL, suffix="", expectation=_REFUSE, source=_CONTROL)
_ROWS: Final[Mapping[Shape, _Rows]] = {
    Shape.STRING: (*_rules(*_SHOWN, _LONE, suffix="", expectation=_EITHER, source=_PRINTABLE), *_NEVER, *_ANYWHERE),
    Shape.CI_STRING: (
        *_rules(*_SHOWN, _LONE, suffix="-in-ci-string", expectation=_REFUSE, source=_ASCII),
        *_NEVER,
        *_ANYWHERE,
    ),
    Shape.URL: (*_rules(*_SHOWN, _LONE, suffix="-in-url", expectation=_EITHER, source=_URL), *_NEVER, *_ANYWHERE),
}
_OTHER_CASE: Final = Rule(
    name="other-case", family=Family.UNICODE, expectation=_EITHER, source=_CASE, says="is written in the other case"
)
RULES: Final = (*dict.fromkeys(rule for rows in _ROWS.values() for rule, _ in rows), _OTHER_CASE)


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """The value that stands there, cut so that it stays within its length, and one odd character behind it."""
    rows = _ROWS.get(place.shape, ())
    text = place.value if isinstance(place.value, str) else "https://invalid.example/" * (place.shape is Shape.URL)
    for rule, character in rows:
        if place.length is None or character.width <= place.length:
            kept = text if place.length is None else text[: place.length - character.width]
            yield rule, encoded(kept)[:-1] + character.raw + b'"'
    if place.shape is Shape.CI_STRING and text.swapcase() != text:
        yield _OTHER_CASE, encoded(text.swapcase())
