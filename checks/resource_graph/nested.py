"""Values inside values: what stands at a path."""

from collections.abc import Mapping

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
