"""How much of a long run a page shows: of each check as many subjects as leave the page quick."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.model.verdict import Outcome
from reports.view.problem import Problem

_OF_A_CHECK: Final = {Outcome.FAIL: 250, Outcome.INCONCLUSIVE: 100, Outcome.WAIVED: 100, Outcome.PASS: 50}
_IN_ALL: Final = {Outcome.FAIL: 2_500, Outcome.INCONCLUSIVE: 1_000, Outcome.WAIVED: 1_000, Outcome.PASS: 1_500}
_FEWEST: Final = 3


def shown_subjects(groups: Mapping[Outcome, Sequence[Problem]]) -> Mapping[Outcome, int]:
    """Findings shown of one check, by outcome; the page says how many more posture.json holds."""
    return {outcome: _limit(groups.get(outcome, ()), outcome) for outcome in _OF_A_CHECK}


def _limit(problems: Iterable[Problem], outcome: Outcome) -> int:
    sizes = [len(problem.findings) for problem in problems]
    limit = _OF_A_CHECK[outcome]
    while limit > _FEWEST and sum(min(size, limit) for size in sizes) > _IN_ALL[outcome]:
        limit = limit * 3 // 4
    return max(limit, _FEWEST)
