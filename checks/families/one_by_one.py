"""A verdict for each thing that is wrong, or one on all of them: the turn that many checks take at their end."""

from collections.abc import Iterable, Sequence
from typing import Any

from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong; `path` keeps its finding apart from those of the others."""

    said: str
    path: str
    curl: str | None = None


def one_by_one(
    case: Case[Any], wrong: Sequence[Wrong], population: Population, *, unsure: str | None, good: str
) -> Iterable[Verdict]:
    """A fail for each that is wrong; where none is, `unsure` says why nothing is told, and `good` what is passed."""
    for one in wrong:
        yield case.fails(one.said, population=population, field_path=one.path, reproduce=one.curl or None)
    if wrong:
        return
    if unsure is not None:
        yield case.inconclusive(unsure, population=population)
    else:
        yield case.passes(good, population=population)
