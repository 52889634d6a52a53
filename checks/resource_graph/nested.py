"""Values inside values: what stands at a path, and the items of a list."""

from collections.abc import Mapping, Sequence

from scanner.model.resource import ABSENT, CloudValue, Marker


def at(value: CloudValue, path: str) -> CloudValue:
    """The value at a dotted path of names, a marker on the way, or `ABSENT`.

    `None` and an empty list are absent, too: a Terraform plan writes them for attributes and blocks that nobody set.
    """
    for name in path.split("."):
        if isinstance(value, Marker):
            return value
        value = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
    return ABSENT if value is None or value in ((), []) else value


def items(value: CloudValue) -> tuple[CloudValue, ...]:
    """The items of a list; one marker for a list that is not known, nothing for what is absent."""
    if value is ABSENT or value is None or value == "":
        return ()
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
