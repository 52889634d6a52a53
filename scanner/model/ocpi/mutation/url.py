"""What is no URL, and URLs that nobody should fetch. No name in them can be resolved (RFC 2606)."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_SYNTAX: Final = Source("types, URL", "it has the syntax of a URL, which starts with a scheme and has no space")
_SCHEME: Final = Source("types, URL", "no scheme is named; whether to follow it is the receiver's decision")


def _row(name: str, expectation: Expectation, source: Source, says: str, text: str) -> tuple[Rule, str]:
    return Rule(name=name, family=Family.URL, expectation=expectation, source=source, says=f"is {says}"), text


_ROWS: Final = (
    _row("not-a-url", Expectation.MUST_REFUSE, _SYNTAX, "no URL", "nowhere"),
    _row("relative-url", Expectation.MUST_REFUSE, _SYNTAX, "a path without host", "/ocpi/versions"),
    _row("url-with-space", Expectation.MUST_REFUSE, _SYNTAX, "a URL with a space", "https://invalid.example/a b"),
    _row("url-without-host", Expectation.MUST_REFUSE, _SYNTAX, "a URL without host", "https://"),
    _row("plain-http", Expectation.MAY_EITHER, _SCHEME, "a URL without TLS", "http://invalid.example/"),
    _row("file-url", Expectation.MAY_EITHER, _SCHEME, "a file URL", "file:///invalid.example"),
    _row("script-url", Expectation.MAY_EITHER, _SCHEME, "a script URL", "javascript:void(0)"),
    _row("url-with-password", Expectation.MAY_EITHER, _SCHEME, "a URL with a password", "https://a:b@invalid.example/"),
)
RULES: Final = tuple(rule for rule, _ in _ROWS)


def changes(place: Place, _: Circumstances) -> Iterator[Change]:
    """Only for URLs."""
    if place.shape is Shape.URL:
        for rule, text in _ROWS:
            yield rule, encoded(text)
