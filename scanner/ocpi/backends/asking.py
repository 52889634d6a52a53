"""One GET of a list, timed; an answer that does not come, or is none of OCPI, is what is looked for here."""

import random
import time
from typing import Final

from scanner.gate.documents import exchange_document, failure_document
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Failed, FailureKind, Refused
from scanner.model.facts.ocpi.backends import Asked
from scanner.model.intent import HttpIntent
from scanner.model.ocpi.specification import specification
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.objects import validated
from scanner.ocpi.pagination import next_link
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, no_reply, read_reply
from scanner.ocpi.version_lists import version_with_data
from scanner.probe import ProbeContext

PROBE: Final = "ocpi-backends"
_LONGEST_COUNT: Final = 9  # digits


class Asking:
    """Of one probe; `patience_s` is how long an answer may take. `evidence` grows."""

    def __init__(self, context: ProbeContext, patience_s: float) -> None:
        self._context = context
        self._patience_s = patience_s
        self._random = random.Random(f"{context.seed}/{PROBE}")  # noqa: S311 - ids, not secrets
        self.evidence: list[EvidenceRef] = []

    async def ask(self, interface: Interface, why: str) -> Asked | NoReply:
        """The first page; why it was not asked for."""
        wanted = f"{interface.name}, {why}"
        begun = time.monotonic()
        outcome = await self._context.gate.http(self._intent(interface, wanted))
        if isinstance(outcome, Refused):
            return no_reply(outcome, wanted)
        self._keep(wanted, outcome)
        if isinstance(outcome, Failed):
            curl = f"curl --include '{outcome.url}'"
            ended = None if outcome.kind is FailureKind.TIMEOUT else str(outcome.kind)
            return Asked(seconds=round(time.monotonic() - begun, 2), ended=ended, curl=curl)
        return heard(interface, outcome)

    def _intent(self, interface: Interface, wanted: str) -> HttpIntent:
        return HttpIntent(
            effect=Effect.READ,
            environment=self._context.target.name,
            probe=PROBE,
            purpose=wanted,
            identity=interface.credential.identity,
            method="GET",
            url=interface.url,
            credential=interface.credential,
            headers=MessageIds.new(self._random).headers,
            patient=False,
            expects_errors=True,
            timeout_s=min(self._patience_s, self._context.target.limits.timeout_s),
        )

    def _keep(self, wanted: str, outcome: Exchange | Failed) -> None:
        """Without bodies: they hold drivers and partners."""
        if isinstance(outcome, Exchange):
            document = exchange_document(outcome, body=False)
        else:
            document = failure_document(outcome)
        self.evidence.append(self._context.evidence.store_document(wanted, self._context.record.witness, document))


def heard(interface: Interface, exchange: Exchange) -> Asked:
    """What the answer to a GET of a list shows of its module."""
    reply = read_reply(exchange, 0)
    version = version_with_data(interface.version)
    module = specification(version).modules.get(interface.module)
    line = repeat_line(exchange)
    checked = validated(version, module.object or "" if module else "", reply.objects, line)
    total = _number(exchange, "X-Total-Count")
    due = total if next_link(exchange) is None else None  # X-Limit is a bound, no promise: a page may be shorter
    return Asked(
        seconds=round(exchange.elapsed_s, 2),
        http_status=exchange.status,
        ocpi_status=reply.ocpi_status,
        objects=len(reply.objects),
        total=total,
        limit=_number(exchange, "X-Limit"),
        is_cut=exchange.truncated,
        left_out=max(0, (due or 0) - len(reply.objects)),
        violations=checked.violations,
        curl=line,
    )


def _number(exchange: Exchange, header: str) -> int | None:
    count = exchange.header(header) or ""
    return int(count) if count.isascii() and count.isdigit() and len(count) <= _LONGEST_COUNT else None
