"""One load with a good partner before it, beside it and after it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from scanner.model.burst import BurstIntent, BurstSent
from scanner.model.exchange import Failed, Refused
from scanner.model.facts.ocpi.stress import Crowd, GoodPartner, LoadSeen
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.ocpi.reply import NoReply, no_reply
from scanner.ocpi.stress.bodies import read_back
from scanner.ocpi.stress.counting import crowd, curve, is_answer, is_throttled
from scanner.ocpi.stress.loads import LoadPlan
from scanner.ocpi.stress.pace import CONNECTIONS_FOR_GOOD, Pace, Rates
from scanner.ocpi.stress.partners import Partner
from scanner.probe import ProbeContext

_SOUND: Final = 0.9  # of the good requests before a load
_IN_A_ROW: Final = 3  # answers after which somebody is served again
_TRY_S: Final = 1.0
_MAY_NOT_WRITE: Final = "no disposable identity that reads a list here may also write an object of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What was done to the platform meanwhile, and what the good partner had of it before and during."""

    before: BurstSent
    during: BurstSent


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """The two partners at one platform. `curl` repeats a good request."""

    context: ProbeContext
    loader: Partner
    good: Partner
    rates: Rates
    pace: Pace
    curl: str

    async def look(self, plan: LoadPlan) -> LoadSeen | NoReply:
        """One load; `NoReply` where nothing could be told from it."""
        if plan.writes and self.loader.surface is None:
            return NoReply(reason=Reason.NOT_PERMITTED, detail=_MAY_NOT_WRITE)
        seen = await self._look(plan)
        if plan.writes and self.loader.surface is not None and isinstance(seen, LoadSeen):
            await read_back(self.context, self.loader.surface)
        return seen

    async def _look(self, plan: LoadPlan) -> LoadSeen | NoReply:
        sent: list[BurstSent | Failed | Refused] = []

        async def load() -> None:
            sent.append(await self.send(plan))

        beside = await self.beside(load, self.pace.during_s)
        if isinstance(beside, NoReply):
            return beside
        loaded = sent[0]
        if not isinstance(loaded, BurstSent):
            return no_reply(loaded, plan.what)
        ended = time.monotonic()
        again, tries = await self._served_again(ended)
        after = await self.good_ones(self.pace.after_s)
        if isinstance(after, NoReply):
            return after
        return self._seen(plan, loaded, beside, again, (after, *tries), time.monotonic() - ended)

    async def beside(self, doing: Callable[[], Awaitable[None]], seconds: float) -> Beside | NoReply:
        """Do something while the good partner goes on asking, provided that it is served at all."""
        before = await self.good_ones(self.pace.before_s)
        if isinstance(before, NoReply):
            return before
        served = crowd(before)
        if served.answered < _SOUND * served.asked or not served.answered:
            detail = (
                f"{served.answered} of {served.asked} requests of {self.good.identity} were answered before anything"
            )
            return NoReply(
                reason=Reason.CONTROL_FAILED, detail=f"{detail} was sent, so nothing can be told from a load"
            )
        during, _ = await asyncio.gather(self.good_ones(seconds, per_second=self.rates.beside(seconds)), doing())
        return during if isinstance(during, NoReply) else Beside(before=before, during=during)

    async def send(self, plan: LoadPlan) -> BurstSent | Failed | Refused:
        """The load itself."""
        rate = plan.per_second(self.rates, self.loader.agreed)
        intent = BurstIntent(
            requests=plan.requests(self.context, self.loader),
            per_second=rate,
            seconds=self.pace.during_s,
            at_most=max(1, round(rate * self.pace.during_s)),
            connections=self.rates.connections,
            reconnect=plan.reconnect,
        )
        return await self.context.gate.burst(intent)

    async def good_ones(
        self, seconds: float, partner: Partner | None = None, per_second: float | None = None
    ) -> BurstSent | NoReply:
        """Ordinary requests of the good partner, at its quiet rate."""
        asked: tuple[HttpIntent, ...] = ((partner or self.good).ask(self.context, "the good partner's own requests"),)
        rate = per_second or self.rates.good
        intent = BurstIntent(
            requests=asked,
            per_second=rate,
            seconds=seconds,
            at_most=max(1, round(rate * seconds)),
            connections=CONNECTIONS_FOR_GOOD,
            stop_on_trouble=False,
        )
        outcome = await self.context.gate.burst(intent)
        return outcome if isinstance(outcome, BurstSent) else no_reply(outcome, "the good partner's own requests")

    async def _served_again(self, ended: float) -> tuple[float | None, list[BurstSent]]:
        """Seconds until who had sent the load is served several times in a row, and what was asked meanwhile."""
        tries: list[BurstSent] = []
        row: list[float] = []
        try_s = max(min(_TRY_S, self.pace.after_s), 1 / self.rates.good)
        while (begun := time.monotonic()) - ended < self.pace.recovery_s:
            sent = await self.good_ones(try_s, self.loader)
            if isinstance(sent, NoReply):
                break
            tries.append(sent)
            for sample in sent.samples:
                row = [*row, max(0.0, sent.began + sample.at_s - ended)] if is_answer(sample) else []
                if len(row) == _IN_A_ROW:
                    return round(row[0], 2), tries
            await asyncio.sleep(begun + try_s - time.monotonic())  # the last request of a try is due before its end
        return None, tries

    def _seen(
        self,
        plan: LoadPlan,
        load: BurstSent,
        beside: Beside,
        again: float | None,
        later: tuple[BurstSent, ...],
        watched_s: float,
    ) -> LoadSeen:
        agreed, good = self.loader.agreed, (beside.before, beside.during, later[0])
        return plan.fact(
            what=plan.what,
            per_second=round(plan.per_second(self.rates, agreed), 1),
            seconds=self.pace.during_s,
            agreed=agreed,
            load=crowd(load),
            good=self.told(beside, crowd(later[0])),
            first_throttled_s=next((round(s.at_s, 2) for s in load.samples if is_throttled(s)), None),
            recovered_after_s=again,
            watched_s=round(watched_s, 1),
            bytes_received=load.bytes_received,
            stopped=load.stopped,
            curve=curve((load,), good, load.began),
            curl=self.curl,
        )

    def told(self, beside: Beside, after: Crowd) -> GoodPartner:
        """The good partner in all phases."""
        return GoodPartner(
            identity=self.good.identity,
            apart=self.good.identity != self.loader.identity,
            before=crowd(beside.before),
            during=crowd(beside.during),
            after=after,
        )
