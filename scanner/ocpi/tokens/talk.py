"""The requests behind one fact, as evidence; and whether the valid token is still served after them."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA, Access, Answer
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.ocpi.notes import Notebook
from scanner.ocpi.reply import NoReply, Reply

OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
SAYS_WAIT: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(slots=True)
class Talk:
    """The requests behind one fact; bodies that may hold data are left out of the evidence, but for what they say."""

    title: str
    said: list[JsonValue] = field(default_factory=list)

    def heard(self, form: str, reply: Reply) -> Answer:
        """Keep one exchange, and give what it says."""
        shown = exchange_document(reply.exchange, body=reply.access not in MAY_HOLD_DATA)
        self.said.append({"form": form, "answer": reply.answer.said(), "exchange": shown})
        return reply.answer

    def store(self, book: Notebook, more: dict[str, JsonValue] | None = None) -> EvidenceRef:
        """One document for all of them."""
        document: dict[str, JsonValue] = {"asked": list(self.said), **(more or {})}
        return book.context.evidence.store_document(self.title, book.context.record.witness, document)


def still_served(valid: Answer, after: Reply | NoReply) -> NoReply | None:
    """Why nothing more may be asked: a valid token that was served is served no longer. None where it still is."""
    if isinstance(after, NoReply):
        return NoReply(reason=after.reason, detail=f"then the valid token got no answer ({after.detail})")
    if after.access in OPEN or valid.access not in OPEN:
        return None
    said = after.answer.said()
    detail = f"the valid token got {said} right after forms of it that were not: nothing more was asked"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
