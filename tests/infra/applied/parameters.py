"""From the words of a Pulumi resource to the parameters of an AWS call, along the call's own model.

The provider names inputs as the API does, in camel case; where a list can have one member only it leaves the list
away. What differs beyond that is said beside the call (`tests/infra/applied/kinds/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JsonValue = Any


class NoSuchParameterError(Exception):
    """An input that the call has no parameter for: nobody would have held it against anything."""


def parameters(shape: Any, inputs: Mapping[str, JsonValue], at: str = "") -> dict[str, Any]:
    """Parameters for a structure of botocore. Raises NoSuchParameterError."""
    found: dict[str, Any] = {}
    for key, value in inputs.items():
        name = _member(shape, key)
        if name is None:
            raise NoSuchParameterError(f"{at}.{key}: {shape.name} has {', '.join(sorted(shape.members))}")
        found[name] = _value(shape.members[name], value, f"{at}.{key}")
    return found


def _member(shape: Any, key: str) -> str | None:
    """The member of that name, whatever the case, and whether one speaks of one or many."""
    names: dict[str, str] = {name.lower(): name for name in shape.members}
    lowered = key.lower()
    for form in (lowered, f"{lowered}s", lowered.removesuffix("s"), f"{lowered.removesuffix('y')}ies"):
        if form in names:
            return names[form]
    return None


def _value(shape: Any, value: JsonValue, at: str) -> Any:
    match shape.type_name:
        case "structure":
            return parameters(shape, _only(value), at)
        case "list":
            members = value if isinstance(value, list) else [value]
            return [_value(shape.member, member, f"{at}[{n}]") for n, member in enumerate(members)]
        case "map":
            return {key: _value(shape.value, member, f"{at}.{key}") for key, member in value.items()}
        case "integer" | "long":
            return _whole(value)
        case "float" | "double":
            return float(value)
    return value


def _only(value: JsonValue) -> Mapping[str, JsonValue]:
    """The provider has some lists where the API has one structure."""
    if isinstance(value, list) and len(value) == 1:
        return _only(value[0])
    if not isinstance(value, Mapping):
        raise NoSuchParameterError(f"{value!r} is no structure")
    return value


def _whole(value: JsonValue) -> Any:
    """Numbers come as floats from the SDK, and some as text; what is none stays for the model to refuse."""
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
