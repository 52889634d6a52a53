"""Walks over cloud values: every scalar and marker in one, in document order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.model.resource import UNKNOWN, CloudValue

Path = tuple[str | int, ...]  # names of objects and indices of lists, from the outside in
_SCALARS: Final = (str, int, float)  # most values: asking those for an abstract class takes longer than the walk


def leaves(value: CloudValue) -> Iterator[CloudValue]:
    """Every scalar and marker below a value; a scalar is its own only leaf."""
    if isinstance(value, _SCALARS):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def texts(value: CloudValue) -> Iterator[str]:
    """Every string below a value that is not empty."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, str) and leaf)


def leaves_by_path(value: CloudValue, path: Path = ()) -> Iterator[tuple[Path, CloudValue]]:
    """The same, each with its place."""
    found: list[tuple[Path, CloudValue]] = []  # handed up from generator to generator, each would cost its depth
    _gather(value, path, found)
    return iter(found)


def _gather(value: CloudValue, path: Path, found: list[tuple[Path, CloudValue]]) -> None:
    if isinstance(value, _SCALARS):
        found.append((path, value))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            _gather(inner, (*path, name), found)
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            _gather(inner, (*path, index), found)
    else:
        found.append((path, value))


def unknown_leaves(value: CloudValue) -> Iterator[str]:
    """Dotted paths of every `UNKNOWN` below a value."""
    return (dotted(path) for path, leaf in leaves_by_path(value) if leaf is UNKNOWN)


def dotted(path: Path) -> str:
    """As `Resource.get` takes it."""
    return ".".join(map(str, path))


def name_of(path: Path) -> str:
    """The name under which a value stands, be it in a list there; "" where it has none."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
