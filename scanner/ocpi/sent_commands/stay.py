"""From the first command that comes to the last one, each answered in turn."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.sent_commands import CommandSent, CommandsSent
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.party import Commanded
from scanner.ocpi.appointment import out_of_time
from scanner.ocpi.reply import NoReply
from scanner.ocpi.sent_commands.answering import Answering
from scanner.ocpi.sent_commands.ids import ids_of
from scanner.ocpi.sent_commands.platform import CommandedPlatform, Received

if TYPE_CHECKING:  # loaded where a platform is served
    from scanner.gate.serving import Served

Seen = tuple[CommandsSent, tuple[EvidenceRef, ...]]


@dataclass(slots=True, kw_only=True)
class Stay:
    """Each command is waited for as long as the first one, none beyond `ends`."""

    platform: CommandedPlatform
    answering: Answering
    commanded: Commanded
    patience_s: float
    ends: datetime
    sent: list[CommandSent] = field(default_factory=list)

    async def until_the_last(self, server: "Served") -> Seen | NoReply:
        """Answer each; what was seen, or that nothing came."""
        until = max(self.commanded.at, datetime.now(UTC)) + timedelta(seconds=self.patience_s)
        while len(self.sent) < self.commanded.count and (one := await self._next(until)) is not None:
            self.sent.append(await self.answering.answer(one))
            until = datetime.now(UTC) + timedelta(seconds=self.patience_s)
        return self._seen(server) if self.sent else self._nobody_came(server)

    async def _next(self, until: datetime) -> Received | None:
        try:
            async with asyncio.timeout(max((min(until, self.ends) - datetime.now(UTC)).total_seconds(), 0)):
                return await self.platform.came.get()
        except TimeoutError:
            return None

    def _seen(self, server: "Served") -> Seen:
        context, another = self.answering.context, self.answering.another
        calls: list[JsonValue] = [
            {"at": one.received_at.isoformat(), "method": one.method, "path": one.path, "shown": one.token}
            for one in server.calls
        ]
        kept = context.evidence.store_document("calls of a platform that sends commands", context.record.witness, calls)
        fact = CommandsSent(
            wanted=self.commanded.count,
            sent=tuple(self.sent),
            ids=ids_of(self.platform.urls),
            another=another.identity if another else None,
            another_answers=self.answering.another_answers,
            out_of_time=self._is_over or self.answering.out_of_time,
        )
        return fact, (kept, *self.answering.evidence)

    @property
    def _is_over(self) -> bool:
        return datetime.now(UTC) >= self.ends

    def _nobody_came(self, server: "Served") -> NoReply:
        if self._is_over:
            return out_of_time("a command came")
        at = f"{self.commanded.at.astimezone(UTC):%H:%M:%S} UTC"
        detail = (
            f"no command was sent to us within {self.patience_s:g} s of {at}: {len(server.calls)} calls came, and none "
            "was one with the token that was handed out last"
        )
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
