"""The facts of a run, keyed (type, subject, identity, witness)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar, cast

from scanner.model.observation import AnyObservation, Observation, Seen, Unavailable
from scanner.model.witness import Witness

F = TypeVar("F")


class ConflictingObservation(ValueError):
    """Two different observations were recorded under one key: a probe has to aggregate before it records."""


class FactStore:
    """Grows while probes run; every reading is sorted, so what is judged never depends on who finished first."""

    def __init__(self, observations: Iterable[AnyObservation] = ()) -> None:
        self._by_key: dict[tuple[str, ...], AnyObservation] = {}
        self._sorted: dict[type, tuple[AnyObservation, ...]] = {}
        for observation in observations:
            self.record(observation)

    def record(self, observation: AnyObservation) -> None:
        """Add one observation. What one probe saw stands over what another could not see.

        Raises: ConflictingObservation if two probes saw the same thing differently.
        """
        key = observation.key.sort_key()
        known = self._by_key.get(key)
        if known is None or isinstance(known.result, Unavailable):
            self._put(key, observation if known is None else _clearer(known, observation))
        elif isinstance(observation.result, Seen) and known != observation:
            raise ConflictingObservation(f"seen in two ways: {' '.join(key)}")

    def contradicted(self, observation: AnyObservation, why: Unavailable) -> None:
        """Two sightings of one thing differ, so neither counts."""
        self._put(observation.key.sort_key(), replace(observation, result=why))

    def of(self, fact: type[F], witness: Witness | None = None) -> tuple[Observation[F], ...]:
        """All observations of one fact type, sorted by key; only those of `witness` if one is given."""
        if fact not in self._sorted:
            keys = [key for key, observation in self._by_key.items() if observation.key.fact is fact]
            self._sorted[fact] = tuple(self._by_key[key] for key in sorted(keys))
        found = self._sorted[fact]
        if witness is not None:
            found = tuple(observation for observation in found if observation.key.witness is witness)
        return cast("tuple[Observation[F], ...]", found)

    def __iter__(self) -> Iterator[AnyObservation]:
        return (self._by_key[key] for key in sorted(self._by_key))

    def __len__(self) -> int:
        return len(self._by_key)

    def _put(self, key: tuple[str, ...], observation: AnyObservation) -> None:
        self._by_key[key] = observation
        self._sorted.pop(observation.key.fact, None)


def _clearer(known: AnyObservation, other: AnyObservation) -> AnyObservation:
    """The one that saw it; of two that did not, one that does not depend on which came first."""
    if isinstance(other.result, Seen):
        return other
    return min((known, other), key=lambda o: repr(o.result))
