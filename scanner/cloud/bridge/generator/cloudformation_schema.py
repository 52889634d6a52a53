"""CloudFormation's resource types, read from their registry schemas (CloudFormation CLI User Guide).

The schemas come in the package `cfn-lint`: `data/schemas/providers/REGION.json` names each type's file in `resources/`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scanner.cloud.bridge.generator.shapes import Field, Fields, Shape, Universe

_REGION: Final = "us-east-1"  # where every type is to be had
_PROPERTY: Final = "/properties/"
_SCALARS: Final = {"string": Shape.STRING, "integer": Shape.SCALAR, "number": Shape.SCALAR, "boolean": Shape.SCALAR}
_NOT_TEXT: Final = {"boolean": "b", "integer": "i", "number": "i"}


Kinds = Mapping[str, Mapping[str, str]]  # owner (type or block) to property to `b` (true or false) or `i` (number)


def read_cloudformation(schemas: Path, version: str) -> tuple[Universe, Kinds]:
    """The types of the folder `schemas`, blocks called `TYPE.DEFINITION`; and which values are no text.

    Templates may write numbers and booleans as text.
    """
    names: Mapping[str, str] = json.loads((schemas / "providers" / f"{_REGION}.json").read_text(encoding="utf-8"))
    resources: dict[str, Fields] = {}
    blocks: dict[str, Fields] = {}
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, file in sorted(names.items()):
        schema = json.loads((schemas / "resources" / f"{file}.json").read_text(encoding="utf-8"))
        reader = _Reader(kind, schema, kinds)
        resources[kind] = dict(reader.resource())
        blocks.update(reader.blocks)
    return Universe(resources=resources, blocks=blocks, version=version), kinds


class _Reader:
    def __init__(self, kind: str, schema: Mapping[str, Any], kinds: dict[str, dict[str, str]]) -> None:
        self._kind = kind
        self._kinds = kinds
        self._schema = schema
        self.blocks: dict[str, Fields] = {}

    def resource(self) -> Iterator[tuple[str, Field]]:
        """Everything that a template may set: what is read only is left out."""
        fixed = {path.removeprefix(_PROPERTY) for path in self._schema.get("readOnlyProperties", ())}
        for name, node in sorted(self._schema.get("properties", {}).items()):
            if name not in fixed:
                yield name, self._field(self._kind, name, node)

    def _field(self, owner: str, name: str, node: Mapping[str, Any]) -> Field:
        shape = self._shape(node)
        if shape is Shape.LIST:
            item, below = self._resolved(self._meant(node).get("items", {}), f"{name}Item")
            return Field(name=name, shape=shape, block=self._block(item, below))
        found, below = self._resolved(node, name)
        if str(found.get("type")) in _NOT_TEXT:
            self._kinds[owner][name] = _NOT_TEXT[str(found["type"])]
        return Field(name=name, shape=shape, block=self._block(found, below))

    def _meant(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._resolved(node, "")[0]

    def _resolved(self, node: Mapping[str, Any], where: str) -> tuple[Mapping[str, Any], str]:
        """The node itself, behind its reference, and the name of the definition."""
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node, where
        name = reference.rpartition("/")[2]
        found = self._schema.get("definitions", {}).get(name)
        return (found, name) if isinstance(found, dict) else (self._schema.get("properties", {}).get(name, {}), name)

    def _shape(self, node: Mapping[str, Any]) -> Shape:
        found = self._meant(node)
        kind = found.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one in {"object", "array"}), kind[0] if kind else None)
        if kind == "array" or (kind is None and "items" in found):
            return Shape.LIST
        if "properties" in found or "oneOf" in found or "anyOf" in found:
            return Shape.OBJECT if _properties(found) else _SCALARS.get(str(kind), Shape.ANY)
        if kind == "object":
            return Shape.MAP if "patternProperties" in found else Shape.ANY
        return _SCALARS.get(str(kind), Shape.ANY)

    def _block(self, node: Mapping[str, Any], where: str) -> str | None:
        properties = _properties(node)
        if not properties:
            return None
        name = f"{self._kind}.{where}"
        if name not in self.blocks:
            self.blocks[name] = {}
            self.blocks[name] = {key: self._field(name, key, inner) for key, inner in sorted(properties.items())}
        return name


def _properties(node: Mapping[str, Any]) -> dict[str, Any]:
    """Own properties, and those of alternatives."""
    found: dict[str, Any] = dict(node.get("properties", {}))
    for word in ("oneOf", "anyOf", "allOf"):
        for one in node.get(word, ()):
            found = {**(one.get("properties", {}) if isinstance(one, dict) else {}), **found}
    return found
