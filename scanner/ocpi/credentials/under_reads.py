"""A renewal while we read: no read that shows a token which is valid at that moment may fail for it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import ReadMeanwhile, RenewedUnderReads
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.ocpi.credentials.doors import Door, ask, present
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply

MOST_READS: Final = 100
_PAUSE_S: Final = 0.01
_OF_EACH: Final = 3  # reads before and after
_LONGEST_S: Final = 5.0
_NOT_SENT: Final = frozenset({Reason.BUDGET_EXHAUSTED, Reason.STOPPED, Reason.NOT_PERMITTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One read: from when to when (monotonic seconds), and what it was given (None: no answer)."""

    began: float
    ended: float
    access: Access | None


class _Reading:
    """Reads at one door, one after the other, until it is told to stop."""

    def __init__(self, ground: Ground, door: Door) -> None:
        self._ground = ground
        self._door = door
        self.goes_on = True
        self._news = asyncio.Event()
        self.reads: list[_Read] = []
        self.evidence: list[EvidenceRef] = []

    async def run(self) -> None:
        while self.goes_on and len(self.reads) < MOST_READS:
            began = time.monotonic()
            shown, book = present(self._door, self._ground.identity.name), self._ground.pending.book
            asked = await ask(self._ground.client, book, self._door, shown, "the present token, meanwhile")
            if isinstance(asked, NoReply) and asked.reason in _NOT_SENT:
                return
            access = None if isinstance(asked, NoReply) else asked.answer.access
            self.reads.append(_Read(began=began, ended=time.monotonic(), access=access))
            self._news.set()
            if not isinstance(asked, NoReply):
                self.evidence.append(asked.evidence)
            await asyncio.sleep(_PAUSE_S)

    async def came(self, number: int) -> None:
        """Wait until so many reads came to an end, and not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_S):
                while len(self.reads) < number:
                    self._news.clear()
                    await self._news.wait()


async def renew_under_reads(ground: Ground, at: Interface) -> None:
    """One renewal in one version, with a read under way before, during and after it.

    Raises: Ended where the present token is lost on the way.
    """
    reading = _Reading(ground, (*ground.doors, ground.versions)[0])
    task = asyncio.create_task(reading.run())
    try:
        await reading.came(_OF_EACH)
        sent = time.monotonic()
        done = await ground.hand_in("PUT", at, f"PUT credentials in {at.version} while we read")
        answered = time.monotonic()
        await reading.came(len(reading.reads) + 1 + _OF_EACH)  # the first of them was under way
    finally:
        reading.goes_on = False
        await task
    fact = RenewedUnderReads(
        answer=done.answer,
        answered_s=round(answered - sent, 3),
        reads=tuple(_reads(reading, sent)),
    )
    ground.pending.seen(ground.at(at, "PUT"), fact, done.evidence, *reading.evidence)
    await ground.must_live("a renewal under reads")


def _reads(reading: _Reading, sent: float) -> Iterator[ReadMeanwhile]:
    for read in reading.reads:
        yield ReadMeanwhile(
            began_s=round(read.began - sent, 3), ended_s=round(read.ended - sent, 3), access=read.access
        )
