"""Do two samples of times come from one distribution? Ranks only, so a few slow answers decide nothing.

Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other" (1947);
normal approximation with correction for ties and continuity, which is good from about ten values a side.
"""

import math
from collections.abc import Sequence
from itertools import groupby
from statistics import NormalDist

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """`p_value` two-sided; `superiority`: how often a value of the second sample is larger than one of the first."""

    p_value: float
    superiority: float


def rank_test(first: Sequence[float], second: Sequence[float]) -> RankTest:
    """Compare two samples.

    Raises: ValueError if one of them is empty.
    """
    if not first or not second:
        raise ValueError("a rank test needs two samples")
    n, m = len(first), len(second)
    ranks, ties = _ranks([*first, *second])
    u = sum(ranks[n:]) - m * (m + 1) / 2
    total, mean = n + m, n * m / 2
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return RankTest(p_value=1.0, superiority=0.5)
    z = max(0.0, abs(u - mean) - 0.5) / math.sqrt(variance)
    return RankTest(p_value=min(1.0, 2 * (1 - NormalDist().cdf(z))), superiority=u / (n * m))


def _ranks(values: Sequence[float]) -> tuple[list[float], int]:
    """Rank of each value, equal ones the mean of theirs; and the sum of t^3 - t over groups of t equal values."""
    order = sorted(range(len(values)), key=lambda position: values[position])
    ranks, ties, before = [0.0] * len(values), 0, 0
    for _, group in groupby(order, key=lambda position: values[position]):
        same = list(group)
        for position in same:
            ranks[position] = before + (len(same) + 1) / 2
        before += len(same)
        ties += len(same) ** 3 - len(same)
    return ranks, ties
