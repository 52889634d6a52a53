"""Everything at one receiver interface: valid writes first, then strangers'; what can be is taken back."""

from scanner.model.facts.ocpi.strangers import Became, StrangersWrite, StrangersWrites
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.ocpi.attempts import attempts
from scanner.ocpi.reply import NoReply, no_reply
from scanner.ocpi.share import Share
from scanner.ocpi.strangers.turns import Turn, methods, turns
from scanner.ocpi.strangers.writing import Author
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Desk, Ended
from scanner.ocpi.transitions.leaving import take_back
from scanner.ocpi.transitions.specimens import Specimens
from scanner.probe import ProbeContext


class NotProven(Exception):
    """A valid write was not accepted; the text says how it was answered."""


class StrangersTrial:
    """One kind of object at one receiver interface, within its share of the refusal budget."""

    def __init__(self, context: ProbeContext, bench: Bench, allowance: Allowance, share: Share) -> None:
        self._context = context
        self._bench = bench
        self._share = share
        key = f"strangers/{bench.name}"
        kept = context.checkpoints.kept(key)
        starts = (kept if isinstance(kept, int) else 0) + 1
        context.checkpoints.keep(key, starts)  # ids of a run that was interrupted are not used again
        self._desk = Desk(context, bench, starts, allowance)
        self._specimens = Specimens(self._desk)
        self._author = Author(self._desk, self._specimens)
        self._callers = attempts(context.seed, starts)
        self._tried: list[StrangersWrite] = []

    async def run(self) -> None:
        """Try everything, record what was seen, and take back what can be."""
        went_down, cut_short = False, None
        try:
            await self._prove()
            await self._try_all()
        except NotProven as unproven:
            self._missing(Reason.CONTROL_FAILED, f"{unproven}; nothing was written without a token")
            return
        except Ended as ended:
            went_down, cut_short = ended.refused is None, str(ended)
            if not self._tried:
                reason = no_reply(ended.refused, self._bench.name).reason if ended.refused else Reason.UNREACHABLE
                self._missing(reason, str(ended))
                return
        finally:
            if not went_down:
                await self._take_back()
        self._record(cut_short)

    async def _prove(self) -> None:
        make = self._bench.make.method
        made = await self._author.own(make)
        if not made.answered.accepted:
            raise NotProven(f"a valid {self._bench.class_name} was not accepted: {made.answered.said()}")
        for method in self._methods:
            if method != "DELETE" and not self._bench.creates:
                await self._author.own(method)

    async def _try_all(self) -> None:
        """What removes the object with the valid token comes last: it has to be there for strangers to remove."""
        absent = {method for method, control in self._author.controls.items() if control.absent}
        for turn in turns(self._methods):
            if turn[0] not in absent:
                await self._try(turn)
        if "DELETE" in self._methods:
            await self._author.own("DELETE")

    async def _try(self, turn: Turn) -> None:
        method, attempt = turn[0], self._callers[turn[1]]
        if nothing := self._share.used_up(f"{method} with {attempt.said}"):
            self._not_sent(method, attempt.said, nothing)
            return
        try:
            one, ended = await self._author.strangers(method, attempt)
        except Ended as why:
            if why.refused is None or "max_refusals" not in why.refused.detail:
                raise
            self._not_sent(method, attempt.said, no_reply(why.refused, f"{method} with {attempt.said}"))
            return
        self._share.asked += 1
        self._tried.append(one)
        if ended is not None:
            raise ended

    def _not_sent(self, method: str, caller: str, why: NoReply) -> None:
        said = self._share.with_advice(why).detail[:300]
        self._tried.append(StrangersWrite(method=method, caller=caller, became=Became.NOT_SENT, why=said))

    async def _take_back(self) -> None:
        self._desk.closing = True
        try:
            await take_back(self._desk, self._specimens)
        except Ended:
            return

    def _record(self, cut_short: str | None) -> None:
        controls, context, bench = self._author.controls, self._context, self._bench
        absent = {method for method, control in controls.items() if control.absent}
        unproven = [
            f"{method} ({control.answered.said()})"
            for method, control in controls.items()
            if method not in absent and not (control.answered.accepted and control.read)
        ]
        tried = [one for one in self._tried if one.method not in absent or one.became is not Became.REFUSED]
        said: JsonValue = [one.said() for one in self._tried]
        document: JsonValue = {"tried": said, "exchanges": self._author.documents}
        title = f"writes without a valid token at {bench.name}"
        evidence = context.evidence.store_document(title, context.record.witness, document)
        fact = StrangersWrites(
            object_type=bench.class_name, tried=tuple(tried), unproven=tuple(unproven), cut_short=cut_short
        )
        context.record.seen(bench.subject, fact, evidence, identity=self._identity)

    def _missing(self, reason: Reason, why: str) -> None:
        detail = f"{self._bench.name}: {why}"
        self._context.record.unavailable(self._bench.subject, StrangersWrites, reason, detail, identity=self._identity)

    @property
    def _methods(self) -> tuple[str, ...]:
        return methods(self._bench.surface)

    @property
    def _identity(self) -> str:
        return self._bench.surface.interface.credential.identity
