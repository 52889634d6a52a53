"""Which legal ways are walked first, so that methods and states are known to work before anything illegal is sent."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.machines.machine import Edge, Machine, legal_paths

_MOST: Final = 3  # ways; machines of a few states need fewer
Way = tuple[Edge, ...]


def walks(machine: Machine) -> Iterator[Way]:
    """A few legal ways: each time the one that adds most methods, states and steps to those before it."""
    ways = list(legal_paths(machine))
    seen: set[str] = set()
    for _ in range(_MOST):
        best = max(ways, key=lambda way: len(_news(way) - seen), default=())
        if not _news(best) - seen:
            return
        seen |= _news(best)
        yield best


def _news(way: Way) -> set[str]:
    return {word for edge in way for word in (f"by {edge.by}", f"to {edge.target}", edge.name)}
