"""The first EVSE of a Location and the first Connector of that, and what leads to them in a URL."""

from collections.abc import Mapping

from scanner.model.json_value import JsonValue

Part = Mapping[str, JsonValue]


def part_of(location: Part, class_name: str) -> Part:
    """The first EVSE of a Location, or its first Connector; empty where there is none."""
    evse = _first(location, "evses")
    return evse if class_name == "EVSE" else _first(evse, "connectors")


def part_ids(location: Part) -> dict[str, str]:
    """`evse_uid` and `connector_id` of these parts, as far as there are any."""
    named = {"evse_uid": part_of(location, "EVSE").get("uid"), "connector_id": part_of(location, "Connector").get("id")}
    return {name: value for name, value in named.items() if isinstance(value, str)}


def _first(whole: Part, name: str) -> Part:
    parts = whole.get(name)
    first = parts[0] if isinstance(parts, list) and parts else None
    return first if isinstance(first, Mapping) else {}
