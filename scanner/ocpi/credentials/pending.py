"""What a scenario is to bring, and has not brought yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.model.evidence import EvidenceRef
from scanner.model.subject import Subject
from scanner.ocpi.notes import Notebook
from scanner.ocpi.reply import NoReply

Wanted = tuple[Subject, type]


@dataclass(slots=True)
class Pending:
    """The facts that a scenario is to bring; what it did not come to is recorded as missing, with one reason."""

    book: Notebook
    open: dict[Wanted, None] = field(default_factory=dict)

    def expect(self, subject: Subject, *kinds: type) -> None:
        """A fact of each kind is wanted of this subject."""
        self.open |= dict.fromkeys((subject, kind) for kind in kinds)

    def seen(self, subject: Subject, fact: object, *evidence: EvidenceRef) -> None:
        """Record one."""
        self.open.pop((subject, type(fact)), None)
        self.book.seen(subject, fact, *dict.fromkeys(evidence))

    def missing(self, subject: Subject, kinds: Iterable[type], why: NoReply, *evidence: EvidenceRef) -> None:
        """Record that some cannot be had."""
        for kind in kinds:
            self.open.pop((subject, kind), None)
            self.book.missing(subject, (kind,), why, *dict.fromkeys(evidence))

    def give_up(self, why: NoReply) -> None:
        """Record all that is still wanted as missing."""
        for subject, kind in tuple(self.open):
            self.missing(subject, (kind,), why)
