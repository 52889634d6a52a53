"""A fair choice among more mutants than may be sent, and a word on what was left out."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Final, TypeVar

from scanner.model.ocpi.mutation.mutant import Mutant, Tell, tell

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The mutants that were kept, in their old order, and for each rule how many were not."""

    kept: tuple[Mutant, ...]
    left_out_by_rule: Mapping[str, int]  # `<family>#<rule>` to a number above zero

    @property
    def left_out(self) -> int:
        """How many were not kept."""
        return sum(self.left_out_by_rule.values())


def bounded_apart(
    mutants: Iterable[Mutant],
    most: int,
    part: Callable[[Mutant], Part],
    shares: Callable[[Mapping[Part, int]], Mapping[Part, int]],
    *,
    seed: str,
) -> dict[Part, Sampled]:
    """Some mutants of each part: `shares` says how many from how many there are, none above `most`.

    Shared fairly within a part: no rule gets two more than another that still has some, and within a rule, each
    property path (`*` for indexes) comes before any comes again; the seed decides the rest. One pass; memory is that of
    `most` mutants of each part.

    Raises: ValueError for a negative `most`.
    """
    if most < 0:
        raise ValueError("a budget is not negative")
    choices: dict[Part, _Choice] = {}
    for mutant in mutants:
        choice = choices.setdefault(part(mutant), _Choice(seed))
        choice.add(mutant)
        if len(choice) > most:
            choice.drop_one()
    allowed = shares({name: len(choice) + choice.dropped.total() for name, choice in choices.items()})
    for name, choice in choices.items():
        while len(choice) > allowed[name]:
            choice.drop_one()
    return {
        name: Sampled(kept=choice.kept(), left_out_by_rule=MappingProxyType(dict(sorted(choice.dropped.items()))))
        for name, choice in choices.items()
    }


_Ranked = tuple[int, int, int, Mutant]  # minus the round, minus a number from the seed, position, mutant


class _Choice:
    """Mutants by rule, the least wanted of each rule first; the fullest rule gives one up."""

    def __init__(self, seed: str) -> None:
        self.dropped: Final[Counter[str]] = Counter()
        self._seed = seed
        self._plain: list[Mutant] = []  # as they came, as long as none has to go
        self._by_rule: dict[str, list[_Ranked]] = {}
        self._fullest: list[tuple[int, int, str]] = []  # minus the size at some time, a number from the seed, rule
        self._rounds: Counter[Tell] = Counter()
        self._number_of: dict[str, int] = {}  # of each rule, from the seed
        self._size = 0
        self._seen = 0

    def __len__(self) -> int:
        return self._size + len(self._plain)

    def add(self, mutant: Mutant) -> None:
        if self._seen:
            self._rank(mutant)
        else:
            self._plain.append(mutant)

    def _rank(self, mutant: Mutant) -> None:
        rule, group = f"{mutant.family}#{mutant.rule}", tell(mutant)
        ranked = self._by_rule.setdefault(rule, [])
        heappush(ranked, (-self._rounds[group], -_number(self._seed, mutant.id), self._seen, mutant))
        self._note(rule)
        self._rounds[group] += 1
        self._size += 1
        self._seen += 1

    def drop_one(self) -> None:
        for mutant in self._plain:
            self._rank(mutant)
        self._plain.clear()
        while True:
            size, _, rule = heappop(self._fullest)
            ranked = self._by_rule[rule]
            if len(ranked) == -size:
                break
        heappop(ranked)
        self.dropped[rule] += 1
        self._size -= 1
        if ranked:
            self._note(rule)

    def _note(self, rule: str) -> None:
        """Of rules with as many, the seed says which gives one up."""
        number = self._number_of.get(rule)
        if number is None:
            number = self._number_of[rule] = _number(self._seed, rule)
        heappush(self._fullest, (-len(self._by_rule[rule]), number, rule))

    def kept(self) -> tuple[Mutant, ...]:
        if self._plain:
            return tuple(self._plain)
        every = [one for ranked in self._by_rule.values() for one in ranked]
        return tuple(one[3] for one in sorted(every, key=lambda one: one[2]))


def _number(seed: str, id: str) -> int:
    return int.from_bytes(sha256(f"{seed}|{id}".encode()).digest()[:8], "big")
