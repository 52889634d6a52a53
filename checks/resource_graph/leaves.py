"""How a property is read, tri-state as it is."""

from collections.abc import Mapping, Sequence

from scanner.model.leaves import leaves
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue


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
