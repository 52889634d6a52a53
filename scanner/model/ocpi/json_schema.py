"""JSON Schema (draft 4, which API Gateway takes) of a class of one version, for a gateway in front of a platform.

It refuses what the validator refuses and no more, as far as a schema can say it: dates and hours that do not exist
(2025-02-30) pass, and so do odd hosts of a URL; control characters in a URL do not. Unknown fields are allowed, closed
enumerations are closed, `null` counts as absent for what is optional.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.model.ocpi.scalar import LENGTHS
from scanner.model.ocpi.specification import Cardinality, PropertyType, Specification, specification

Schema = dict[str, Any]

DRAFT_4: Final = "http://json-schema.org/draft-04/schema#"
# ECMA 262 without look-around, as gateways have it. What must not occur is said with `not`: in some engines `$` also
# matches before a last line feed.
_TEXTS: Final[Mapping[str, Schema]] = {
    "string": {"not": {"pattern": r"[\u0000-\u001f\u007f]"}},
    "CiString": {"not": {"pattern": r"[^\u0020-\u007e]"}},
    "DateTime": {
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?$",
        "not": {"pattern": r"[^0-9TZ:.-]"},
    },
    "URL": {"pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:.", "not": {"pattern": r"[\u0000-\u0020]"}},
}
# 16.0 is a whole number, too; "integer" means in some engines that no decimal point was written.
_PLAIN: Final[Mapping[str, Schema]] = {
    "number": {"type": "number"},
    "int": {"type": "number", "multipleOf": 1},
    "boolean": {"type": "boolean"},
}


def json_schema(version: str, class_name: str, *, partial: bool = False) -> Schema:
    """The schema of a class, with all that it refers to under `definitions`.

    `partial`: for PATCH, where every property of the object itself may be absent.

    Raises: KeyError if the version or the class is not known.
    """
    known = specification(version)
    root = _object(known, class_name)
    if partial:
        root.pop("required", None)
    definitions = {name: _definition(known, name) for name in sorted(_reached(known, class_name))}
    head: Schema = {"$schema": DRAFT_4, "title": f"OCPI {version} {class_name}", **root}
    return {**head, "definitions": definitions} if definitions else head


def _reached(known: Specification, class_name: str) -> set[str]:
    """Names of the classes and closed enumerations below a class."""
    found: set[str] = set()
    waiting = [class_name]
    while waiting:
        for name in _named_by(known, waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [name] if name in known.classes else []
    return found


def _named_by(known: Specification, class_name: str) -> Iterator[str]:
    kinds = known.classes[class_name].values()
    return (kind.name for kind in kinds if kind.name in known.classes or kind.name in known.enums)


def _definition(known: Specification, name: str) -> Schema:
    if name in known.classes:
        return _object(known, name)
    enumeration = known.enums[name]
    return {"type": "string"} if enumeration.open else {"type": "string", "enum": sorted(enumeration.values)}


def _object(known: Specification, name: str) -> Schema:
    properties = known.classes[name]
    required = [key for key, kind in properties.items() if _required(kind)]
    schema: Schema = {"type": "object", "properties": {k: _property(known, kind) for k, kind in properties.items()}}
    return {**schema, "required": required} if required else schema  # draft 4: an empty list is no schema


def _required(kind: PropertyType) -> bool:
    return kind.cardinality in {Cardinality.ONE, Cardinality.SOME}


def _property(known: Specification, kind: PropertyType) -> Schema:
    schema = _single(known, kind)
    if kind.cardinality in {Cardinality.ANY, Cardinality.SOME}:
        schema = {"type": "array", "items": schema}
        if kind.cardinality is Cardinality.SOME:
            schema["minItems"] = 1
    return schema if _required(kind) else _or_null(schema)


def _or_null(schema: Schema) -> Schema:
    if "type" in schema and "not" not in schema:  # a pattern fits whatever is no string, so `not` would refuse null
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _single(known: Specification, kind: PropertyType) -> Schema:
    if kind.name in known.classes or kind.name in known.enums:
        return {"$ref": f"#/definitions/{kind.name}"}
    if kind.name in _PLAIN:
        return _number(kind)
    schema: Schema = {"type": "string", **_TEXTS[kind.name]}
    longest = kind.length or LENGTHS.get(kind.name)
    return {**schema, "maxLength": longest} if longest else schema


def _number(kind: PropertyType) -> Schema:
    schema = dict(_PLAIN[kind.name])
    if kind.length is None:
        return schema
    most = 10**kind.length - 1  # the length of an int is its number of digits
    return {**schema, "minimum": -most, "maximum": most}
