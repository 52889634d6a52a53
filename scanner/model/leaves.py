"""Walks over cloud values: every scalar and marker in one, in document order."""

from collections.abc import Iterator, Mapping, Sequence

from scanner.model.resource import UNKNOWN, CloudValue

Path = tuple[str | int, ...]  # names of objects and indices of lists, from the outside in


def leaves(value: CloudValue) -> Iterator[CloudValue]:
    """Every scalar and marker below a value; a scalar is its own only leaf."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def texts(value: CloudValue) -> Iterator[str]:
    """Every string below a value that is not empty."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, str) and leaf)


def leaves_by_path(value: CloudValue, path: Path = ()) -> Iterator[tuple[Path, CloudValue]]:
    """The same, each with its place."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves_by_path(inner, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, inner in enumerate(value):
            yield from leaves_by_path(inner, (*path, index))
    else:
        yield path, value


def unknown_leaves(value: CloudValue) -> Iterator[str]:
    """Dotted paths of every `UNKNOWN` below a value."""
    return (dotted(path) for path, leaf in leaves_by_path(value) if leaf is UNKNOWN)


def dotted(path: Path) -> str:
    """As `Resource.get` takes it."""
    return ".".join(map(str, path))


def name_of(path: Path) -> str:
    """The name under which a value stands, be it in a list there; "" where it has none."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
