"""What one identity was given of what belongs to others, counted."""

from dataclasses import dataclass, field

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.tenancy import TenancyObserved
from scanner.ocpi.reply import NoReply


@dataclass(slots=True)
class Tally:
    """What one identity was given on one subject. `unnamed`: objects in lists of owners that name none of them."""

    owners: set[str] = field(default_factory=set)
    without: set[str] = field(default_factory=set)
    examined: int = 0
    readable: int = 0
    unnamed: int = 0
    curl: str = ""
    undecided: NoReply | None = None
    evidence: set[EvidenceRef] = field(default_factory=set)

    def add(self, owner: str, examined: int, readable: int, curl: str, *evidence: EvidenceRef) -> None:
        """Count further objects; the curl line is one that showed somebody else's, if any did."""
        self.owners.add(owner)
        self.examined += examined
        self.readable += readable
        self.evidence |= set(evidence)
        if readable or not self.curl:
            self.curl = curl

    def leave_open(self, why: NoReply, *evidence: EvidenceRef) -> None:
        """One read decided nothing, so that what was kept from this identity is not known as a whole."""
        self.undecided = self.undecided or why
        self.evidence |= set(evidence)

    def nothing_of(self, owner: str, *evidence: EvidenceRef) -> None:
        """The owner has nothing here that could be kept from others."""
        self.without.add(owner)
        self.evidence |= set(evidence)

    def fact(self) -> TenancyObserved:
        """The sum."""
        return TenancyObserved(
            owners=tuple(sorted(self.owners)),
            without=tuple(sorted(self.without - self.owners)),
            examined=self.examined,
            readable=self.readable,
            curl=self.curl,
        )
