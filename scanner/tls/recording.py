"""Put what was read on record: the fact, or why there is none."""

from collections.abc import Callable
from typing import Final

from scanner.gate.documents import exchange_document, failure_document
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Failed, HttpOutcome, Refused
from scanner.model.subject import Subject
from scanner.model.witness import Witness
from scanner.probe import ProbeContext
from scanner.tls.sslyze_document import NoAnswer

PROBE: Final = "tls"


def record_reading(
    context: ProbeContext, subject: Subject, kind: type, read: Callable[[], object], evidence: tuple[EvidenceRef, ...]
) -> None:
    """Record what `read` gives; a NoAnswer becomes Unavailable."""
    try:
        fact = read()
    except NoAnswer as none:
        context.record.unavailable(subject, kind, none.reason, none.detail, *evidence)
    else:
        context.record.seen(subject, fact, *evidence)


def outcome_evidence(context: ProbeContext, title: str, outcome: HttpOutcome) -> tuple[EvidenceRef, ...]:
    """The exchange or the failure as stored evidence; nothing where nothing was sent."""
    match outcome:
        case Exchange():
            return (context.evidence.store_document(title, Witness.TLS, exchange_document(outcome)),)
        case Failed():
            return (context.evidence.store_document(title, Witness.TLS, failure_document(outcome)),)
        case Refused():
            return ()
