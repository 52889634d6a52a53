"""Throw-away objects, brought into the state that a step needs, and used again while nothing has touched them."""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.machines.machine import ABSENT, Edge, Sets, path_to
from scanner.ocpi.transitions.desk import Desk
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.transitions.step import take

_NOTHING: Final[Sets] = {}


class NotReached(Exception):
    """An object could not be brought into a state by legal steps; the text says why."""


class Specimens:
    """All throw-away objects of one bench."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._made: list[Specimen] = []
        self._kept: dict[str, Specimen] = {}

    def __iter__(self) -> Iterator[Specimen]:
        return iter(self._made)

    def fresh(self) -> Specimen:
        """An object that the platform does not know yet."""
        object_id = self._desk.new_id()
        valid = self._desk.bench.valid(object_id, self._desk.moment(), f"{self._desk.seed}/{object_id}")
        specimen = Specimen(object_id=object_id, sent=valid)
        self._made.append(specimen)
        return specimen

    async def before(self, edge: Edge) -> Specimen:
        """An object in the state from which an edge leads. Raises: NotReached, Ended."""
        if edge.source == ABSENT:
            return self.fresh()
        kept = self._kept.pop(_state(edge), None)
        return kept if kept is not None else await self._brought(edge)

    def keep(self, edge: Edge, specimen: Specimen) -> None:
        """Nothing happened to it: the next step from this state may have it."""
        if edge.source != ABSENT:
            self._kept[_state(edge)] = specimen

    async def _brought(self, edge: Edge) -> Specimen:
        specimen = self.fresh()
        way = path_to(self._desk.bench.machine, edge.source)
        for step in way:
            before = edge.before if step is way[-1] else _NOTHING
            taken = await take(self._desk, specimen, step, before=before)
            if not taken.accepted:
                said = f"no object could be brought to {edge.source}: {step.name} was answered {taken.step.answered}"
                raise NotReached(said, taken)
        return specimen


def _state(edge: Edge) -> str:
    return f"{edge.source} {sorted((pointer, str(value)) for pointer, value in edge.before.items())}"
