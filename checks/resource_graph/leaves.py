"""The values below a property, tri-state as they are."""

from collections.abc import Iterator, Mapping, Sequence

from scanner.model.resource import ABSENT, UNKNOWN, CloudValue


def leaves(value: CloudValue) -> Iterator[CloudValue]:
    """Every scalar and marker below a value, in document order."""
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


def items(value: CloudValue) -> tuple[CloudValue, ...]:
    """The items of a list, a single value or marker as a list of its own, nothing for what is not set."""
    if value is ABSENT or value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def word(value: CloudValue) -> CloudValue:
    """A value that can stand in a set: what should be one word and is a list or an object is none."""
    return ABSENT if isinstance(value, Mapping | list | tuple) else value


def is_set(value: CloudValue) -> bool:
    """True for anything the author gave, be it unknown yet."""
    return value is not ABSENT and value is not None and value != "" and value is not False


def hides(value: CloudValue) -> bool:
    """True if anything below the value is unknown until deploy."""
    return any(leaf is UNKNOWN for leaf in leaves(value))
