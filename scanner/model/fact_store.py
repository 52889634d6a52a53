"""The facts of a run, keyed (type, subject, identity, witness)."""

from collections.abc import Iterable, Iterator
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
        for observation in observations:
            self.record(observation)

    def record(self, observation: AnyObservation) -> None:
        """Add one observation. What one probe saw stands over what another could not see.

        Raises: ConflictingObservation if two probes saw the same thing differently.
        """
        key = observation.key.sort_key()
        known = self._by_key.get(key)
        if known is None or isinstance(known.result, Unavailable):
            self._by_key[key] = observation if known is None else _clearer(known, observation)
        elif isinstance(observation.result, Seen) and known != observation:
            raise ConflictingObservation(f"recorded twice, differently: {observation.key}")

    def of(self, fact: type[F], witness: Witness | None = None) -> tuple[Observation[F], ...]:
        """All observations of one fact type, sorted by key; only those of `witness` if one is given."""
        found = (o for o in self if o.key.fact is fact and witness in {None, o.key.witness})
        return tuple(cast("Observation[F]", observation) for observation in found)

    def __iter__(self) -> Iterator[AnyObservation]:
        return (self._by_key[key] for key in sorted(self._by_key))

    def __len__(self) -> int:
        return len(self._by_key)


def _clearer(known: AnyObservation, other: AnyObservation) -> AnyObservation:
    """The one that saw it; of two that did not, one that does not depend on which came first."""
    if isinstance(other.result, Seen):
        return other
    return min((known, other), key=lambda o: repr(o.result))
