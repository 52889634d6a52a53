"""What the target makes of lists that a partner of ours sends, when it comes and pulls them. No object stands in it."""

from enum import StrEnum

from scanner.model.facts.ocpi.credentials import Reacted
from scanner.model.late_dataclass import dataclass


class Trick(StrEnum):
    """What is wrong with a list."""

    NOTHING = "is sound"
    BAD_OBJECT = "has an object that is not of its type beside a sound one"
    LOOP = "has a page whose Link leads to that same page"
    ENDLESS = "has page after page, always with the same object, and a total of a million"
    LINK_AWAY = "has a Link to another origin"
    LINK_INWARD = "has a Link to an inward address"
    OUTAGE = "cannot be had for a moment, with Retry-After, and then can"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One list, and what the target did with it.

    `answer`: to the credentials that led it there. `asked`: requests for pages; `beyond`: those in a row for pages
    after the first; `cut_short`: it still asked when we stopped looking; `after_outage`: those since the list could be
    had again. `too_soon`: requests that came before the time that Retry-After had named. `elsewhere`: connections to
    where the Link leads; `strangers`: from addresses that did not pull. `sound_kept`, `bad_kept`: whether the objects
    can be read back (None: nobody could tell). `followed_all`: it followed Links up to our own bound.
    """

    trick: Trick
    answer: Reacted
    asked: int = 0
    beyond: int = 0
    cut_short: bool = False
    after_outage: int = 0
    too_soon: int = 0
    elsewhere: int = 0
    strangers: int = 0
    sound_kept: bool | None = None
    bad_kept: bool | None = None
    followed_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotShown:
    """A list that could not be shown, and why."""

    trick: Trick
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsPulled:
    """All lists, the sound one first; `left_out`: those that the configuration lacks something for.

    `broken_off`: those that went wrong on our side.

    `second_called`: the listener that a Link should not lead to was called where a sound partner named it.
    """

    control: Pulled
    played: tuple[Pulled, ...]
    second_called: bool
    left_out: tuple[NotShown, ...] = ()
    broken_off: tuple[NotShown, ...] = ()


PULL_FACTS: tuple[type, ...] = (ListsPulled,)
