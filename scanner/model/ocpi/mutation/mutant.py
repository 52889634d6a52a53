"""The words of mutation: what was done to a valid message, and what a receiver has to do with the result."""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from scanner.model.late_dataclass import dataclass

_INDEX: Final = re.compile(r"/\d+(?=/|$)")
JSON_CONTENT: Final = "application/json"


class Family(StrEnum):
    """Kinds of mutation; a probe asks for some of them (a PATCH has no use for `missing`)."""

    WRONG_TYPE = "wrong-type"
    ABSENCE = "absence"  # null, empty and absent, told apart
    MISSING = "missing"  # a required property is not there
    LENGTH = "length"
    ENUMERATION = "enumeration"
    DATE = "date"
    NUMBER = "number"
    URL = "url"
    UNICODE = "unicode"
    INJECTION = "injection"
    DUPLICATE = "duplicate"
    NESTING = "nesting"
    CONTENT_TYPE = "content-type"
    FRAMING = "framing"  # broken, truncated, wrapped or otherwise encoded JSON
    SURPLUS = "surplus"
    PROTECTED = "protected"
    CONTRADICTION = "contradiction"


class Expectation(StrEnum):
    """What a receiver that follows the specification does."""

    MUST_REFUSE = "must refuse"
    MUST_NOT_CHANGE = "must not change"  # accepting is fine, taking effect is not
    MAY_EITHER = "may either"  # the specification leaves it open, or allows it


class Source(NamedTuple):
    """Where an expectation comes from: chapter and section of the specification (or an RFC), and why, in our words."""

    section: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that can be done to a message. `says` follows "`/pointer` " in a report."""

    name: str
    family: Family
    expectation: Expectation
    source: Source
    says: str
    poisons: bool = False  # what it sends can spoil a store for later readers
    in_versions: tuple[tuple[str, Expectation], ...] = ()  # where one version says otherwise

    def expected(self, version: str) -> Expectation:
        """The expectation in one version of OCPI."""
        return dict(self.in_versions).get(version, self.expectation) if self.in_versions else self.expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What makes the same mutant again, together with the valid object and the mutant's id."""

    version: str
    class_name: str
    seed: str
    now: datetime
    largest: int  # bytes of the biggest single string
    without: frozenset[str] = frozenset()  # pointers left out of the valid object by shrinking


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One message to send. `pointer` (RFC 6901) is "" where the message as a whole was changed.

    `pieces`: the message, in parts that many share: of thousands that are made, hundreds are sent.
    """

    id: str  # `<family>:<pointer>#<rule>`
    family: Family
    pointer: str
    rule: str
    pieces: tuple[bytes, ...]
    content_type: str  # "" sends no such header
    expectation: Expectation
    poisons: bool
    says: str
    origin: Origin

    @property
    def body(self) -> bytes:
        """The whole message; it need not be JSON."""
        return b"".join(self.pieces)


class Tell(NamedTuple):
    """What mutants are grouped by in a report: the path with `*` for each index, and the rule."""

    path: str
    rule: str


def tell(mutant: Mutant) -> Tell:
    """The group of a mutant: `/evses/0/uid` and `/evses/1/uid` are one."""
    return Tell(_without_indexes(mutant.pointer), mutant.rule)


@lru_cache(maxsize=4096)
def _without_indexes(pointer: str) -> str:
    return _INDEX.sub("/*", pointer)
