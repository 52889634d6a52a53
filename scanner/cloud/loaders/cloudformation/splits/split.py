"""What a property turns into that Pulumi has resources of their own for, and how such a property is read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.model.resource import CloudValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One more resource. `own`: properties that lead to the resource it came from. `written`: properties as written.

    `made`: values that are there already.
    """

    token: str
    suffix: str
    own: tuple[str, ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, CloudValue] = field(default_factory=dict)


Split = Callable[[Any, Mapping[str, Any]], Iterator[Beside]]  # the property, and all properties of its resource


def get(raw: Any, *path: str) -> Any:  # noqa: ANN401 - JSON
    """What stands at these names, one in the other; None where there is nothing."""
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def named(raw: Any, names: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """What is there of these, under Pulumi's names."""
    held = raw if isinstance(raw, dict) else {}
    return {names[name]: value for name, value in held.items() if name in names}
