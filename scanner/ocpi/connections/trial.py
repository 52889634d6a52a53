"""Everything at one bench: a whole object first, then disturbances, then races; what can be is taken back."""

from dataclasses import asdict
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.delivery import Delivery
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.connections import DisturbancesTried, Raced, RacesTried
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.ocpi.connections.disturbing import Disturber
from scanner.ocpi.connections.racing import Racer, races
from scanner.ocpi.connections.writing import look, otherwise, send
from scanner.ocpi.reply import no_reply
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Desk, Ended
from scanner.ocpi.transitions.leaving import take_back
from scanner.ocpi.transitions.specimens import Specimens
from scanner.probe import ProbeContext

PROVIDES: Final = (DisturbancesTried, RacesTried)


class NotProven(Exception):
    """A whole object was not accepted; the text says how it was answered."""


class ConnectionTrial:
    """One kind of object at one receiver interface."""

    def __init__(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        self._context = context
        self._bench = bench
        key = f"connections/{bench.name}"
        kept = context.checkpoints.kept(key)
        starts = (kept if isinstance(kept, int) else 0) + 1
        context.checkpoints.keep(key, starts)  # ids of a run that was interrupted are not used again
        self._desk = Desk(context, bench, starts, allowance)
        self._specimens = Specimens(self._desk)
        self._disturber: Disturber | None = None
        self._raced: list[Raced] = []
        self._usual: frozenset[str] = frozenset()
        self._read_back = False
        self._evidence: list[EvidenceRef] = []

    async def run(self) -> None:
        """Try everything, record what was seen, and take back what can be."""
        try:
            cut_short = await self._try_all()
        except NotProven as unproven:
            self._missing(Reason.CONTROL_FAILED, f"{unproven}; nothing was disturbed")
        except Ended as ended:
            refused = ended.refused
            reason = no_reply(refused, self._bench.name).reason if refused else Reason.UNREACHABLE
            self._missing(reason, str(ended))
        else:
            self._record(cut_short)

    async def _try_all(self) -> str | None:
        """Why it ended early, or None. Raises: NotProven, and Ended before a valid object was accepted."""
        went_down = False
        try:
            await self._prove()
            try:
                await self._disturb_and_race()
            except Ended as ended:
                went_down = ended.refused is None
                return str(ended)
        finally:
            if not went_down:
                await self._take_back()
        return None

    async def _prove(self) -> None:
        specimen = self._specimens.fresh()
        answered = await send(self._desk, specimen, "a whole message on a connection of its own", delivery=Delivery())
        if not answered.accepted or answered.exchange is None:
            raise NotProven(f"a valid {self._bench.class_name} was not accepted: {answered.said()}")
        here = await look(self._desk, specimen, "a whole message")
        self._read_back = here.found is not None
        self._usual = frozenset(otherwise(specimen.sent, here)) if self._read_back else frozenset()
        document = {"write": exchange_document(answered.exchange)}
        title = f"a whole object at {self._bench.name}, before any disturbance"
        self._evidence.append(self._context.evidence.store_document(title, self._context.record.witness, document))

    async def _disturb_and_race(self) -> None:
        limits = self._context.target.limits
        self._disturber = Disturber(self._desk, self._specimens, self._usual, readable=self._read_back)
        await self._disturber.run()
        racer = Racer(self._desk, self._specimens, self._usual, limits.requests_per_second)
        for race in races(self._bench):
            self._raced.append(await racer.run(race))

    async def _take_back(self) -> None:
        self._desk.closing = True
        try:
            await take_back(self._desk, self._specimens)
        except Ended:
            return

    def _record(self, cut_short: str | None) -> None:
        disturbed = self._disturber.found if self._disturber else ()
        tried = [*map(asdict, disturbed), *map(asdict, self._raced)]
        lines: JsonValue = [{name: str(value) for name, value in one.items()} for one in tried]
        context, bench = self._context, self._bench
        title = f"connections at {bench.name}"
        index = context.evidence.store_document(title, context.record.witness, {"tried": lines})
        disturbances = DisturbancesTried(
            object_type=bench.class_name, read_back=self._read_back, disturbed=disturbed, cut_short=cut_short
        )
        raced = RacesTried(object_type=bench.class_name, raced=tuple(self._raced), cut_short=cut_short)
        for fact in (disturbances, raced):
            context.record.seen(bench.subject, fact, *self._evidence, index, identity=self._identity)

    def _missing(self, reason: Reason, why: str) -> None:
        for kind in PROVIDES:
            detail = f"{self._bench.name}: {why}"
            self._context.record.unavailable(self._bench.subject, kind, reason, detail, identity=self._identity)

    @property
    def _identity(self) -> str:
        return self._bench.surface.interface.credential.identity
