"""All mutants at one surface: lanes side by side, in batches, with a checkpoint after each batch."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from itertools import islice
from typing import Final

from scanner.gate.documents import exchange_document
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.mutation import FullRefused, LeftOutRule, MutantsTreated, Treatment, ValidObjectProven
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.ocpi.mutation.mutant import Mutant
from scanner.model.party import Party
from scanner.ocpi.mutation.choice import choose
from scanner.ocpi.mutation.progress import Progress
from scanner.ocpi.mutation.proof import LaneBroken, NotAccepted, Proof
from scanner.ocpi.mutation.shrinking import Allowance, Shrinking, wrongly_treated
from scanner.ocpi.mutation.stand import IN_THE_PAST, Stand
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.writing.reaction import Reaction
from scanner.ocpi.writing.stamp import Clock
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

_MOST_LANES: Final = 8
_NOT_HERE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_ON_A_LANE: Final = 25  # mutants between two reads that show whether a refused one left a trace
_WORTH_A_LANE: Final = 100


class Trial:
    """One surface. At most `share` mutants are sent; where there are more, a fair sample of every rule."""

    def __init__(
        self, context: ProbeContext, surface: Surface, share: int, emsp: Party | None, allowance: Allowance
    ) -> None:
        self._context = context
        self._allowance = allowance
        self._not_shrunk: tuple[str, ...] = ()
        self._emsp = emsp
        self._surface = surface
        self._share = share
        self._seed = f"{context.seed}/{surface.name}"
        self._progress = Progress.from_json(context.checkpoints.kept(surface.name))
        self._progress.starts += 1
        self._full_refused: Reaction | None = None
        self._place(surface, full=True)

    async def run(self) -> int:
        """Prove the valid object, send the mutants, record what was seen; how many were sent."""
        self._keep_progress()
        clock = Clock(self._context.now - IN_THE_PAST + timedelta(seconds=self._progress.done))
        try:
            proof = await self._prove(clock)
        except LaneBroken as broken:
            self._not_proven(str(broken))
            return 0
        try:
            follow = await self._lanes[0].reads_follow()
        except LaneBroken as broken:
            await self._lanes[0].take_back()
            self._not_proven(str(broken))
            return 0
        if proof.read_back and not follow:
            self._lanes[0].be_blind()
            proof = replace(proof, lags=True)
        evidence = self._keep(
            f"valid {self._surface.class_name} at {self._surface.name}", exchange_document(proof.written)
        )
        self._seen(self._proven(proof), evidence)
        try:
            choice = choose(self._stand.mutants(), self._share, self._seed)
            self._widen(len(choice.mutants))
            for lane in self._lanes[1:] if proof.lags else ():
                lane.be_blind()
            cut_short = await self._send(iter(choice.mutants), clock)
            if cut_short is None and self._surface.write is self._surface.whole:  # a PATCH is as small as it can be
                await self._shrink(clock)
        finally:
            for lane in self._lanes:
                await lane.take_back()
        self._record(choice.left_out, cut_short, proof, evidence)
        return self._progress.tally.sent

    def _widen(self, messages: int) -> None:
        """As many lanes as pay: each leaves an object."""
        most = min(_MOST_LANES, self._context.target.limits.max_connections, 1 + messages // _WORTH_A_LANE)
        self._lanes += [self._stand.lane(number) for number in range(1, most)]

    def _place(self, surface: Surface, *, full: bool) -> None:
        self._surface = surface
        salt = str(self._progress.starts)
        self._stand = Stand(self._context, surface, self._emsp, self._seed, salt, full=full)
        self._lanes = [self._stand.lane(0)]

    async def _prove(self, clock: Clock) -> Proof:
        """The first valid object that is accepted: with every property, then bare; at one URL, then at the next.

        Raises: NotAccepted, as the first object was answered that the URL knew what to do with.
        """
        refusals: list[NotAccepted] = []
        for surface in self._surface.everywhere():
            for full in (True, False):
                self._place(surface, full=full)
                try:
                    proof = await self._lanes[0].prove(clock)
                except NotAccepted as refused:
                    refusals.append(refused)
                else:
                    self._full_refused = None if full or refusals[-1].around else refusals[-1].reaction
                    return proof
                if refusals[-1].reaction.http_status in _NOT_HERE:
                    break
        raise next((r for r in refusals if r.reaction.http_status not in _NOT_HERE), refusals[0])

    async def _send(self, kept: Iterator[Mutant], clock: Clock) -> str | None:
        """Why the sending ended early, or None."""
        try:
            for lane in self._lanes[1:]:
                await lane.prove(clock)
        except LaneBroken as broken:
            return str(broken)
        for _ in islice(kept, self._progress.done):
            pass  # sent before the run was interrupted
        while batch := list(islice(kept, len(self._lanes) * _ON_A_LANE)):
            if why := await self._one_batch(batch):
                return why
        return None

    async def _one_batch(self, batch: list[Mutant]) -> str | None:
        tried: list[list[Tried]] = [[] for _ in self._lanes]
        shares = [batch[start :: len(self._lanes)] for start in range(len(self._lanes))]
        lanes = zip(self._lanes, shares, tried, strict=True)
        ends = await asyncio.gather(*(lane.try_all(share, into) for lane, share, into in lanes), return_exceptions=True)
        for one in (one for several in tried for one in several):
            self._count(one)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, LaneBroken):
                raise end
        if broken := dict.fromkeys(str(end) for end in ends if isinstance(end, LaneBroken)):
            return "; ".join(broken)  # several messages were under way: any of them may have been the one
        self._progress.done += len(batch)
        self._keep_progress()
        return None

    def _keep_progress(self) -> None:
        self._context.checkpoints.keep(self._surface.name, self._progress.to_json())

    def _count(self, one: Tried) -> None:
        if self._progress.tally.add(one) and one.exchange is not None:
            title = f"{one.mutant.id} at {self._surface.name}: {one.treatment}"
            self._progress.examples[one.mutant.id] = self._keep(title, exchange_document(one.exchange))

    async def _shrink(self, clock: Clock) -> None:
        """Look for smaller messages that are treated as wrongly, and show these."""
        wrong: dict[str, tuple[Mutant, Treatment]] = {}
        for rule, name, treatment in wrongly_treated(self._progress.tally.groups()):
            mutant = self._stand.again(name)
            if not mutant.poisons:
                wrong[rule] = (mutant, treatment)
        shrinking = Shrinking(self._stand.ground(clock), self._allowance)
        await shrinking.run(wrong)
        for name, one in shrinking.smallest.items():
            self._progress.tally.show_smallest(one, name)
            if one.exchange is not None:
                title = f"the smallest message like {name} at {self._surface.name}: {one.treatment}"
                self._progress.examples[f"{name} (smallest)"] = self._keep(title, exchange_document(one.exchange))
        self._not_shrunk = tuple(shrinking.not_shrunk)

    def _proven(self, proof: Proof) -> ValidObjectProven:
        return ValidObjectProven(
            object_type=self._surface.class_name,
            read_back=proof.read_back and not proof.lags,
            unlike=proof.unlike,
            not_where_said=proof.not_where_said,
            full_refused=_of_full(self._surface.class_name, self._full_refused),
            curl=repeat_line(proof.written),
        )

    def _record(
        self, left_out: tuple[LeftOutRule, ...], cut_short: str | None, proof: Proof, evidence: EvidenceRef
    ) -> None:
        index: JsonValue = {
            mutant: {"path": r.path, "sha256": r.sha256} for mutant, r in self._progress.examples.items()
        }
        examples = self._keep(f"mutants at {self._surface.name}", index)
        fact = MutantsTreated(
            object_type=self._surface.class_name,
            sent=self._progress.tally.sent,
            groups=self._progress.tally.groups(),
            left_out=left_out,
            cut_short=cut_short,
            curl=repeat_line(proof.written),
            not_shrunk=self._not_shrunk,
            crashes_unread=self._surface.creates or not proof.read_back or proof.lags,
        )
        self._seen(fact, evidence, examples)

    def _not_proven(self, why: str) -> None:
        detail = f"{self._surface.name}: {why}; no malformed message was sent"
        for kind in (ValidObjectProven, MutantsTreated):
            self._context.record.unavailable(
                self._surface.subject, kind, Reason.CONTROL_FAILED, detail, identity=self._identity
            )

    def _seen(self, fact: object, *evidence: EvidenceRef) -> None:
        self._context.record.seen(self._surface.subject, fact, *evidence, identity=self._identity)

    def _keep(self, title: str, document: JsonValue) -> EvidenceRef:
        return self._context.evidence.store_document(title, self._context.record.witness, document)

    @property
    def _identity(self) -> str:
        return self._surface.interface.credential.identity


def _of_full(kind: str, said: Reaction | None) -> FullRefused | None:
    if said is None:
        return None
    answer = said.why or f"HTTP {said.http_status}"
    inner = f", OCPI status {said.ocpi_status}" if said.ocpi_status is not None else ""
    says = f"a valid {kind} with every property was not accepted: {answer}{inner}"
    return FullRefused(says=says, http_status=said.http_status, ocpi_status=said.ocpi_status)
