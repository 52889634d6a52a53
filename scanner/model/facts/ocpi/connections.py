"""What a receiver interface made of messages that did not arrive whole, and of messages that arrived together.

One fact an `InterfaceSubject` (version, module, receiver side, path form, party). It holds JSON pointers, and no value
of an object.
"""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Disturbance(StrEnum):
    """What happened to the connection while a valid object was being sent."""

    AFTER_HEADERS = "cut after the headers"
    IN_BODY = "cut in the middle of the body"
    VANISHED = "gone in the middle of the body, without close_notify"
    BEHIND_OBJECT = "cut behind the object, before the declared length was reached"
    HALF_CLOSED = "half-closed in the middle of the body"
    HALF_CLOSED_BEHIND = "half-closed behind the object, before the declared length was reached"
    SHORTER = "declared shorter than it was"
    BEFORE_ANSWER = "whole, and cut before the answer"

    @property
    def slug(self) -> str:
        """A short name, which is part of the identity of a finding: `in-body`."""
        return self.name.lower().replace("_", "-")

    @property
    def whole(self) -> bool:
        """True where the message arrived whole, so that it may have been taken."""
        return self is Disturbance.BEFORE_ANSWER


class Left(StrEnum):
    """What a message that was not whole left behind."""

    NOTHING = "nothing"
    OBJECT = "an object"
    UNREAD = "what it left cannot be read back"
    NOT_TRIED = "not tried"


class Returned(StrEnum):
    """What became of the whole message when it was sent again, under the ids that it had."""

    ONCE = "accepted, and there is the one object that was sent"
    REFUSED = "refused"
    OTHER = "accepted, and the object reads otherwise than it was sent"
    TWICE = "accepted, and each further time makes another object"
    UNREAD = "accepted; the object cannot be read back"
    REFUSED_UNREAD = "refused; whether the first one is there cannot be read back"
    FAILED = "not answered but by an error of the server"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbed:
    """One disturbance on an object of its own; statuses are those of the whole message after it.

    `answered`: HTTP status of the disturbed message, where an answer was waited for and came.
    """

    disturbance: Disturbance
    left: Left
    returned: Returned
    answered: int | None = None
    http_status: int | None = None
    ocpi_status: int | None = None
    changed: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisturbancesTried:
    """Every disturbance that makes sense here, after a whole object was accepted and (`read_back`) read again."""

    object_type: str
    read_back: bool
    disturbed: tuple[Disturbed, ...]
    cut_short: str | None


class Race(StrEnum):
    """Messages that are under way at the same time, about one object, or (`CHURN`) about several."""

    PUTS = "PUTs of one object, each newer than the one before"
    PATCHES = "PATCHes of different properties of one object"
    POSTS = "the same POST several times"
    CHURN = "several objects, each made and changed again and again"

    @property
    def slug(self) -> str:
        """A short name, which is part of the identity of a finding: `puts`."""
        return self.name.lower()


class Ended(StrEnum):
    """What there was when all of them had been answered."""

    SERIAL = "what one after the other would have left"
    OLDER = "an older message than the newest that was accepted"
    MIXED = "an object that no accepted message sent"
    LOST = "an accepted message is not in it"
    TWICE = "more than one object"
    GONE = "no object"
    CROSSED = "an object that holds what was sent of another one"
    NONE_ACCEPTED = "none was accepted"
    APART = "they were never under way at the same time"
    UNREAD = "what there was cannot be read back"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raced:
    """One race: how many messages took part, how many were accepted, and the pointers that read otherwise."""

    race: Race
    ended: Ended
    sent: int = 0
    accepted: int = 0
    errors: int = 0
    changed: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RacesTried:
    """Every race that makes sense here, several rounds each; of the rounds, the worst is told."""

    object_type: str
    raced: tuple[Raced, ...]
    cut_short: str | None


CONNECTION_FACTS = (DisturbancesTried, RacesTried)
