"""Our results of the commands that came: of the first again, of the second by others first, of the third late."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from scanner.gate.documents import exchange_document, failure_document
from scanner.gate.policy import origin_of
from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.evidence import EvidenceRef
from scanner.model.exchange import Exchange, Refused
from scanner.model.facts.ocpi.commands import Asked
from scanner.model.facts.ocpi.sent_commands import CommandSent, ResultUrl
from scanner.model.intent import HttpIntent
from scanner.model.target import Endpoint
from scanner.ocpi.commands.answer import asked
from scanner.ocpi.message_ids import MessageIds
from scanner.ocpi.sent_commands.platform import Received
from scanner.ocpi.writing.surface import JSON, as_bytes
from scanner.probe import ProbeContext

_DONE: Final = "ACCEPTED"
_ANOTHER_RESULT: Final = "FAILED"
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Answering:
    """`own` and `another`: credentials of who is commanded, and of who answers beside it (None: nobody does).

    `another_answers`: it is a CPO.
    `late_after_s`: since the command came; `pause` waits for what is left of that, unless that would be after `ends`.
    """

    context: ProbeContext
    endpoint: Endpoint
    own: IdentityCredential
    another: IdentityCredential | None
    another_answers: bool
    probe: str
    ids: Random
    late_after_s: float
    ends: datetime
    pause: Pause = asyncio.sleep
    evidence: list[EvidenceRef] = field(default_factory=list)
    out_of_time: bool = False

    async def answer(self, one: Received) -> CommandSent:
        """All results of one command, in turn."""
        said = CommandSent(command=one.command, url=self._leads(one.url), timeout_s=one.timeout_s)
        if said.url is not ResultUrl.OWN:
            return said
        match one.number:
            case 0:
                rightly = await self._post(one, _DONE, self.own)
                again = await self._post(one, _ANOTHER_RESULT, self.own, "once more")
                return replace(said, rightly=rightly, again=again)
            case 1:
                return await self._by_others(one, said)
            case 2:
                left_s = max(self.late_after_s - (time.monotonic() - one.at), 0)
                if datetime.now(UTC) + timedelta(seconds=left_s) >= self.ends:
                    self.out_of_time = True
                    return said
                await self.pause(left_s)
                after_s = round(time.monotonic() - one.at, 1)
                return replace(said, late=await self._post(one, _DONE, self.own, "late"), late_after_s=after_s)
            case _:
                return replace(said, rightly=await self._post(one, _DONE, self.own))

    async def _by_others(self, one: Received, said: CommandSent) -> CommandSent:
        other = self.another
        return replace(
            said,
            by_another=await self._post(one, _ANOTHER_RESULT, other, "as another partner") if other else None,
            without_token=await self._post(one, _ANOTHER_RESULT, None, "without a token"),
            rightly=await self._post(one, _DONE, self.own),
        )

    def _leads(self, url: str) -> ResultUrl:
        origin = origin_of(url)
        if origin is None:
            return ResultUrl.UNREADABLE
        if origin.scheme != "https":
            return ResultUrl.PLAINTEXT
        known = origin in {self.endpoint.origin, *self.endpoint.allow_hosts}
        return ResultUrl.OWN if known else ResultUrl.ELSEWHERE

    async def _post(self, one: Received, result: str, speaker: IdentityCredential | None, how: str = "") -> Asked:
        intent = HttpIntent(
            effect=Effect.ACTUATE,
            environment=self.context.target.name,
            probe=self.probe,
            purpose=f"the result of {one.command}, which the platform sent us{f', {how}' if how else ''}",
            identity=(speaker or self.own).identity,
            method="POST",
            url=one.url,
            credential=speaker,
            headers={**MessageIds.new(self.ids).headers, "Content-Type": JSON},
            body=as_bytes({"result": result}),
            module="commands",
            answers_command=True,
        )
        outcome = await self.context.gate.http(intent)
        if not isinstance(outcome, Refused):
            document = exchange_document(outcome) if isinstance(outcome, Exchange) else failure_document(outcome)
            witness = self.context.record.witness
            self.evidence.append(self.context.evidence.store_document(intent.purpose, witness, document))
        return asked(one.command, outcome, result=True)
