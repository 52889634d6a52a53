"""A session at a named EVSE, begun and ended by commands: one at a time, by its own eMSP alone, and ended once.

Whatever happens on the way, what was begun is stopped; what cannot be seen to end stays in the journal for `cleanup`.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Final

from scanner.model.facts.ocpi.requests import StartedSessionSeen
from scanner.model.facts.ocpi.transitions import Became, StepTaken
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.party import Party
from scanner.ocpi.callbacks.commands import Command, Commanding, Start
from scanner.ocpi.reply import NoReply
from scanner.ocpi.requests.as_started import differing
from scanner.ocpi.requests.begun_session import Begun, Unread, every, look, look_until
from scanner.ocpi.requests.repeated_start import begun_after, others_begun, stop_others
from scanner.ocpi.requests.requester import Request, Requester
from scanner.ocpi.requests.session_leftover import Emsp, session_of
from scanner.ocpi.requests.standing_sessions import StandingSessions

MOST: Final = 20  # commands, with those that stop what should not have begun
MOST_LOOKS: Final = 180  # GETs of the list of sessions, where it is one page
LEAST_REQUESTS: Final = MOST + MOST_LOOKS  # of the run that have to be left
_SETTLED_S: Final = 5.0  # for what should not have happened to show
_NOTHING_DONE: Final = frozenset({Became.REFUSED, Became.NOT_TRIED})
_OBEYED: Final = frozenset({Became.DONE, Became.UNREAD})  # as its answer said, or did not deny
_CLIENT_ERRORS: Final = range(400, 500)  # RFC 9110, 15.5
_NOBODY: Final = "needs a second disposable eMSP identity that the platform offers commands and sessions to"
_BEGUN_AGAIN: Final = "another session with the same token goes on after the first had ended"
_GOES_ON: Final = "the session was not seen to end"
_ENDED_BEFORE: Final = "the other partner had stopped it"
_ENDED_BY_ITSELF: Final = "the session had ended by itself"
_NO_TIME: Final = "too little of the run is left to stop what would begin"


@dataclass(slots=True, kw_only=True)
class RemoteSessions:
    """`own` starts and stops; `other` tries to stop what is not its own.

    `patience_s`: for a session to be listed; `ends_within_s`: for one that was stopped to be over.
    """

    requester: Requester
    commanding: Commanding
    own: Emsp
    other: Emsp | None
    patience_s: float
    ends_within_s: float
    _standing: StandingSessions = field(init=False)  # what has to be stopped
    _other_answered: Became = Became.NOT_TRIED
    _ended_by_other: bool = False
    _listed_s: float = 0.0  # how long the platform took to list the first one
    _may_begin_again: bool = False  # the repeated command was not refused

    def __post_init__(self) -> None:
        """Nothing stands yet."""
        gate, probe = self.requester.context.gate, self.requester.probe
        self._standing = StandingSessions(gate=gate, probe=probe, own=self.own)

    async def walk(self) -> StartedSessionSeen | NoReply:
        """The session that was begun and stopped; why none was."""
        try:
            return await self._walked()
        finally:
            await self._standing.end_all(self._settled_s)

    async def _walked(self) -> StartedSessionSeen | NoReply:
        start, at = self.commanding.start(), self.requester.platform.fresh_url()
        left = self._leftover(start, self.own)
        if await self._begin("start", start, left, at=at) is not Became.DONE:
            return _missing(
                f"START_SESSION at the named EVSE did not begin a session as it should ({self._why('start')})"
            )
        gate, probe, started = self.requester.context.gate, self.requester.probe, time.monotonic()
        begun = await look_until(gate, left, probe, self._standing.within(self.patience_s), over=False)
        self._listed_s = time.monotonic() - started
        if not isinstance(begun, Begun):
            said = begun.why if begun else "the Charge Point took the command, and the platform lists no session of it"
            return _missing(f"{said}: has a car to be plugged in?")
        unlike = differing(begun.document, start.command.body)
        if not await self._repeated(self._request("start-repeated", start.command, self.own, at=at), begun, left):
            return self._seen(begun, unlike, stopped=False, after_s=0.0)
        await self._second()
        await self._by_another(begun, left)
        seen = await self._stopped(begun, left, unlike)
        await self._foreign()
        return seen

    async def _repeated(self, request: Request, begun: Begun, left: Leftover) -> bool:
        """The command once more, word for word; False where what it began goes on.

        However it is answered (who knows it again may say what it said before), the list tells what came of it.
        """
        edge, gate, probe = request.edge, self.requester.context.gate, self.requester.probe
        if not self._standing.has_time:
            self.requester.not_tried(edge, _NO_TIME)
            return True
        became = await self.requester.ask(replace(request, leaves=self._standing.seen_by(left)), self._settled_s)
        if became is Became.NOT_TRIED:
            return True
        self._may_begin_again = became is not Became.REFUSED
        within_s = self._standing.within(self._settled_s + self._listed_s) if self._may_begin_again else 0.0
        others = await others_begun(gate, left, begun.session_id, probe, within_s)
        if isinstance(others, Unread):
            self.requester.mend(edge, Became.REFUSED_UNREAD, others.why)
            return True
        if not others:
            self.requester.mend(edge, Became.REFUSED if became in _OBEYED else became)
            return True
        self.requester.mend(edge, Became.DONE, f"{1 + len(others)} sessions with the same token are listed")
        return await stop_others(gate, left, begun.session_id, probe, self._settled_s)

    async def _second(self) -> None:
        if not self._standing.has_time:
            self.requester.not_tried("start-occupied", _NO_TIME)
            return
        start = self.commanding.start()
        left = self._leftover(start, self.own)
        if await self._begin("start-occupied", start, left) not in _NOTHING_DONE:
            await self._standing.end(left, self._settled_s)

    async def _by_another(self, begun: Begun, left: Leftover) -> None:
        if self.other is None:
            self.requester.not_tried("stop-of-other", _NOBODY)
            return
        request = self._stop("stop-of-other", begun, left, self.other)
        became = await self.requester.ask(request, min(1.0, self.patience_s))
        self._other_answered = became
        if became in {Became.NOT_TRIED, Became.CRASHED, Became.REFUSED_UNREAD}:
            return
        within_s = 0.0 if became is Became.REFUSED else self._settled_s
        seen = await look_until(self.requester.context.gate, left, self.requester.probe, within_s, over=True)
        if isinstance(seen, Begun):
            self._ended_by_other = (await self._first(seen, begun, left)).is_over
            self.requester.mend("stop-of-other", Became.DONE if self._ended_by_other else Became.REFUSED)
            if self._ended_by_other and not await self._begins_again(left):
                self._standing.gone(left)

    async def _stopped(self, begun: Begun, left: Leftover, unlike: tuple[str, ...]) -> StartedSessionSeen:
        """Stop it, look until it is over, and stop it again."""
        if self._ended_by_other:
            self.requester.not_tried("stop", _ENDED_BEFORE)
            self.requester.not_tried("stop-ended", _ENDED_BEFORE)
            return self._seen(begun, unlike, stopped=False, after_s=0.0)
        began = time.monotonic()
        became = await self.requester.ask(self._stop("stop", begun, left, self.own))
        gate, probe = self.requester.context.gate, self.requester.probe
        within_s = 0.0 if became in _NOTHING_DONE else self.ends_within_s
        seen = await look_until(gate, left, probe, within_s, over=True)
        last, after_s = await self._first(seen, begun, left), time.monotonic() - began
        self._judge_the_other(became, after_s, is_over=last.is_over)
        if last.is_over:
            if not await self._begins_again(left):
                self._standing.gone(left)
            await self.requester.ask(self._stop("stop-ended", last, left, self.own))
        else:
            self.requester.not_tried("stop-ended", _GOES_ON)
        return self._seen(last, unlike, stopped=became is Became.DONE, after_s=after_s)

    async def _first(self, seen: Begun | Unread | None, begun: Begun, left: Leftover) -> Begun:
        """The session that was stopped, where another one with its mark goes on beside it."""
        if not isinstance(seen, Begun):
            return begun
        if seen.is_over or seen.session_id == begun.session_id:
            return seen
        listed = await every(self.requester.context.gate, left, self.requester.probe)
        same = () if isinstance(listed, Unread) else (one for one in listed if one.session_id == begun.session_id)
        return next(iter(same), seen)

    async def _begins_again(self, left: Leftover) -> bool:
        """Whether the repeated command waited for the Charge Point to be free, or nobody can tell: ended at the end."""
        gate, probe = self.requester.context.gate, self.requester.probe
        within_s = self._standing.within(self._settled_s + self._listed_s) if self._may_begin_again else 0.0
        again = await begun_after(gate, left, probe, within_s)
        if isinstance(again, Unread):
            self.requester.mend("start-repeated", Became.REFUSED_UNREAD, again.why)
        elif again is not None:
            became = Became.DONE if self._may_begin_again else Became.DONE_THOUGH_REFUSED
            self.requester.mend("start-repeated", became, _BEGUN_AGAIN)
        return again is not None

    def _judge_the_other(self, became: Became, after_s: float, *, is_over: bool) -> None:
        """What our own stop shows of the one before it, which may have been as slow, and of a session that was over."""
        taken = self._other_answered in {Became.DONE, Became.UNREAD}
        if became is Became.REFUSED and is_over:
            self.requester.mend("stop", Became.NOT_TRIED, _ENDED_BEFORE if taken else _ENDED_BY_ITSELF)
            if taken:
                self.requester.mend("stop-of-other", Became.DONE)
        elif taken and after_s > self._settled_s:
            self.requester.mend("stop-of-other", Became.UNREAD)

    async def _foreign(self) -> None:
        """With a token of our other identity's party, once the EVSE is free."""
        if self.commanding.version.startswith("2.1"):
            return
        if self.other is None or self._standing:
            self.requester.not_tried("start-with-foreign-token", _GOES_ON if self._standing else _NOBODY)
            return
        if not self._standing.has_time:
            self.requester.not_tried("start-with-foreign-token", _NO_TIME)
            return
        start = self.commanding.start(self.other.party)
        left = self._leftover(start, self.other)
        await self._begin("start-with-foreign-token", start, left, self.other.party)

    async def _begin(
        self, edge: str, start: Start, left: Leftover, party: Party | None = None, at: tuple[str, str] | None = None
    ) -> Became:
        """Send a START_SESSION; what it began stands until it is known to be over, or to be none: a no is none yet."""
        self._standing.add(left)
        request = self._request(edge, start.command, self.own, party, leaves=self._standing.seen_by(left), at=at)
        became = await self.requester.ask(request, self._standing.within(self.patience_s))
        if became is Became.NOT_TRIED:
            self._standing.gone(left)
        if became is not Became.REFUSED and self._step(edge).http_status not in _CLIENT_ERRORS:
            return became
        gate, probe = self.requester.context.gate, self.requester.probe
        seen = [await look(gate, one, probe) for one in self._standing.seen_by(left)]
        if any(isinstance(one, Begun) for one in seen):
            became = Became.DONE_THOUGH_REFUSED
        elif any(isinstance(one, Unread) for one in seen):
            became = Became.REFUSED_UNREAD
        else:
            self._standing.gone(left)
        self.requester.mend(edge, became)
        return became

    def _stop(self, edge: str, begun: Begun, left: Leftover, who: Emsp) -> Request:
        return self._request(edge, self.commanding.stop(begun.session_id), who, begun_with=left.session_mark)

    def _request(
        self,
        edge: str,
        command: Command,
        who: Emsp,
        party: Party | None = None,
        *,
        leaves: tuple[Leftover, ...] = (),
        at: tuple[str, str] | None = None,
        begun_with: str | None = None,
    ) -> Request:
        return Request(
            edge=edge,
            interface=who.commands,
            method="POST",
            url=f"{who.commands.url.rstrip('/')}/{command.command}",
            body=command.body,
            evse=self.commanding.evse.evse_uid,
            owners=frozenset(filter(None, (who.party, party))),
            leaves=leaves,
            at=at,
            begun_with=begun_with,
        )

    def _leftover(self, start: Start, who: Emsp) -> Leftover:
        return session_of(start.mark, self.commanding.evse.evse_uid, who, self.requester.platform.fresh_url()[1])

    def _seen(self, last: Begun, unlike: tuple[str, ...], *, stopped: bool, after_s: float) -> StartedSessionSeen:
        shown = {"list": self.own.listed, "session": last.session_id, "status": last.status, "differing": [*unlike]}
        self.requester.keep("the session as it was listed", shown)
        return StartedSessionSeen(
            differing=unlike,
            stopped=stopped,
            status_after=last.status,
            after_s=round(after_s, 1),
            curl=self._step("start").curl,
        )

    def _why(self, edge: str) -> str:
        step = self._step(edge)
        return str(step.became) if step.became is Became.DONE_THOUGH_REFUSED else step.why or str(step.became)

    def _step(self, edge: str) -> StepTaken:
        return next(step for step in self.requester.steps if step.edge == edge)

    @property
    def _settled_s(self) -> float:
        return min(_SETTLED_S, self.ends_within_s)


def _missing(detail: str) -> NoReply:
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
