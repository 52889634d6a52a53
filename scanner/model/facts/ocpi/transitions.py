"""What a receiver interface did with steps that the lifecycle of its objects does not have, and with repeated messages.

One fact an `InterfaceSubject` (version, module, receiver side, path form, party). It holds names of steps and JSON
pointers, and no value of an object.
"""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.machines.machine import Edge, Legality


class Became(StrEnum):
    """What became of one step: the answer, held against what could be read back."""

    REFUSED = "refused, and nothing changed"
    DONE = "accepted and done"
    IGNORED = "accepted, and nothing of it done"
    DONE_THOUGH_REFUSED = "refused, and done all the same"
    UNREAD = "accepted; what became of it cannot be read back"
    REFUSED_UNREAD = "refused; that nothing changed cannot be read back"
    CRASHED = "not answered but by an error of the server, and nothing changed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """One edge of a state machine as it was tried on a throw-away object.

    `changed`: pointers that read otherwise after it. `why` says why it was not tried, and is empty where it was.
    """

    edge: str
    source: str
    target: str
    by: str
    legality: Legality
    section: str
    became: Became
    changed: tuple[str, ...] = ()
    http_status: int | None = None
    ocpi_status: int | None = None
    why: str = ""
    curl: str = ""

    @property
    def answered(self) -> str:
        """How it was answered, for people, or why it was not."""
        inner = "" if self.ocpi_status is None else f", OCPI status {self.ocpi_status}"
        return self.why or f"HTTP {self.http_status}{inner}"

    @classmethod
    def of(cls, edge: Edge, became: Became, why: str = "") -> "StepTaken":
        """What became of an edge, without what was sent for it."""
        return cls(
            edge=edge.name,
            source=edge.source,
            target=edge.target,
            by=edge.by,
            legality=edge.legality,
            section=edge.section,
            became=became,
            why=why,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionsTried:
    """Legal steps of one machine, walked first, every illegal one after them, and some that OCPI leaves open.

    `machine`: its name. `read_back`: an accepted object could be read again. `unspecified`: edges of which OCPI says
    nothing, tried or not. `cut_short` says why the trying ended early.
    """

    machine: str
    object_type: str
    read_back: bool
    steps: tuple[StepTaken, ...]
    unspecified: int
    cut_short: str | None


class Repetition(StrEnum):
    """How a message was sent again."""

    SAME_PUT = "the same PUT again"
    SAME_POST = "the same POST again"
    SAME_POST_SAME_IDS = "the same POST again, with the same X-Request-ID"
    OTHER_PUT_SAME_IDS = "another PUT with an X-Request-ID that was used before"
    OTHER_POST_SAME_IDS = "another POST with an X-Request-ID that was used before"

    @property
    def slug(self) -> str:
        """A short name, which is part of the identity of a finding: `same-post`."""
        return self.name.lower().replace("_", "-")

    @property
    def same_message(self) -> bool:
        """True where the message is the one before, False where only its ids are."""
        return self in {Repetition.SAME_PUT, Repetition.SAME_POST, Repetition.SAME_POST_SAME_IDS}


class RepeatEffect(StrEnum):
    """What a repeated message, or one with ids that were used before, did."""

    ONCE = "accepted, and there is one object as before"
    REFUSED = "refused, and there is one object as before"
    TWICE = "a second object came to be"
    CHANGED = "the object changed"
    TAKEN = "taken as a message of its own"
    SWALLOWED = "answered as a success, and not taken"
    UNREAD = "what it did cannot be read back"
    CRASHED = "not answered but by an error of the server"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One repetition; `changed`: pointers that read otherwise after it; `why`: why it was not tried."""

    repetition: Repetition
    effect: RepeatEffect
    changed: tuple[str, ...] = ()
    http_status: int | None = None
    ocpi_status: int | None = None
    why: str = ""
    curl: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepetitionsTried:
    """Every repetition that makes sense at one interface, on throw-away objects that were accepted there."""

    object_type: str
    repeated: tuple[Repeated, ...]
    cut_short: str | None
