"""Everything at one bench: legal ways, every illegal step, what comes twice, some steps that OCPI leaves open.

A checkpoint is kept after each.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.transitions import (
    Became,
    Repeated,
    RepeatEffect,
    RepetitionsTried,
    StepTaken,
    TransitionsTried,
)
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.ocpi.machines.machine import ABSENT, Edge, Legality, edges_that_are, illegal_edges
from scanner.ocpi.reply import no_reply
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench, benches
from scanner.ocpi.transitions.desk import Answered, Desk, Ended
from scanner.ocpi.transitions.leaving import take_back
from scanner.ocpi.transitions.open_steps import open_steps
from scanner.ocpi.transitions.progress import Progress
from scanner.ocpi.transitions.repeats import Repeater, repetitions
from scanner.ocpi.transitions.specimens import NotReached, Specimens
from scanner.ocpi.transitions.step import Taken, not_tried, take
from scanner.ocpi.transitions.walk import Way, walks
from scanner.probe import ProbeContext

PROVIDES: Final = (TransitionsTried, RepetitionsTried)
_AS_WANTED: Final = frozenset({RepeatEffect.ONCE, RepeatEffect.REFUSED, RepeatEffect.TAKEN})


class NotProven(Exception):
    """No valid object was accepted; the text says how it was answered."""


class BenchTrial:
    """One machine at one surface."""

    def __init__(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        self._context = context
        self._bench = bench
        self._allowance = allowance
        self._progress = Progress.from_json(context.checkpoints.kept(bench.name))
        self._desk = Desk(context, bench, self._progress.starts, allowance)
        self._specimens = Specimens(self._desk)
        self._went_down = False

    async def run(self) -> None:
        """Try everything, record what was seen, and take back what can be."""
        self._progress.starts += 1
        self._keep()
        try:
            await self._with_parent()
            why = await self._try_all()
        except NotProven as unproven:
            self._missing(Reason.CONTROL_FAILED, f"{unproven}; no illegal step was tried")
        except Ended as ended:
            refused = ended.refused
            reason = no_reply(refused, self._bench.name).reason if refused else Reason.UNREACHABLE
            self._missing(reason, str(ended))
        else:
            self._record(why)

    async def _try_all(self) -> str | None:
        """Why it ended early, or None. Raises: NotProven, and Ended before a valid object was accepted."""
        try:
            await self._walk_legal_ways()
            try:
                await self._try_each(illegal_edges(self._bench.machine))
                await self._repeat()
                await self._try_each(open_steps(self._bench.machine, self._desk.seed))
            except Ended as ended:
                self._went_down = ended.refused is None
                return str(ended)
        except Ended as ended:
            self._went_down = ended.refused is None
            raise
        finally:
            await self._take_back()
        return None

    async def _walk_legal_ways(self) -> None:
        for number, way in enumerate(walks(self._bench.machine)):
            if all(edge.name in self._progress.tried for edge in way):
                continue
            await self._walk(way, first=number == 0)

    async def _walk(self, way: Way, *, first: bool) -> None:
        specimen = self._specimens.fresh()
        for edge in way:
            taken = await take(self._desk, specimen, edge)
            if first and edge.source == ABSENT:
                if not taken.accepted:
                    raise NotProven(_not_accepted(self._bench, taken.step))
                self._progress.read_back = specimen.seen is not None
            self._add(taken)
            if not taken.accepted:
                return

    async def _try_each(self, edges: Iterable[Edge]) -> None:
        for edge in self._wanted(edges):
            try:
                specimen = await self._specimens.before(edge)
            except NotReached as failed:
                self._add(Taken(step=not_tried(edge, str(failed))))
                continue
            taken = await take(self._desk, specimen, edge, readable=self._progress.read_back)
            if taken.step.became is Became.REFUSED:
                self._specimens.keep(edge, specimen)
            self._add(taken)

    async def _repeat(self) -> None:
        repeater = Repeater(self._desk, self._specimens, readable=self._progress.read_back)
        for repetition in repetitions(self._bench):
            if repetition.slug in self._progress.tried or not self._in_focus(repetition.slug):
                continue
            one, again = await repeater.try_(repetition)
            self._progress.repeated.append(one)
            self._keep_repeated(one, again)
            self._keep()

    def _wanted(self, edges: Iterable[Edge]) -> tuple[Edge, ...]:
        tried = self._progress.tried
        return tuple(edge for edge in edges if edge.name not in tried and self._in_focus(edge.name))

    def _in_focus(self, name: str) -> bool:
        focus = self._context.focus
        return focus is None or focus.field_path in {"", name}

    def _add(self, taken: Taken) -> None:
        """A step is counted once, however often it was on the way to another."""
        step = taken.step
        if step.edge in self._progress.tried:
            return
        self._progress.steps.append(step)
        legal = step.legality is Legality.LEGAL
        wanted = {Became.DONE} if legal else {Became.REFUSED}
        if step.legality is Legality.UNSPECIFIED:
            wanted = {Became.DONE, Became.REFUSED}
        first = not self._progress.evidence
        if taken.write is not None and (first or step.became not in wanted):
            read = None if taken.read is None else exchange_document(taken.read)
            title = f"{step.edge} at {self._bench.name}: {step.became}"
            self._store(title, {"write": exchange_document(taken.write), "read_back": read})
        self._keep()

    def _keep_repeated(self, one: Repeated, again: Answered | None) -> None:
        exchange: Exchange | None = again.exchange if again else None
        if exchange is not None and one.effect not in _AS_WANTED:
            title = f"{one.repetition} at {self._bench.name}: {one.effect}"
            self._store(title, exchange_document(exchange))

    async def _with_parent(self) -> None:
        """The location that the EVSEs of this bench are in. Raises: NotProven, Ended."""
        if self._bench.machine.name != "evses":
            return
        parent = Desk(self._context, _of_locations(self._bench), self._progress.starts, self._allowance)
        specimens = Specimens(parent)
        specimen = specimens.fresh()
        create = next(edge for edge in parent.bench.machine.edges if edge.name == "create")
        taken = await take(parent, specimen, create)
        if not taken.accepted:
            raise NotProven(_not_accepted(parent.bench, taken.step))
        self._bench = replace(self._bench, parent=specimen.object_id)
        self._desk.bench = self._bench

    async def _take_back(self) -> None:
        """Nothing is asked of a platform that went down; what is left stays in the journal, for `cleanup`."""
        if self._went_down:
            return
        self._desk.closing = True
        try:
            await take_back(self._desk, self._specimens)
        except Ended:
            return

    def _record(self, cut_short: str | None) -> None:
        progress, bench = self._progress, self._bench
        steps: JsonValue = [_line(step) for step in progress.steps]
        repeated: JsonValue = [{str(k): str(v) for k, v in asdict(one).items()} for one in progress.repeated]
        index = self._context.evidence.store_document(
            f"transitions at {bench.name}", self._context.record.witness, {"steps": steps, "repeated": repeated}
        )
        transitions = TransitionsTried(
            machine=bench.machine.name,
            object_type=bench.class_name,
            read_back=progress.read_back,
            steps=tuple(progress.steps),
            unspecified=len(edges_that_are(bench.machine, Legality.UNSPECIFIED)),
            cut_short=cut_short,
        )
        repetitions_tried = RepetitionsTried(
            object_type=bench.class_name, repeated=tuple(progress.repeated), cut_short=cut_short
        )
        for fact in (transitions, repetitions_tried):
            self._context.record.seen(bench.subject, fact, *progress.evidence, index, identity=self._identity)

    def _missing(self, reason: Reason, why: str) -> None:
        for kind in PROVIDES:
            detail = f"{self._bench.name}: {why}"
            self._context.record.unavailable(self._bench.subject, kind, reason, detail, identity=self._identity)

    def _store(self, title: str, document: JsonValue) -> None:
        stored = self._context.evidence.store_document(title, self._context.record.witness, document)
        self._progress.evidence.append(stored)

    def _keep(self) -> None:
        self._context.checkpoints.keep(self._bench.name, self._progress.to_json())

    @property
    def _identity(self) -> str:
        return self._bench.surface.interface.credential.identity


def _of_locations(bench: Bench) -> Bench:
    return next(benches(bench.surface, bench.emsp))


def _not_accepted(bench: Bench, step: StepTaken) -> str:
    return f"a valid {bench.class_name} was not accepted: {step.answered}"


def _line(step: StepTaken) -> JsonValue:
    return {"edge": step.edge, "became": str(step.became), "http": step.http_status, "ocpi": step.ocpi_status}
