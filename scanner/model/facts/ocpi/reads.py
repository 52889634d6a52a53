"""Reads in depth: whole lists, odd questions, ids over many answers, versions that nobody advertises."""

from enum import StrEnum
from typing import Final

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.facts.ocpi.objects import SeenViolation
from scanner.model.late_dataclass import dataclass


class ChainEnd(StrEnum):
    """How following Link from page to page came to its end."""

    COMPLETE = "every page was read"
    SAMPLED = "some of the further pages were read"
    LOOP = "a Link leads back to a page that was read before"
    EMPTY_PAGE = "an empty page names a next one"
    ELSEWHERE = "a Link leads out of scope"
    UNREADABLE = "a page could not be read"
    CUT_OFF = "the budget of this probe ended it"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesFollowed:
    """A list, page by page. `steady`: X-Total-Count stayed the same, so that nothing was added meanwhile.

    `ids`: different ids seen; `repeated_ids`: how many came again on a later page. `detail` says more of the end.
    """

    pages: int
    objects: int
    total_count: int | None
    steady: bool
    ids: int
    repeated_ids: int
    end: ChainEnd
    detail: str
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedWalk:
    """One walk through a list: objects that came, and each X-Total-Count that was said (None: none was), sorted.

    `last_is_there`: where not every page was read, whether the last one that X-Total-Count tells of was full.
    """

    objects: int
    totals: tuple[int | None, ...]
    end: ChainEnd
    detail: str
    last_is_there: bool = False

    @property
    def total(self) -> int | None:
        """What X-Total-Count said all the way; None where it changed, or was not there."""
        return self.totals[0] if len(self.totals) == 1 else None

    @property
    def lacks_objects(self) -> bool:
        """True where the list was read to its end, and fewer objects came than X-Total-Count said all the way."""
        return self.end is ChainEnd.COMPLETE and self.total is not None and self.objects < self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCompared:
    """X-Total-Count beside what came; a list that lacks objects was read a second time.

    `behind`: how many came then at the offset behind all that came; None where nobody asked, or nobody could say.
    """

    walks: tuple[CountedWalk, ...]
    curl: str
    behind: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBrokenRule:
    """A semantic rule that objects break: pointer with `*` for indexes, in how many objects, one exact pointer.

    `required`: the specification says so; else it recommends it, or it follows from how fields belong together.
    """

    pointer: str
    rule: str
    section: str
    expected: str
    required: bool
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsInDepth:
    """Objects of all pages that were read. `violations` of types are those of further pages, `further` objects.

    `unread`: why not all objects were examined; empty where all were.
    """

    object_type: str
    examined: int
    further: int
    total_count: int | None
    violations: tuple[SeenViolation, ...]
    broken_rules: tuple[SeenBrokenRule, ...]
    unread: str
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTestData:
    """A property that holds a word of tests (`test`, `dummy`, ..): in how many objects, one exact pointer."""

    pointer: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsOfTests:
    """Words of tests in names and ids of served objects; the words only, never the values."""

    examined: int
    found: tuple[SeenTestData, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OddPageAnswer:
    """The answer to an odd question for a page; the path of the subject says which.

    `cap`: most objects that a page may have, by what an ordinary page said; None where it said nothing.
    `nothing_matches`: no object can match, so that a truthful page is empty.
    """

    answer: Answer
    is_list: bool
    objects: int
    cap: int | None
    nothing_matches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIdsSampled:
    """Message ids over many answers: how many had none, and how many had the id of another request."""

    answers: int
    without: int
    of_others: int
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenVersions:
    """Versions that are not advertised, asked for where the advertised ones are, with a valid token."""

    asked: tuple[str, ...]
    open: tuple[str, ...]
    undecided: tuple[str, ...]
    curl: str


READ_FACTS: Final[tuple[type, ...]] = (
    PagesFollowed,
    CountCompared,
    ObjectsInDepth,
    WordsOfTests,
    OddPageAnswer,
    MessageIdsSampled,
    HiddenVersions,
)
