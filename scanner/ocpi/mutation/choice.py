"""Which mutants are sent where there are more than the budget lets out.

What OCPI decides comes first: one that may be taken or refused shows no more than whether the platform survives it.
Among those each family of mutants has its share, however many rules it has.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial

from scanner.model.facts.ocpi.mutation import LeftOutRule
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Mutant
from scanner.model.ocpi.mutation.sample import bounded_apart

_Part = tuple[bool, Family]  # does OCPI decide it, family


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The mutants to send, in order, and how many of each rule stay behind."""

    mutants: tuple[Mutant, ...]
    left_out: tuple[LeftOutRule, ...]


def choose(every: Iterable[Mutant], most: int, seed: str) -> Choice:
    """At most `most` of the mutants; those of one surface fit into memory."""
    sampled = bounded_apart(every, most, _part, partial(_all_shares, most), seed=seed)
    kept = _by_turns(mutant for part in sorted(sampled) for mutant in sampled[part].kept)
    left_out = tuple(
        _left_out(name, number, decided=part[0])
        for part, of_part in sampled.items()
        for name, number in of_part.left_out_by_rule.items()
    )
    return Choice(mutants=tuple(kept), left_out=left_out)


def _by_turns(mutants: Iterable[Mutant]) -> list[Mutant]:
    """The first of every rule, then the second of each: an end that comes early has seen some of everything.

    What can spoil a store stays last.
    """
    turn: Counter[tuple[Family, str]] = Counter()
    turns: list[tuple[bool, int, Mutant]] = []
    for mutant in mutants:
        turns.append((mutant.poisons, turn[mutant.family, mutant.rule], mutant))
        turn[mutant.family, mutant.rule] += 1
    return [mutant for _, _, mutant in sorted(turns, key=lambda one: one[:2])]


def _part(mutant: Mutant) -> _Part:
    """A marker of an injection may be taken, but never carried out: that is decided, too."""
    decided = mutant.expectation is not Expectation.MAY_EITHER or mutant.family is Family.INJECTION
    return decided, mutant.family


def _all_shares(most: int, there_are: Mapping[_Part, int]) -> dict[_Part, int]:
    decided = _shares({part: number for part, number in there_are.items() if part[0]}, most)
    rest = most - sum(decided.values())
    return decided | _shares({part: number for part, number in there_are.items() if not part[0]}, rest)


def _shares(there_are: Mapping[_Part, int], most: int) -> dict[_Part, int]:
    """So many places among parts of these sizes: small ones whole, what they leave over shared by the larger."""
    shares: dict[_Part, int] = {}
    for done, (part, number) in enumerate(sorted(there_are.items(), key=lambda item: (item[1], item[0]))):
        shares[part] = min(number, (most - sum(shares.values())) // (len(there_are) - done))
    return shares


def _left_out(name: str, mutants: int, *, decided: bool) -> LeftOutRule:
    family, _, rule = name.partition("#")
    return LeftOutRule(rule=rule, family=Family(family), mutants=mutants, decided=decided)
