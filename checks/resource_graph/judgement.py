"""What is said of one resource."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from checks.model.verdict import Outcome
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is said of one resource. `by_absence`: it rests on something not being declared: the stack must be whole.

    `path`: what leads there, in the order in which it is met.
    """

    outcome: Outcome
    message: str
    by_absence: bool = False
    path: tuple[str, ...] = ()


def passes(message: str, *, by_absence: bool = False, path: tuple[str, ...] = ()) -> Judgement:
    """The claim holds."""
    return Judgement(outcome=Outcome.PASS, message=message, by_absence=by_absence, path=path)


def fails(message: str, *, by_absence: bool = False, path: tuple[str, ...] = ()) -> Judgement:
    """The claim does not hold."""
    return Judgement(outcome=Outcome.FAIL, message=message, by_absence=by_absence, path=path)


def unknown(what: str) -> Judgement:
    """The value decides, and it is not known before a deployment."""
    return Judgement(outcome=Outcome.INCONCLUSIVE, message=f"{what} is unknown until deploy")


def undecided(message: str, *, path: tuple[str, ...] = ()) -> Judgement:
    """What decides stands where this stack does not show it."""
    return Judgement(outcome=Outcome.INCONCLUSIVE, message=message, path=path)


_WORSE: Final = (Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL)


def worst(said: Iterable[Judgement]) -> Judgement | None:
    """The first of the worst: a fail outweighs what is undecided, and that a pass. None where nothing was said.

    A pass that rests on absence stays one that does.
    """
    found = tuple(said)
    if not found:
        return None
    judged = max(found, key=lambda one: (_WORSE.index(one.outcome), not one.by_absence))
    by_absence = any(one.by_absence for one in found if one.outcome is judged.outcome)
    return replace(judged, by_absence=by_absence if judged.outcome is Outcome.PASS else judged.by_absence)
