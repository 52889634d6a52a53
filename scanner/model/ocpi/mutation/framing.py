"""Messages that are no JSON, not one JSON object, or not written in UTF-8."""

from collections.abc import Callable, Iterator
from typing import Final

from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source

_NO_JSON: Final = Source("status_codes; RFC 8259 section 2", "what is no JSON gets HTTP 400")
_OBJECT: Final = Source("types, class; object tables of the modules", "an object of a class is a JSON object")
_MARK: Final = Source("RFC 8259 section 8.1", "no mark may be added, a parser may ignore one")
_OLD_UTF: Final = Source("RFC 8259 section 8.1", "JSON between systems is UTF-8; older RFCs allowed UTF-16 and UTF-32")
_SPACE: Final = Source("RFC 8259 section 2", "white space around a value means nothing")
_REFUSE: Final = Expectation.MUST_REFUSE
_EITHER: Final = Expectation.MAY_EITHER
_Make = Callable[[bytes], bytes]


def _row(name: str, expectation: Expectation, source: Source, says: str, make: _Make) -> tuple[Rule, _Make]:
    return Rule(name=name, family=Family.FRAMING, expectation=expectation, source=source, says=says), make


def _cut(numerator: int, denominator: int) -> _Make:
    return lambda whole: whole[: max(1, len(whole) * numerator // denominator)]


def _recoded(encoding: str) -> _Make:
    return lambda whole: whole.decode("utf-8").encode(encoding)


def _constant(body: bytes) -> _Make:
    return lambda _: body


_ROWS: Final = (
    _row("empty-body", _REFUSE, _NO_JSON, "is an empty message", _constant(b"")),
    _row("blank-body", _REFUSE, _NO_JSON, "is a message of spaces", _constant(b" \r\n ")),
    _row("cut-after-1", _REFUSE, _NO_JSON, "is cut off after the first byte", lambda whole: whole[:1]),
    _row("cut-after-quarter", _REFUSE, _NO_JSON, "is cut off after a quarter", _cut(1, 4)),
    _row("cut-after-half", _REFUSE, _NO_JSON, "is cut off after the half", _cut(1, 2)),
    _row("cut-after-three-quarters", _REFUSE, _NO_JSON, "is cut off after three quarters", _cut(3, 4)),
    _row("cut-before-end", _REFUSE, _NO_JSON, "lacks its last byte", lambda whole: whole[:-1]),
    _row("text-behind", _REFUSE, _NO_JSON, "has text behind its end", lambda whole: whole + b"garbage"),
    _row("brace-behind", _REFUSE, _NO_JSON, "has one brace too many", lambda whole: whole + b"}"),
    _row("nul-behind", _REFUSE, _NO_JSON, "has a NUL behind its end", lambda whole: whole + b"\x00"),
    _row("two-documents", _REFUSE, _NO_JSON, "is two documents", lambda whole: whole + whole),
    _row("two-lines", _REFUSE, _NO_JSON, "is two documents on two lines", lambda whole: whole + b"\n" + whole),
    _row("text-before", _REFUSE, _NO_JSON, "has text before its start", lambda whole: b")]}',\n" + whole),
    _row("comma-behind-last", _REFUSE, _NO_JSON, "has a comma behind its last member", lambda w: w[:-1] + b",}"),
    _row("comment", _REFUSE, _NO_JSON, "holds a comment", lambda whole: b"{/* comment */" + whole[1:]),
    _row("line-comment", _REFUSE, _NO_JSON, "starts with a comment", lambda whole: b"// comment\n" + whole),
    _row("single-quotes", _REFUSE, _NO_JSON, "has single quotes", lambda whole: whole.replace(b'"', b"'")),
    _row("bare-name", _REFUSE, _NO_JSON, "has a name without quotes", lambda whole: b"{bare:1," + whole[1:]),
    _row("no-colon", _REFUSE, _NO_JSON, "lacks a colon", lambda whole: whole.replace(b'":', b'" ', 1)),
    _row("xml", _REFUSE, _NO_JSON, "is XML in the name of JSON", _constant(b"<?xml version='1.0'?><object/>")),
    _row("html", _REFUSE, _NO_JSON, "is HTML in the name of JSON", _constant(b"<!doctype html><p>object</p>")),
    _row("form", _REFUSE, _NO_JSON, "is a form in the name of JSON", _constant(b"id=1&party_id=ZZZ")),
    _row("random-bytes", _REFUSE, _NO_JSON, "is no text", _constant(bytes(range(0x80, 0x100)))),
    _row("null", _REFUSE, _OBJECT, "is null", _constant(b"null")),
    _row("true", _REFUSE, _OBJECT, "is true", _constant(b"true")),
    _row("number", _REFUSE, _OBJECT, "is a number", _constant(b"0")),
    _row("string", _REFUSE, _OBJECT, "is a string", _constant(b'"object"')),
    _row("empty-list", _REFUSE, _OBJECT, "is an empty list", _constant(b"[]")),
    _row("list-of-object", _REFUSE, _OBJECT, "is a list of the object", lambda whole: b"[" + whole + b"]"),
    _row("byte-order-mark", _EITHER, _MARK, "starts with a byte order mark", lambda whole: b"\xef\xbb\xbf" + whole),
    _row("utf-16", _EITHER, _OLD_UTF, "is UTF-16 with a mark", lambda w: b"\xff\xfe" + _recoded("utf-16-le")(w)),
    _row("utf-16-big-endian", _EITHER, _OLD_UTF, "is UTF-16 without a mark", _recoded("utf-16-be")),
    _row("utf-32", _EITHER, _OLD_UTF, "is UTF-32", _recoded("utf-32-be")),
    _row("white-space-around", _EITHER, _SPACE, "has white space around it", lambda whole: b"\r\n\t " + whole + b"\n"),
)
_IN_DATA: Final = _row(
    "object-in-data", _REFUSE, _OBJECT, "is the object inside `data`", lambda whole: b'{"data":' + whole + b"}"
)
RULES: Final = (*(rule for rule, _ in _ROWS), _IN_DATA[0])


def bodies(whole: bytes, *, needs_content: bool) -> Iterator[tuple[Rule, bytes]]:
    """One message a row, made from the bytes of the valid object.

    `needs_content`: the class has required properties, so that an object of other names alone is none.
    """
    for rule, make in (*_ROWS, _IN_DATA) if needs_content else _ROWS:
        yield rule, make(whole)
