"""Which of the steps that the specification says nothing of are tried: some from each state, what they do is a fact."""

from collections.abc import Iterator
from itertools import zip_longest
from random import Random
from typing import Final

from scanner.model.ocpi.machines.machine import Edge, Legality, Machine, edges_that_are

MOST: Final = 5  # of one machine: each takes an object of its own, and shows no fault by itself
_EVENT: Final = "event"  # carried by no request


def open_steps(machine: Machine, seed: str) -> Iterator[Edge]:
    """At most `MOST`, one from each state, then the next of each; the same for the same seed."""
    chance = Random(f"{seed}/{machine.name}/open")  # noqa: S311 - repeatable on purpose
    by_source: dict[str, list[Edge]] = {}
    for edge in edges_that_are(machine, Legality.UNSPECIFIED):
        if edge.by != _EVENT:
            by_source.setdefault(edge.source, []).append(edge)
    for edges in by_source.values():
        chance.shuffle(edges)
    turns = [edge for turn in zip_longest(*by_source.values()) for edge in turn if edge is not None]
    yield from turns[:MOST]
