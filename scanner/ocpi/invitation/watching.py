"""What becomes of the tokens on both sides when a registration that the target started has failed, or was taken."""

import asyncio
import time
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING, Final

from scanner.model.credential import Former, FormerCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.invited import FormerTokenAfterStart, StartTaken, StartTried
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.served import CallersToken
from scanner.ocpi.credentials.doors import CREDENTIALS, Door, ask, interfaces_of, present
from scanner.ocpi.credentials.lookout import Lookout
from scanner.ocpi.credentials.parties import parties_named
from scanner.ocpi.invitation.former import watch_former
from scanner.ocpi.invitation.host import Start
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext

if TYPE_CHECKING:  # loaded where a partner is served
    from scanner.gate.serving import Served

_IN_A_ROW: Final = 3  # refusals that settle it
_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0
_MARGIN_S: Final = 0.1
_LEFT_S: Final = 10.0  # for the last refusals
_FOR_A_CALL_S: Final = 10.0
_SENT_WITHIN_S: Final = 30.0
_OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """`doors`: the versions URL first, then the modules that the token of before opens, if it opens anything.

    `opened_before`: it opens the versions URL.
    """

    context: ProbeContext
    lookout: Lookout
    doors: tuple[Door, ...]
    server: "Served"
    allowed_s: float
    opened_before: bool
    evidence: list[EvidenceRef] = field(default_factory=list)

    async def fetch(self) -> Access | None:
        """What the versions URL gives to the token that was offered last; the platform waits for our answer."""
        return await self._access(self.doors[0], Former.OFFERED)

    async def failed(self, start: Start) -> StartTried:
        """After one that failed."""
        open_s, dies = await self._offered_dies(time.monotonic())
        return StartTried(
            way=str(start.mishap),
            looked_up=start.looked_up,
            fetched=start.fetched,
            named=start.named,
            token_lives=await self.still_lives(),
            open_s=open_s,
            dies=dies,
        )

    async def taken(self, start: Start) -> StartTaken | None:
        """After the one that was taken; None where our answer never left."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SENT_WITHIN_S):
                await self.server.taken.wait()
        if not self.server.taken.is_set():
            return None
        since = time.monotonic()
        used, bootstrap = await self._calls_since()  # until it calls it may still be about to store our answer
        await self._former_dies(since)
        works = await self.still_lives()
        return StartTaken(
            looked_up=start.looked_up,
            fetched=start.fetched,
            named=start.named,
            used=used,
            bootstrap=bootstrap,
            token_works=works,
            shows=await self._shows(),
        )

    async def still_lives(self) -> bool | None:
        """Whether the present token opens the versions URL; None where that cannot be told."""
        return await self.lives(None)

    async def lives(self, which: Former | None) -> bool | None:
        """The same of another token of the identity."""
        access = await self._access(self.doors[0], which)
        return None if access is None or access in DECIDES_NOTHING else access in _OPEN

    async def _former_dies(self, since: float) -> None:
        pending, door = self.lookout.pending, self.doors[0]
        if not self.opened_before:
            detail = f"the token that {self.lookout.identity.name} had before opened nothing, so it could not die"
            why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
            pending.missing(door.subject, (FormerTokenAfterStart,), why)
            return
        await watch_former(self.lookout, self.doors, since, self.allowed_s)

    async def _offered_dies(self, since: float) -> tuple[float | None, bool]:
        """When the offered token was let in last, in seconds, and whether it was seen refused in the end.

        At the versions URL, which opens to every token that opens anything.
        """
        last, refusals, pause_s = None, 0, _PAUSE_S
        while refusals < _IN_A_ROW:
            now_s = round(time.monotonic() - since, 2)  # when it was sent: it may have been let in at once
            access = await self._access(self.doors[0], Former.OFFERED)
            if access in _OPEN:
                last, refusals = now_s, 0
            elif access is Access.REFUSED:
                refusals += 1
            until_s = self.allowed_s + (_LEFT_S if refusals else _MARGIN_S)
            if refusals < _IN_A_ROW and (now_s > until_s or not self._has_time):
                return last, False
            await asyncio.sleep(min(pause_s, max(until_s - now_s, _PAUSE_S)))
            pause_s = _PAUSE_S if refusals else min(2 * pause_s, _LONGEST_PAUSE_S)
        return last, True

    @property
    def _has_time(self) -> bool:
        """Whether anything more could be asked."""
        endpoint = self.lookout.endpoint
        return self.context.gate.seconds_left(endpoint.versions_url, self.context.target.name) > 0

    async def _calls_since(self) -> tuple[int, int]:
        """Calls since, with the token that we answered, and with the bootstrap token; a first one is waited for."""
        calls = self.server.taken_after
        with suppress(TimeoutError):
            async with asyncio.timeout(_FOR_A_CALL_S):
                while len(self.server.calls) == calls:
                    self.server.news.clear()
                    await self.server.news.wait()
        shown = [call.token for call in self.server.calls[calls:]]
        return shown.count(CallersToken.NEWEST), shown.count(CallersToken.AGREED)

    async def _shows(self) -> tuple[str, ...] | None:
        identity = self.lookout.identity.name
        mine = [i for i in interfaces_of(self.context, self.lookout.endpoint, identity) if i.module == CREDENTIALS]
        if not mine:
            return None
        reply = await self.lookout.client.get(mine[-1].url, f"{mine[-1].name} as {identity}", mine[-1].credential)
        return None if isinstance(reply, NoReply) else parties_named(reply.data) or None

    async def _access(self, door: Door, which: Former | None) -> Access | None:
        name = self.lookout.identity.name
        former = which and FormerCredential(identity=name, which=which, encoding=door.encoding)
        what = f"the {which or 'present'} token"
        asked = await ask(self.lookout.client, self.lookout.pending.book, door, former or present(door, name), what)
        if isinstance(asked, NoReply):
            return None
        self.evidence.append(asked.evidence)
        return asked.answer.access
