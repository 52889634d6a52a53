"""One key twice with values that differ: whoever reads the first and whoever reads the last see two messages."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.another import another
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import Template, encoded

OWNERSHIP: Final = frozenset({"country_code", "party_id", "id", "uid", "role", "token"})
_NAMES: Final = Source("RFC 8259 section 4", "names should be unique; what happens otherwise is left to the parser")
_OWNER: Final = Source("transport_and_format, Client Owned Object Push", "the owner and id of an object are in its URL")


def _rule(name: str, expectation: Expectation, source: Source, says: str) -> Rule:
    return Rule(name=name, family=Family.DUPLICATE, expectation=expectation, source=source, says=says)


LAST: Final = _rule("other-value-last", Expectation.MAY_EITHER, _NAMES, "stands twice, the other value last")
FIRST: Final = _rule("other-value-first", Expectation.MAY_EITHER, _NAMES, "stands twice, the other value first")
ESCAPED: Final = _rule("escaped-name-last", Expectation.MAY_EITHER, _NAMES, "stands twice, once with an escaped name")
OWNER_LAST: Final = _rule("other-owner-last", Expectation.MUST_NOT_CHANGE, _OWNER, "stands twice, another's value last")
OWNER_FIRST: Final = _rule(
    "other-owner-first", Expectation.MUST_NOT_CHANGE, _OWNER, "stands twice, another's value first"
)
RULES: Final = (LAST, FIRST, ESCAPED, OWNER_LAST, OWNER_FIRST)


def bodies(place: Place, template: Template) -> Iterator[tuple[Rule, bytes]]:
    """For every property that is present, at every depth; an object's own properties stand for it."""
    if place.item or not place.present or place.shape is Shape.OBJECT:
        return
    top = place.pointer.count("/") == 1 and place.key in OWNERSHIP
    span = template.spans[place.pointer]
    before, after = template.whole[: span.end], template.whole[span.end :]
    member, other = encoded(place.key), encoded(another(place))
    escaped = b'"\\u%04x' % ord(place.key[0]) + member[2:]
    head, tail = template.around(place.pointer)
    raw = template.raw(place.pointer) or b"null"
    yield OWNER_LAST if top else LAST, b"".join((before, b",", member, b":", other, after))
    yield OWNER_FIRST if top else FIRST, b"".join((head, other, b",", member, b":", raw, tail))
    if not top:
        yield ESCAPED, b"".join((before, b",", escaped, b":", other, after))
