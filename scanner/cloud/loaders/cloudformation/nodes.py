"""A node of a template, whatever its author wrote there."""

from typing import Any


def mapping(node: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The node if it is an object."""
    return node if isinstance(node, dict) else {}


def listed(node: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """The node if it is a list, or a list of it."""
    return node if isinstance(node, list) else [] if node is None else [node]
