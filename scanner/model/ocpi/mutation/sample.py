"""A fair choice among more mutants than may be sent, and a word on what was left out."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final, TypeVar

from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Family, Mutant, tell

Part = TypeVar("Part", bound=Hashable)
Name = TypeVar("Name", bound=Hashable)
_ROOM: Final = 200  # beyond twice as many as are wanted: what has to go goes together


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
        name = part(mutant)
        choice = choices.get(name)
        if choice is None:
            choice = choices[name] = _Choice(seed)
        choice.add(mutant)
        if len(choice) >= 2 * most + _ROOM:
            choice.keep_only(most)
    allowed = shares({name: len(choice) + choice.dropped.total() for name, choice in choices.items()})
    for name, choice in choices.items():
        choice.keep_only(allowed[name])
    return {
        name: Sampled(kept=choice.kept(), left_out_by_rule=MappingProxyType(dict(sorted(choice.dropped.items()))))
        for name, choice in choices.items()
    }


_Ranked = tuple[int, int, Mutant]  # the round, position, mutant


class _Choice:
    """Mutants by rule; the fullest rules give up what is least wanted of them."""

    def __init__(self, seed: str) -> None:
        self.dropped: Final[Counter[str]] = Counter()
        self._seed = seed
        self._by_rule: dict[tuple[Family, str], list[_Ranked]] = {}
        self._rounds: dict[tuple[str, str], int] = {}
        self._seen = 0
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, mutant: Mutant) -> None:
        group = tell(mutant)
        turn = self._rounds.get(group, 0)
        self._rounds[group] = turn + 1
        ranked = self._by_rule.get((mutant.family, mutant.rule))
        if ranked is None:
            ranked = self._by_rule[mutant.family, mutant.rule] = []
        ranked.append((turn, self._seen, mutant))
        self._seen += 1
        self._size += 1

    def keep_only(self, most: int) -> None:
        """Drop what is above `most`."""
        if self._size <= most:
            return
        names = {rule: f"{rule[0]}#{rule[1]}" for rule in self._by_rule}
        sizes = {rule: len(ranked) for rule, ranked in self._by_rule.items()}
        room = level(sizes, most, last=lambda rule: _number(self._seed, names[rule]))
        for rule, ranked in self._by_rule.items():
            if len(ranked) > room[rule]:
                ranked.sort(key=self._wanted)
                self.dropped[names[rule]] += len(ranked) - room[rule]
                del ranked[room[rule] :]
        self._size = sum(map(len, self._by_rule.values()))

    def _wanted(self, ranked: _Ranked) -> tuple[int, int, int]:
        """The most wanted first."""
        turn, position, mutant = ranked
        return turn, _number(self._seed, mutant.id), -position

    def kept(self) -> tuple[Mutant, ...]:
        every = [one for ranked in self._by_rule.values() for one in ranked]
        return tuple(one[2] for one in sorted(every, key=_position))


def _position(ranked: _Ranked) -> int:
    return ranked[1]


def level(sizes: Mapping[Name, int], most: int, last: Callable[[Name], int]) -> dict[Name, int]:
    """What each of several piles may keep where together they keep `most`: the higher ones are cut to one height.

    Of those that are cut, the ones that come last by `last` keep one more where the height is no whole number.
    """
    height, left, open_ = 0, most, sorted(sizes.values())
    for done, size in enumerate(open_):
        height = left // (len(open_) - done)
        if size > height:
            break
        left -= size
    kept = {name: min(size, height) for name, size in sizes.items()}
    higher = sorted((name for name, size in sizes.items() if size > height), key=last, reverse=True)
    for name in higher[: most - sum(kept.values())]:
        kept[name] += 1
    return kept


def _number(seed: str, id: str) -> int:
    return int.from_bytes(sha256(f"{seed}|{id}".encode()).digest()[:8], "big")
