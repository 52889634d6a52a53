"""Tests that hold one time against another, on a machine that may stand still for a second of its own."""

from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
_ATTEMPTS: Final = 3


def seen_in_time(look: Callable[[int], T], fits: Callable[[T], bool], attempts: int = _ATTEMPTS) -> T:
    """What `look` gives for attempt 1, 2 ..: the first that fits, or the last. Only where times are judged."""
    seen = look(1)
    for attempt in range(2, attempts + 1):
        if fits(seen):
            break
        seen = look(attempt)
    return seen
