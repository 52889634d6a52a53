"""From the first registration that the target starts to the last one, each looked at in turn."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scanner.model.facts.ocpi.invited import RegistrationsStarted, StartTaken, StartTried
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.party import Invitation
from scanner.model.served import ServedCall
from scanner.ocpi.appointment import out_of_time
from scanner.ocpi.invitation.host import Host, Start
from scanner.ocpi.invitation.settling import after_failed, after_taken
from scanner.ocpi.invitation.watching import Watching
from scanner.ocpi.reply import NoReply


@dataclass(slots=True, kw_only=True)
class Stay:
    """From the first start that comes to the last one; each is waited for as long as the first one, none beyond `ends`.

    What came behind it could not be looked at any more.
    """

    host: Host
    watching: Watching
    invited: Invitation
    patience_s: float
    ends: datetime
    tried: list[StartTried] = field(default_factory=list)
    taken: StartTaken | None = None
    answered: bool = False
    settled: bool = True

    @property
    def left_nothing(self) -> bool:
        """True where the platform cannot know us by anything new: nobody came, or who came was seen to forget it."""
        return self.taken is None and not self.answered and all(one.dies and one.token_lives for one in self.tried)

    async def until_the_last(self, until: datetime) -> None:
        """Look at each, then record all of them."""
        while self.taken is None and (start := await self._next(until)) is not None:
            if start.mishap is None:
                self.answered = True
                self.taken = await self.watching.taken(start)
                self.settled = await after_taken(self.watching, self.taken)
                break
            self.tried.append(await self.watching.failed(start))
            self.settled = await after_failed(self.watching, self.tried[-1])
            if not self.settled:  # the next one would take the place of a token that may be the only valid one
                break
            until = datetime.now(UTC) + timedelta(seconds=self.patience_s)
        self._record()

    async def _next(self, until: datetime) -> Start | None:
        self.watching.server.next_registration()
        self.host.ready()
        try:
            async with asyncio.timeout(max((min(until, self.ends) - datetime.now(UTC)).total_seconds(), 0)):
                return await self.host.came.get()
        except TimeoutError:
            return None

    def _record(self) -> None:
        watching = self.watching
        pending, identity = watching.lookout.pending, watching.lookout.identity
        if self.taken is None and not self.tried:
            pending.give_up(self._why(_nobody_came(watching, self.invited, self.patience_s)))
            return
        book, target = pending.book, watching.context.target
        fact = RegistrationsStarted(
            wanted=self.invited.starts,
            tried=tuple(self.tried),
            taken=self.taken,
            offered=watching.context.gate.tokens_offered(target.name, identity.name),
            origins=tuple(map(str, (book.endpoint.origin, *book.endpoint.allow_hosts))),
            ours=str(identity.party),
            allowed_s=watching.allowed_s,
        )
        title = f"calls of the platform that registers with {identity.name}"
        calls = [_call(call) for call in watching.server.calls]
        kept = watching.context.evidence.store_document(title, watching.context.record.witness, calls)
        pending.seen(book.platform(), fact, kept, *watching.evidence)
        pending.give_up(self._why(_none_taken(self.invited)) if self.settled else _unsettled(watching))

    def _why(self, otherwise: NoReply) -> NoReply:
        """The one that nobody waited for any longer might have come."""
        if self.taken is not None or datetime.now(UTC) < self.ends:
            return otherwise
        return out_of_time(f"registration {len(self.tried) + 1} of {self.invited.starts} came")


def _nobody_came(watching: Watching, invited: Invitation, patience_s: float) -> NoReply:
    calls, knocks = len(watching.server.calls), len(watching.server.knocks)
    detail = (
        f"no registration was started with us within {patience_s:g} s of {invited.at.astimezone(UTC):%H:%M:%S} UTC: "
        f"{knocks} connections and {calls} calls came, and no credentials with the token that was agreed"
    )
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _none_taken(invited: Invitation) -> NoReply:
    detail = f"of {invited.starts} registrations that the operator was to start, the last one never came to be taken"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _unsettled(watching: Watching) -> NoReply:
    target, identity = watching.context.target.name, watching.lookout.identity.name
    sink = watching.context.gate.sink_of(target, identity)
    detail = (
        f"after a registration it was not seen which token of {identity} the platform lets in, so no further one was "
        f"taken: all are kept, at {sink} and beside it, and `ocpi-posture cleanup` asks again"
    )
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)


def _call(call: ServedCall) -> JsonValue:
    at = call.received_at.isoformat()
    return {"at": at, "peer": call.peer, "method": call.method, "path": call.path, "shown": call.token}
