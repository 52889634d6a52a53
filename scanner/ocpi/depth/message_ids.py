"""Message ids over many answers: each must be that of its own request."""

from dataclasses import dataclass, field
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.reads import MessageIdsSampled
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import Reply

_MOST_KEPT: Final = 5
_HEADERS: Final = ("X-Request-ID", "X-Correlation-ID")


@dataclass(slots=True)
class MessageIds:
    """Counts answers whose ids are those of other requests of ours, as from a cache or another thread."""

    _sent: set[str] = field(default_factory=set)
    _answers: int = 0
    _without: int = 0
    _of_others: int = 0
    _curl: str = ""
    evidence: list[EvidenceRef] = field(default_factory=list)

    def add(self, reply: Reply, evidence: EvidenceRef | None = None) -> None:
        """One answer, in the order of sending."""
        sent = {name.lower(): value for name, value in reply.exchange.request_headers}
        given = {name: reply.exchange.header(name) for name in _HEADERS}
        own = {sent.get(name.lower()) for name in _HEADERS}
        other = any(value in self._sent and value not in own for value in given.values() if value)
        self._sent |= {value for value in own if value}
        self._answers += 1
        self._without += not all(given.values())
        self._of_others += other
        if evidence is not None and (other or not self.evidence):
            self.evidence = [*self.evidence, evidence][:_MOST_KEPT]
        if other or not self._curl:
            self._curl = repeat_line(reply.exchange)

    def fact(self) -> MessageIdsSampled | None:
        """The counts; None where nothing answered."""
        if not self._answers:
            return None
        return MessageIdsSampled(
            answers=self._answers, without=self._without, of_others=self._of_others, curl=self._curl
        )
