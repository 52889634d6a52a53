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
from scanner.ocpi.callbacks.commands import STOP, Command, Commanding, Start
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply
from scanner.ocpi.requests.as_started import differing
from scanner.ocpi.requests.begun_session import Begun, end, look_until
from scanner.ocpi.requests.requester import Request, Requester
from scanner.ocpi.writing.surface import as_bytes

MOST: Final = 10  # commands, with those that stop what should not have begun
MOST_LOOKS: Final = 60  # GETs of the list of sessions
LEAST_S: Final = 60.0  # of the run that have to be left: what is begun has to be stopped
_FOR_THE_STOP_S: Final = 20.0  # of these
_SETTLED_S: Final = 5.0  # for what should not have happened to show
_NOTHING_DONE: Final = frozenset({Became.REFUSED, Became.NOT_TRIED})
_NOBODY: Final = "needs a second disposable eMSP identity that the platform offers commands and sessions to"
_GOES_ON: Final = "the session was not seen to end"
_ENDED_BEFORE: Final = "the other partner had stopped it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emsp:
    """One identity of ours: where it sends commands, and `listed`, the URL where it reads sessions of this run."""

    commands: Interface
    listed: str
    party: Party


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
    _standing: list[Leftover] = field(default_factory=list)

    async def walk(self) -> StartedSessionSeen | NoReply:
        """The session that was begun and stopped; why none was."""
        try:
            return await self._walked()
        finally:
            for left in tuple(self._standing):
                await self._end(left)

    async def _walked(self) -> StartedSessionSeen | NoReply:
        start = self.commanding.start()
        left = self._leftover(start, self.own)
        if await self._begin("start", start, left) is not Became.DONE:
            return _missing(f"no session was started at the named EVSE ({self._why('start')})")
        gate, probe = self.requester.context.gate, self.requester.probe
        begun = await look_until(gate, left, probe, self._within(self.patience_s), over=False)
        if not isinstance(begun, Begun):
            said = begun or "the Charge Point took the command, and the platform lists no session that came of it"
            return _missing(f"{said}: has a car to be plugged in?")
        await self._second()
        await self._by_another(begun, left)
        seen = await self._stopped(begun, left, differing(begun.document, start.command.body))
        await self._foreign()
        return seen

    async def _second(self) -> None:
        start = self.commanding.start()
        left = self._leftover(start, self.own)
        if await self._begin("start-occupied", start, left) not in _NOTHING_DONE:
            await self._end(left)

    async def _by_another(self, begun: Begun, left: Leftover) -> None:
        if self.other is None:
            self.requester.not_tried("stop-of-other", _NOBODY)
            return
        request = self._stop("stop-of-other", begun, left, self.other)
        became = await self.requester.ask(request, min(1.0, self.patience_s))
        if became in {Became.NOT_TRIED, Became.CRASHED}:
            return
        within_s = 0.0 if became is Became.REFUSED else self._settled_s
        seen = await look_until(self.requester.context.gate, left, self.requester.probe, within_s, over=True)
        if isinstance(seen, Begun):
            self.requester.mend("stop-of-other", Became.DONE if seen.is_over else Became.REFUSED)
            if seen.is_over:
                self._gone(left)

    async def _stopped(self, begun: Begun, left: Leftover, unlike: tuple[str, ...]) -> StartedSessionSeen:
        """Stop it, look until it is over, and stop it again."""
        if left not in self._standing:
            self.requester.not_tried("stop", _ENDED_BEFORE)
            self.requester.not_tried("stop-ended", _ENDED_BEFORE)
            return self._seen(begun, unlike, stopped=False, after_s=0.0)
        began = time.monotonic()
        became = await self.requester.ask(self._stop("stop", begun, left, self.own))
        seen: Begun | str | None = begun
        if became not in _NOTHING_DONE:
            gate, probe = self.requester.context.gate, self.requester.probe
            seen = await look_until(gate, left, probe, self.ends_within_s, over=True)
        last = seen if isinstance(seen, Begun) else begun
        if last.is_over:
            self._gone(left)
            await self.requester.ask(self._stop("stop-ended", last, left, self.own))
        else:
            self.requester.not_tried("stop-ended", _GOES_ON)
        return self._seen(last, unlike, stopped=became is Became.DONE, after_s=time.monotonic() - began)

    async def _foreign(self) -> None:
        """With a token of our other identity's party, once the EVSE is free."""
        if self.commanding.version.startswith("2.1"):
            return
        if self.other is None or self._standing:
            self.requester.not_tried("start-with-foreign-token", _GOES_ON if self._standing else _NOBODY)
            return
        start = self.commanding.start(self.other.party)
        left = self._leftover(start, self.other)
        await self._begin("start-with-foreign-token", start, left, self.other.party)

    async def _begin(self, edge: str, start: Start, left: Leftover, party: Party | None = None) -> Became:
        """Send a START_SESSION; what it began stands until it is known to be over."""
        self._standing.append(left)
        request = self._request(edge, start.command, self.own, party, leaves=(left,))
        became = await self.requester.ask(request, self._within(self.patience_s))
        if became in _NOTHING_DONE:
            self._gone(left)
        return became

    async def _end(self, left: Leftover) -> None:
        """Stop it as whoever sees it: a session for another's token may have become our own."""
        ours = self._for(left, self.own)
        for seen in (left,) if ours == left else (ours, left):
            if await end(self.requester.context.gate, seen, self.requester.probe, self._settled_s) is None:
                self._gone(left)
                return

    def _within(self, most_s: float) -> float:
        """As long as may be waited, so that the run has time left for the stop."""
        url = self.own.commands.url
        left_s = self.requester.context.gate.seconds_left(url, self.own.commands.subject.environment)
        return max(0.0, min(most_s, left_s - _FOR_THE_STOP_S))

    def _gone(self, left: Leftover) -> None:
        self._standing.remove(left)
        self.requester.context.gate.taken_back(left)

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
            begun_with=begun_with,
        )

    def _leftover(self, start: Start, who: Emsp) -> Leftover:
        """The session, with the way to find and to stop it as whoever sees it."""
        stop = {"response_url": self.requester.platform.fresh_url()[1]}
        left = Leftover(
            what=f"the session of {start.mark} at EVSE {self.commanding.evse.evse_uid}",
            environment=who.commands.subject.environment,
            identity=None,
            module="commands",
            undo_method="POST",
            undo_body=as_bytes(stop).decode(),
            session_mark=start.mark,
            evse=self.commanding.evse.evse_uid,
        )
        return self._for(left, who)

    def _for(self, left: Leftover, who: Emsp) -> Leftover:
        credential = who.commands.credential
        return replace(
            left,
            identity=credential.identity,
            owner=str(who.party),
            encoding=credential.encoding,
            undo_url=f"{who.commands.url.rstrip('/')}/{STOP}",
            session_list=who.listed,
        )

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
        return step.why or str(step.became)

    def _step(self, edge: str) -> StepTaken:
        return next(step for step in self.requester.steps if step.edge == edge)

    @property
    def _settled_s(self) -> float:
        return min(_SETTLED_S, self.ends_within_s)


def _missing(detail: str) -> NoReply:
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
