"""Which doors a token opens, before it is given up or instead of the one that was."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Answer
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.credentials.doors import Asked, Door, ask, present
from scanner.ocpi.credentials.pending import Pending
from scanner.ocpi.reply import NoReply


class Asking(Protocol):
    """As whom and through what a door is asked."""

    @property
    def identity(self) -> Identity:
        """Whose token it is."""
        ...

    @property
    def client(self) -> OcpiClient:
        """Sends the reads."""
        ...

    @property
    def pending(self) -> Pending:
        """Takes the facts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """A door that the present token opens, which shows that a refusal there means the token."""

    door: Door
    answer: Answer
    evidence: EvidenceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDoor:
    """A door that the present token was not seen to open."""

    door: Door
    asked: Asked | NoReply

    @property
    def why(self) -> NoReply:
        """What was seen instead."""
        if isinstance(self.asked, NoReply):
            return self.asked
        said = f"{self.door.name} with the present token was {self.asked.answer.said()}"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=said)

    @property
    def evidence(self) -> tuple[EvidenceRef, ...]:
        """The answer, if there was one."""
        return () if isinstance(self.asked, NoReply) else (self.asked.evidence,)

    @property
    def is_refused(self) -> bool:
        """True where the token opens nothing there; False where that cannot be told."""
        return not isinstance(self.asked, NoReply) and self.asked.answer.access not in DECIDES_NOTHING


async def open_doors(asking: Asking, doors: Sequence[Door]) -> tuple[tuple[OpenDoor, ...], tuple[ClosedDoor, ...]]:
    """Which of the doors the present token opens, and the others."""
    opened, closed = [], []
    for door in doors:
        token = present(door, asking.identity.name)
        asked = await ask(asking.client, asking.pending.book, door, token, "the present token")
        if not isinstance(asked, NoReply) and asked.is_open:
            opened.append(OpenDoor(door=door, answer=asked.answer, evidence=asked.evidence))
        else:
            closed.append(ClosedDoor(door=door, asked=asked))
    return tuple(opened), tuple(closed)


def unlooked(asking: Asking, kind: type, closed: Iterable[ClosedDoor]) -> None:
    """Record that nothing is known of the doors that did not even refuse the token: those that did are none of its."""
    for one in closed:
        if not one.is_refused:
            asking.pending.missing(one.door.subject, (kind,), one.why, *one.evidence)
