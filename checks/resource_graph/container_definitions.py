"""The containers of task definitions (Amazon ECS API Reference, ContainerDefinition), read once for every check.

What a provider takes as JSON it decodes whatever the case of a name, so names are compared without it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import items
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Marker, Resource

_NAMES: Final[Mapping[str, str]] = {
    name.lower(): name
    for name in (
        *("name", "image", "readonlyRootFilesystem", "environment", "value"),
        *("logConfiguration", "logDriver", "options"),
    )
}
_FREE: Final = frozenset({"options"})  # whose names are their author's

Container = Mapping[str, CloudValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """`known`: those that can be read, their names spelled as the API does. `doubt`: why there may be others, or ""."""

    known: tuple[Container, ...]
    doubt: str = ""


def with_containers(stack: Stack) -> tuple[Resource, ...]:
    """Task definitions that have containers, or may have; one that declares none has nothing to judge."""
    found = ((one, containers_of(one)) for one in stack.of(aws.TASK))
    return tuple(one for one, read in found if read.known or read.doubt)


def containers_of(task: Resource) -> Containers:
    """None where none is declared; a doubt where what is declared is unknown, secret, or no list of containers."""
    written = task.get("containerDefinitions")
    if isinstance(written, str) and written:
        written = _decoded(written)
        if not isinstance(written, Marker | Sequence) or isinstance(written, str):
            return _doubtful("what its containers are cannot be read: its definitions are no list in JSON")
    return _read(items(written))


def _decoded(text: str) -> CloudValue:
    try:
        found: CloudValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def _read(listed: Sequence[CloudValue]) -> Containers:
    known = tuple(_spelled(one) for one in listed if isinstance(one, Mapping))
    if any(one in (UNKNOWN, HIDDEN) for one in listed if isinstance(one, Marker)):
        return _doubtful("what its containers are is unknown until deploy", known)
    if len(known) < len(listed):
        return _doubtful("what its containers are cannot be read: one of its definitions is no object", known)
    return Containers(known=known)


def _doubtful(doubt: str, known: tuple[Container, ...] = ()) -> Containers:
    return Containers(known=known, doubt=doubt)


def _spelled(one: Container) -> Container:
    known = ((_NAMES.get(name.lower(), name), value) for name, value in one.items())
    return {name: _below(name, value) for name, value in known}


def _below(name: str, value: CloudValue) -> CloudValue:
    if name in _FREE or name not in _NAMES.values():
        return value
    if isinstance(value, Mapping):
        return _spelled(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_spelled(one) if isinstance(one, Mapping) else one for one in value)
    return value
