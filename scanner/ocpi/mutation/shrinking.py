"""The smallest message that is still treated wrongly, for the first mutant of each rule at a surface."""

from collections.abc import Iterator, Mapping
from typing import Final

from scanner.gate.gate import Gate
from scanner.model.facts.ocpi.mutation import MutantGroup, Treated, Treatment
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder.draft import JsonObject
from scanner.model.ocpi.mutation.mutant import Expectation, Mutant
from scanner.model.ocpi.mutation.shrink import left_of, shrink
from scanner.ocpi.mutation.container import Container
from scanner.ocpi.mutation.lane import Lane
from scanner.ocpi.mutation.proof import LaneBroken
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.writing.stamp import Clock, Template
from scanner.ocpi.writing.surface import Surface

PART: Final = 0.1  # of a host's requests
_REQUESTS_A_QUESTION: Final = 7  # a valid object and what is read of it, the mutant and its reads, and healing
_MOST_RULES: Final = 12  # at a surface
_MOST_RULES_THAT_STAY: Final = 3  # where every question leaves an object
_QUESTIONS_A_RULE: Final = 8
_STORED: Final = frozenset({Treatment.STORED, Treatment.STORED_THOUGH_REFUSED, Treatment.SPOILED, Treatment.EVALUATED})
# Not what hangs: each costs a whole timeout.
_BROKE: Final = frozenset({Treatment.SERVER_ERROR, Treatment.DROPPED, Treatment.CHANGED_UNANSWERED})


class _UsedUp(Exception):
    """There is nothing left to ask with."""


@dataclass(slots=True)
class Allowance:
    """How many questions all surfaces together may still ask."""

    questions: int

    @classmethod
    def of(cls, max_requests: int) -> "Allowance":
        """For a host that may have so many requests."""
        return cls(questions=int(max_requests * PART / _REQUESTS_A_QUESTION))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where questions are asked: a surface, the whole valid object, and an id that nothing else is tried under."""

    gate: Gate
    surface: Surface
    valid: JsonObject
    template: Template
    object_ids: tuple[str, ...]
    seed: str
    clock: Clock
    container: Container | None = None


class Shrinking:
    """One surface. A smaller mutant counts where its own valid object is accepted and it is treated as the first was.

    `smallest`: what was found, by the id of the mutant; `not_shrunk`: rules for which too little was left to ask with.
    """

    def __init__(self, ground: Ground, allowance: Allowance) -> None:
        self._ground = ground
        self._allowance = allowance
        self.smallest: dict[str, Tried] = {}
        self.not_shrunk: list[str] = []

    async def run(self, wrong: Mapping[str, tuple[Mutant, Treatment]]) -> None:
        """Shrink these mutants, by rule; a platform that ends it is left alone."""
        most = _MOST_RULES_THAT_STAY if self._ground.surface.creates else _MOST_RULES
        for number, (rule, (mutant, treatment)) in enumerate(wrong.items()):
            if number >= most or self._allowance.questions < 1:
                self.not_shrunk.append(rule)
                continue
            try:
                await self._shrink(mutant, treatment)
            except _UsedUp:
                self.not_shrunk.append(rule)
            except LaneBroken:
                self._allowance.questions = 0
                self.not_shrunk.append(rule)

    async def _shrink(self, mutant: Mutant, treatment: Treatment) -> None:
        async def still(candidate: Mutant) -> bool:
            if self._allowance.questions < 1:
                raise _UsedUp
            self._allowance.questions -= 1
            tried = await self._ask(candidate)
            if tried is None or tried.treatment is not treatment:
                return False
            self.smallest[mutant.id] = tried  # each is smaller than the one before
            return True

        await shrink(mutant, self._ground.valid, still, most=_QUESTIONS_A_RULE)

    async def _ask(self, candidate: Mutant) -> Tried | None:
        """What becomes of a smaller mutant; None where the platform does not take its valid object.

        Raises: LaneBroken where nothing more can be learned.
        """
        ground = self._ground
        valid = left_of(ground.valid, candidate.origin.without)
        lane = Lane(
            ground.gate, ground.surface, valid, ground.template, ground.object_ids, ground.seed, ground.container
        )
        try:
            await lane.prove(ground.clock)
        except LaneBroken:
            return None
        tried: list[Tried] = []
        try:
            await lane.try_all([candidate], tried)
        finally:
            await lane.take_back()
        return tried[0] if tried else None


def wrongly_treated(groups: tuple[MutantGroup, ...]) -> Iterator[tuple[str, str, Treatment]]:
    """Rule, mutant and treatment of the first mutant of each rule that should not have been treated so."""
    seen: set[str] = set()
    for group in groups:
        treated = next((t for t in group.treated if _is_wrong(group, t)), None)
        if treated is not None and group.rule not in seen:
            seen.add(group.rule)
            yield group.rule, treated.example.mutant, treated.treatment


def _is_wrong(group: MutantGroup, treated: Treated) -> bool:
    if treated.treatment in _BROKE:
        return True
    return group.expectation is not Expectation.MAY_EITHER and treated.treatment in _STORED
