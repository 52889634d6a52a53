"""EVSEs and Connectors inside a Location, as JSON.

A change of a part carries its `last_updated` up to its parents (OCPI 2.2.1, mod_locations: PUT and PATCH).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.service.datetimes import parse_datetime
from infra.service.status import invalid_object, not_found
from infra.service.strict_json import JsonObject

NewPart = Callable[[JsonObject | None], JsonObject]


def find_part(location: JsonObject, path: Mapping[str, str]) -> JsonObject | None:
    """The Location itself, its EVSE or its Connector, as the URL says."""
    if "evse_uid" not in path:
        return location
    evse = _find(location.get("evses"), "uid", path["evse_uid"])
    if evse is None or "connector_id" not in path:
        return evse
    return _find(evse.get("connectors"), "id", path["connector_id"])


def with_part(location: JsonObject, path: Mapping[str, str], new_part: NewPart) -> JsonObject:
    """A copy of `location` in which the EVSE or Connector was replaced or added.

    Raises Refusal: the EVSE of a Connector must exist (404), and an older part does not replace a newer one (2001).
    """
    evses = location.get("evses") or []
    existing = _find(evses, "uid", path["evse_uid"])
    if "connector_id" not in path:
        evse = _newer(existing, new_part(existing))
    elif existing is None:
        raise not_found("No such EVSE")
    else:
        evse = _with_connector(existing, path["connector_id"], new_part)
    return _touched(location | {"evses": _replaced(evses, "uid", evse)}, evse)


def _with_connector(evse: JsonObject, connector_id: str, new_part: NewPart) -> JsonObject:
    existing = _find(evse["connectors"], "id", connector_id)
    connector = _newer(existing, new_part(existing))
    return _touched(evse | {"connectors": _replaced(evse["connectors"], "id", connector)}, connector)


def _newer(existing: JsonObject | None, part: JsonObject) -> JsonObject:
    if existing and parse_datetime(part["last_updated"]) < parse_datetime(existing["last_updated"]):
        raise invalid_object("last_updated is older than that of the stored object")
    return part


def _touched(parent: JsonObject, part: JsonObject) -> JsonObject:
    latest = max(parent["last_updated"], part["last_updated"], key=parse_datetime)
    return parent | {"last_updated": latest}


def _find(items: list[JsonObject] | None, id_field: str, wanted: str) -> JsonObject | None:
    return next((i for i in items or () if i[id_field].lower() == wanted.lower()), None)


def _replaced(items: list[Any], id_field: str, part: JsonObject) -> list[Any]:
    wanted = part[id_field].lower()
    if not any(i[id_field].lower() == wanted for i in items):
        return [*items, part]
    return [part if i[id_field].lower() == wanted else i for i in items]
