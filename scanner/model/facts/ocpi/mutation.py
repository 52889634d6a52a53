"""What a receiver interface did with messages that were changed on purpose.

One fact an `InterfaceSubject` (version, module, receiver side, method, path form). Counts by property path and rule; no
value of an object but the scanner's own stands in an example.
"""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Expectation, Family


class Treatment(StrEnum):
    """What became of one mutant: the answer, held against what could be read back."""

    REFUSED = "refused"
    OTHER_STATUS = "refused with a status that says something else"
    IGNORED = "accepted, and nothing of it stored"
    LEFT_OUT = "accepted without the changed part"
    KEPT = "accepted, and the field that OCPI does not know kept beside the others"
    PUT_RIGHT = "accepted, and put into the right form"
    STORED = "accepted and stored"
    EVALUATED = "accepted, and its marker carried out as code"
    STORED_ELSEWHERE = "accepted, and stored under the id in the message instead of that in the URL"
    STORED_THOUGH_REFUSED = "refused, and stored all the same"
    SPOILED = "accepted, and the object cannot be read since"
    UNREAD = "accepted; nothing can be read back here"
    SERVER_ERROR = "server error"
    DROPPED = "connection dropped without an answer"
    HUNG = "no answer in time"
    CHANGED_UNANSWERED = "not answered but by an error of the server, and the object is another since"


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantExample:
    """One mutant that was treated so; `curl` is empty where a like one is kept elsewhere in the fact.

    `smallest` is the smallest message found that is treated in the same way, as text; `curl` repeats it then. None
    where nobody looked for one, or none is smaller.
    """

    mutant: str
    says: str
    http_status: int | None
    ocpi_status: int | None
    curl: str
    smallest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """How often mutants of a group were treated in one way, with the first of them."""

    treatment: Treatment
    times: int
    example: MutantExample


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantGroup:
    """The mutants of one rule at one property; `path`: JSON pointer with `*` for indexes, "" for the whole message."""

    path: str
    rule: str
    family: Family
    expectation: Expectation
    treated: tuple[Treated, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRule:
    """Mutants of one rule that were not sent, because the budget is smaller than their number.

    `decided`: OCPI says what has to become of them.
    """

    rule: str
    family: Family
    mutants: int
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantsTreated:
    """Every mutant that one way of writing one kind of object was sent, after a valid object had been proven there.

    `cut_short` says why the sending ended early. `curl` repeats the write of the valid object. `not_shrunk`: rules
    whose example may not be the smallest, because the bounds of looking for smaller ones were met.
    `crashes_unread`: what became of a message that was not answered but by an error could not be read back.
    """

    object_type: str
    sent: int
    groups: tuple[MutantGroup, ...]
    left_out: tuple[LeftOutRule, ...]
    cut_short: str | None
    curl: str
    not_shrunk: tuple[str, ...] = ()
    crashes_unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FullRefused:
    """How a valid object with every property was answered, where one without the optional ones was accepted."""

    says: str
    http_status: int | None
    ocpi_status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidObjectProven:
    """A valid object of the scanner's own was accepted, and read back as it was sent.

    `not_where_said`: no Location header led to it; it was found under its id.
    `unlike`: pointers of what came back otherwise than it was sent, without case and the form of dates and numbers.
    """

    object_type: str
    read_back: bool
    unlike: tuple[str, ...]
    curl: str
    full_refused: FullRefused | None = None
    not_where_said: bool = False
