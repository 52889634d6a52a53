"""The words of the semantic rules."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.rules.context import RuleContext
from scanner.model.ocpi.rules.read import JsonObject
from scanner.model.severity import Severity

EVERY: Final = ("2.1.1", "2.2.1", "2.3.0")
SINCE_2_2: Final = ("2.2.1", "2.3.0")
ONLY_2_3: Final = ("2.3.0",)


class Basis(StrEnum):
    """How much of a rule is the specification's."""

    REQUIRED = "required"  # stated, or follows from a definition in the section named
    RECOMMENDED = "recommended"  # SHOULD, advised, recommended
    PLAUSIBLE = "plausible"  # the section defines the fields; that they fit together is our expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a rule may know beside the object: the time, the version, and other objects."""

    version: str
    now: datetime
    latest: datetime  # now and the accepted skew of clocks
    context: RuleContext


Judge = Callable[[JsonObject, Scope], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticRule:
    """One rule. `judge` gives the pointers, relative to the object, of what breaks it.

    Section: chapter and heading of the specification, the same in all `versions`.
    """

    id: str
    versions: tuple[str, ...]
    classes: tuple[str, ...]
    section: str
    basis: Basis
    severity: Severity
    sentence: str
    judge: Judge


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """One broken rule: where (RFC 6901), which, where it is written, what was expected; never the value itself."""

    pointer: str
    rule: str
    section: str
    expected: str
