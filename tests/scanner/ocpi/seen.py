"""Facts of a store, for tests that ask what a probe saw."""

from typing import TypeVar

from scanner.model.fact_store import FactStore
from scanner.model.observation import Seen, Unavailable

F = TypeVar("F")


def facts_of(store: FactStore, kind: type[F], **coordinates: str) -> list[F]:
    """Every seen fact of a type whose subject has these coordinates, in the order of the store."""
    return [
        o.result.fact
        for o in store.of(kind)
        if isinstance(o.result, Seen)
        and all(o.key.subject.coordinates().get(name) == value for name, value in coordinates.items())
    ]


def reasons_of(store: FactStore, kind: type[object]) -> list[Unavailable]:
    """Why facts of a type could not be had."""
    return [o.result for o in store.of(kind) if isinstance(o.result, Unavailable)]
