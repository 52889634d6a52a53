"""Pieces from which SAM's resources are put together, in CloudFormation's own form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.cloud.loaders.cloudformation.nodes import mapping

Node = dict[str, Any]


@dataclass(slots=True)
class Expanded:
    """`resources`: CloudFormation's, by logical id. `origins`: id to the SAM resource that it comes from.

    `missing`: what stays unexpanded, one sentence each.
    """

    resources: dict[str, Node] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, kind: str, properties: Mapping[str, Any], origin: str) -> None:
        """One resource; what the author declared under the same id stays."""
        self.resources.setdefault(name, {"Type": kind, "Properties": dict(properties)})
        self.origins.setdefault(name, origin)


def picked(held: Mapping[str, Any], *names: str, **renamed: str) -> Node:
    """Properties that keep their names, and those that change them (`New="Old"`)."""
    same = {name: held[name] for name in names if name in held}
    return {**same, **{new: held[old] for new, old in renamed.items() if old in held}}


def ref(name: str) -> Node:
    """`Ref`."""
    return {"Ref": name}


def att(name: str, attribute: str) -> Node:
    """`Fn::GetAtt`."""
    return {"Fn::GetAtt": [name, attribute]}


def referred(node: Any) -> str | None:  # noqa: ANN401 - JSON
    """The logical id that a node refers to."""
    if isinstance(node, str):
        return node
    held = mapping(node)
    given = held.get("Fn::GetAtt")
    first = given[0] if isinstance(given, list) and given else None
    found = held.get("Ref", first)
    return found if isinstance(found, str) else None


def tags(node: Any) -> list[Node]:  # noqa: ANN401 - JSON
    """SAM writes tags as a mapping."""
    return [{"Key": key, "Value": value} for key, value in mapping(node).items()]


def merged(general: Any, own: Any) -> Any:  # noqa: ANN401 - JSON
    """`Globals` below a resource's own: mappings together, lists one after the other, else the own value."""
    if isinstance(general, dict) and isinstance(own, dict):
        return {**general, **{key: merged(general[key], one) if key in general else one for key, one in own.items()}}
    if isinstance(general, list) and isinstance(own, list):
        return [*general, *own]
    return own


def segments(path: str) -> Iterator[str]:
    """The parts of a path."""
    return (part for part in path.split("/") if part)
