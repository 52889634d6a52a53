"""The valid object under another Content-Type."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source

_TYPE: Final = Source(
    "transport_and_format, Request format",
    "since 2.2.1 a body is application/json, always; 2.1.1 only names the type",
)
_TEXT: Final = Source("transport_and_format, Request format", "a sender's duty; a text may be read for what it is")
_PARAMETER: Final = Source("RFC 8259 section 11", "application/json has no charset parameter, and one has no effect")
_EITHER: Final = Expectation.MAY_EITHER
_OLD: Final = (("2.1.1", _EITHER),)


def _row(name: str, expectation: Expectation, source: Source, says: str, content_type: str) -> tuple[Rule, str]:
    rule = Rule(
        name=name,
        family=Family.CONTENT_TYPE,
        expectation=expectation,
        source=source,
        says=f"is sent {says}",
        in_versions=_OLD if expectation is Expectation.MUST_REFUSE else (),
    )
    return rule, content_type


_ROWS: Final = (
    _row("as-xml", Expectation.MUST_REFUSE, _TYPE, "as XML", "application/xml"),
    _row("as-form", Expectation.MUST_REFUSE, _TYPE, "as a form", "application/x-www-form-urlencoded"),
    _row("as-multipart", Expectation.MUST_REFUSE, _TYPE, "as parts", "multipart/form-data; boundary=posture"),
    _row("as-image", Expectation.MUST_REFUSE, _TYPE, "as an image", "image/png"),
    _row("as-text", _EITHER, _TEXT, "as plain text", "text/plain"),
    _row("as-bytes", _EITHER, _TEXT, "as bytes", "application/octet-stream"),
    _row("without-type", _EITHER, _TEXT, "without Content-Type", ""),
    _row("as-other-json", _EITHER, _TEXT, "as a JSON of another kind", "application/problem+json"),
    _row("with-charset", _EITHER, _PARAMETER, "with the charset UTF-16", "application/json; charset=utf-16"),
)
RULES: Final = tuple(rule for rule, _ in _ROWS)


def content_types() -> Iterator[tuple[Rule, str]]:
    """Each type to send the unchanged object with; "" is no header."""
    yield from _ROWS
