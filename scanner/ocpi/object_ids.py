"""Ids of objects on a page, as paths behind the URL of a module. What a platform says is not trusted to be an id."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.subject import Side
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.owned import IdPath

TOKENS: Final = "tokens"
LISTED: Final = frozenset({"locations", "sessions", "cdrs", "tariffs", TOKENS})
_OF_DRIVERS: Final = frozenset({"sessions", "cdrs"})
_LOCATION: Final = ("/{location_id}", "/{location_id}/{evse_uid}", "/{location_id}/{evse_uid}/{connector_id}")
_TOKEN: Final = "/{country_code}/{party_id}/{uid}"
_LONGEST: Final = 64  # characters; no id of OCPI has more than 39
_OBJECTS: Final = 200  # of a page, in which one with all its parts is looked for


def templates(module: str) -> tuple[str, ...]:
    """How the paths of one object and its parts are written for people."""
    return _LOCATION if module == "locations" else ("/{id}",)


def paths_within(interface: Interface, objects: Sequence[JsonValue]) -> tuple[IdPath, ...]:
    """The path of one object of a page, and those of its parts; nothing where none has an id that can be sent."""
    longest = max((tuple(chain(item)) for item in objects[:_OBJECTS]), key=len, default=())
    return tuple(
        IdPath(
            module=interface.module,
            side=interface.side,
            template=template,
            segments=longest[:number],
            query={},
        )
        for number, template in enumerate(templates(interface.module)[: len(longest)], start=1)
    )


def driver_token(interface: Interface, objects: Sequence[JsonValue]) -> IdPath | None:
    """The token of the driver whom the first session or CDR names by its uid; those of 2.1.1 name none."""
    for item in objects[:_OBJECTS] if interface.module in _OF_DRIVERS else ():
        token = item.get("cdr_token") if isinstance(item, Mapping) else None
        found = _ids(token, "country_code", "party_id", "uid") if isinstance(token, Mapping) else ()
        if isinstance(token, Mapping) and len(found) == _TOKEN.count("{"):
            query = {"type": str(token["type"])} if _ids(token, "type") else {}
            return IdPath(module=TOKENS, side=Side.RECEIVER, template=_TOKEN, segments=found, query=query)
    return None


def chain(item: JsonValue) -> Iterator[str]:
    """Id of the object; of a location its first EVSE and the first connector there, as far as they are there."""
    value = item
    for keys, below in ((("id", "uid"), "evses"), (("uid",), "connectors"), (("id",), "")):
        if not isinstance(value, Mapping):
            return
        identifier = next((value[key] for key in keys if key in value), None)
        if not _is_id(identifier):
            return
        yield str(identifier)
        parts = value.get(below)
        value = parts[0] if isinstance(parts, Sequence) and not isinstance(parts, str) and parts else None


def _ids(item: Mapping[str, JsonValue], *keys: str) -> tuple[str, ...]:
    return tuple(str(item[key]) for key in keys if _is_id(item.get(key)))


def _is_id(value: JsonValue) -> bool:
    """True for a text that stays one segment of a path however it is read: no slash, no dots alone, bounded."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable():
        return False
    return bool(value.strip(". ")) and not set(value) & set("/\\%")
