"""Numbers at and beyond every edge, also those that JSON does not have."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape

_SIGN: Final = Source("types, number; mod_cdrs, CdrDimensionType", "no sign is forbidden by type; some are negative")
_RANGE: Final = Source("types, number; RFC 8259 section 6", "enough digits, no bound named; a parser may have its own")
_PRECISION: Final = Source("types, number", "four decimals unless said otherwise; more is not forbidden")
_WHOLE: Final = Source("object tables of the modules, type int", "a whole number is asked for")
_ONE_KIND: Final = Source("RFC 8259 section 6", "16 and 16.0 are the same JSON number")
_NO_JSON: Final = Source("status_codes; RFC 8259 section 6", "JSON has no such number: HTTP 400")
_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER


def _row(
    name: str, expectation: Expectation, source: Source, says: str, raw: bytes, *, poisons: bool = False
) -> tuple[Rule, bytes]:
    rule = Rule(
        name=name, family=Family.NUMBER, expectation=expectation, source=source, says=f"is {says}", poisons=poisons
    )
    return rule, raw


_BOTH: Final = (
    _row("negative", _EITHER, _SIGN, "a negative number", b"-1"),
    _row("zero", _EITHER, _SIGN, "zero", b"0"),
    _row("minus-zero", _EITHER, _SIGN, "minus zero", b"-0"),
    _row("plus-sign", _REFUSE, _NO_JSON, "a number with a plus sign", b"+1"),
    _row("leading-zero", _REFUSE, _NO_JSON, "a number with a leading zero", b"01"),
    _row("hexadecimal", _REFUSE, _NO_JSON, "a hexadecimal number", b"0x10"),
    _row("bare-point", _REFUSE, _NO_JSON, "a number that ends in a point", b"1."),
    _row("comma", _REFUSE, _NO_JSON, "a number with a decimal comma", b"1,5"),
    _row("1e400", _EITHER, _RANGE, "beyond double precision", b"1e400", poisons=True),
    _row("minus-1e400", _EITHER, _RANGE, "below double precision", b"-1e400", poisons=True),
    _row("nan", _REFUSE, _NO_JSON, "NaN", b"NaN", poisons=True),
    _row("infinity", _REFUSE, _NO_JSON, "Infinity", b"Infinity", poisons=True),
    _row("minus-infinity", _REFUSE, _NO_JSON, "-Infinity", b"-Infinity", poisons=True),
)
_BIG: Final = (
    _row("beyond-32-bits", _EITHER, _RANGE, "beyond 32 bits", b"2147483648", poisons=True),
    _row("beyond-53-bits", _EITHER, _RANGE, "beyond 53 bits", b"9007199254740993", poisons=True),
    _row("beyond-64-bits", _EITHER, _RANGE, "beyond 64 bits", b"18446744073709551616", poisons=True),
    _row("401-digits", _EITHER, _RANGE, "of 401 digits", b"1" + b"0" * 400, poisons=True),
)
_NUMBER: Final = (
    _row("precise", _EITHER, _PRECISION, "a number with 25 decimals", b"0.1234567890123456789012345"),
    _row("tiny", _EITHER, _PRECISION, "almost zero", b"5e-324"),
    _row("largest-double", _EITHER, _RANGE, "the largest double", b"1.7976931348623157e308", poisons=True),
)
_INT: Final = (
    _row("fraction-for-int", _REFUSE, _WHOLE, "a fraction", b"1.5"),
    _row("decimal-point-for-int", _EITHER, _ONE_KIND, "a whole number with a decimal point", b"1.0"),
    _row("exponent-for-int", _EITHER, _ONE_KIND, "a whole number with an exponent", b"1e0"),
)
RULES: Final = tuple(rule for rule, _ in (*_BOTH, *_BIG, *_NUMBER, *_INT))


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """A number as a string is a wrong type, and too many digits a wrong length: not here."""
    if place.shape in {Shape.NUMBER, Shape.INT}:
        yield from _BOTH
        yield from _BIG if place.length is None else ()
        yield from _NUMBER if place.shape is Shape.NUMBER else _INT
