"""Which mutants are sent where there are more than the budget lets out: what OCPI decides comes first.

A mutant that may be taken or refused shows no more than whether the platform survives it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scanner.model.facts.ocpi.mutation import LeftOutRule
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Mutant
from scanner.model.ocpi.mutation.sample import bounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The mutants to send, in order, how many they are, and how many of each rule stay behind."""

    mutants: Iterator[Mutant]
    count: int
    left_out: tuple[LeftOutRule, ...]


def choose(every: Callable[[], Iterator[Mutant]], most: int, seed: str) -> Choice:
    """At most `most` of the mutants that `every` makes anew at each call; lazily where all of them may be sent."""
    there_are = sum(1 for _ in every())
    if there_are <= most:
        return Choice(mutants=every(), count=there_are, left_out=())
    decided = bounded((m for m in every() if m.expectation is not Expectation.MAY_EITHER), most, seed=seed)
    room = most - len(decided.kept)
    others = bounded((m for m in every() if m.expectation is Expectation.MAY_EITHER), room, seed=seed)
    kept = sorted((*decided.kept, *others.kept), key=lambda mutant: mutant.poisons)  # stable: poison stays last
    left_out = (
        *(_left_out(name, number, decided=True) for name, number in decided.left_out_by_rule.items()),
        *(_left_out(name, number, decided=False) for name, number in others.left_out_by_rule.items()),
    )
    return Choice(mutants=iter(kept), count=len(kept), left_out=left_out)


def _left_out(name: str, mutants: int, *, decided: bool) -> LeftOutRule:
    family, _, rule = name.partition("#")
    return LeftOutRule(rule=rule, family=Family(family), mutants=mutants, decided=decided)
