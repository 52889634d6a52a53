"""The Terraform AWS provider's schema, from the generated JavaScript of the CDK Terrain package `@cdktn/provider-aws`.

Each resource has a folder `lib/NAME/` with `index.js` (large ones also `index-structs/*.js`). Classes list the
attributes (`// name - computed: .., optional: .., required: ..` and a getter), `..ToHclTerraform` functions tell a
block (`type: "list"`) from an object attribute (`type: "struct"`).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from scanner.cloud.bridge.generator.shapes import Field, Fields, Shape, Universe

_CLASS: Final = re.compile(r"^class (\w+) extends cdktn\.(\w+) \{$(.*?)^\}$", re.MULTILINE | re.DOTALL)
_TYPE: Final = re.compile(r'tfResourceType = "(\w+)"')
_ATTRIBUTE: Final = re.compile(r"^    // (\w+) - computed: (\w+), optional: (\w+), required: (\w+)$", re.MULTILINE)
_NESTED: Final = re.compile(r'= new (?:\w+\.)?(\w+?)(OutputReference|StructMap|Map|List)\(this, "\w+"')
_GETTER: Final = re.compile(r"this\.(?:get(\w+)Attribute|interpolationForAttribute)\(")
_HCL: Final = re.compile(
    r"^(?:function (\w+)ToHclTerraform\(|    synthesizeHclAttributes\(\) \{)(.*?)^(?:    )?\}$",
    re.MULTILINE | re.DOTALL,
)
_HCL_FIELD: Final = re.compile(r'^ +(\w+): \{\n +value: .*\n +isBlock: true,\n +type: "(\w+)"', re.MULTILINE)
_VERSION: Final = re.compile(r"providerVersion: '([\d.]+)'")
_SHAPES: Final = {
    "String": Shape.STRING,
    "Number": Shape.SCALAR,
    "Boolean": Shape.SCALAR,
    "List": Shape.LIST,
    "NumberList": Shape.LIST,
    "StringMap": Shape.MAP,
    "NumberMap": Shape.MAP,
    "BooleanMap": Shape.MAP,
}
_NESTED_SHAPES: Final = {"OutputReference": Shape.OBJECT, "List": Shape.LIST, "Map": Shape.MAP, "StructMap": Shape.MAP}


def _attributes(body: str) -> Iterator[tuple[str, bool, str]]:
    """Name, settable, and the lines up to the next attribute."""
    found = list(_ATTRIBUTE.finditer(body))
    starts = [*(match.start() for match in found), len(body)]
    for match, end in zip(found, starts[1:], strict=True):
        yield match[1], "true" in (match[3], match[4]), body[match.end() : end]


def _field(name: str, settable: bool, lines: str, objects: frozenset[str]) -> Field:  # noqa: FBT001 - a column of the schema
    nested = _NESTED.search(lines)
    if nested:
        shape = _NESTED_SHAPES[nested[2]]
        return Field(name=name, shape=shape, block=nested[1], unwrapped=name in objects, settable=settable)
    getter = _GETTER.search(lines)
    shape = _SHAPES.get(getter[1] or "", Shape.ANY) if getter else Shape.ANY
    return Field(name=name, shape=shape, settable=settable)


def _object_attributes(source: str) -> dict[str, frozenset[str]]:
    """For each block (lower-cased name; "" for the resource itself) the attributes that take a plain object."""
    found: dict[str, frozenset[str]] = {}
    for match in _HCL.finditer(source):
        structs = frozenset(name for name, kind in _HCL_FIELD.findall(match[2]) if kind == "struct")
        found[(match[1] or "").lower()] = structs
    return found


def _read_folder(folder: Path) -> tuple[dict[str, Fields], dict[str, Fields], str]:
    files = [folder / "index.js", *sorted(folder.glob("index-structs/*.js"))]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    structs = _object_attributes(source)
    resources: dict[str, Fields] = {}
    blocks: dict[str, Fields] = {}
    for name, base, body in _CLASS.findall(source):
        kind = _TYPE.search(body)
        stem = name.removesuffix("OutputReference")
        objects = structs.get("" if kind else stem.lower(), frozenset())
        fields = {
            attribute: _field(attribute, settable, lines, objects) for attribute, settable, lines in _attributes(body)
        }
        if base == "TerraformResource" and kind:
            resources[kind[1]] = fields
        elif base == "ComplexObject":
            blocks[stem] = fields
    version = _VERSION.search(source)
    return resources, blocks, version[1] if version else ""


def string_attributes(universe: Universe) -> int:
    """How many attributes are strings: falls at once when the generated JavaScript changes its form."""
    everything: Iterable[Fields] = (*universe.resources.values(), *universe.blocks.values())
    return sum(one.shape is Shape.STRING for fields in everything for one in fields.values())


def read_terraform(package: Path) -> Universe:
    """The schema in an unpacked `@cdktn/provider-aws` (the folder that holds `lib/`).

    Raises: ValueError if no resource is found there.
    """
    resources: dict[str, Fields] = {}
    blocks: dict[str, Fields] = {}
    versions = set()
    for folder in sorted(path.parent for path in package.glob("lib/*/index.js")):
        if folder.name.startswith("data-aws"):
            continue
        some, inner, version = _read_folder(folder)
        resources.update(some)
        blocks.update(inner)
        versions.add(version)
    if not resources:
        raise ValueError(f"no Terraform resource in {package}/lib")
    return Universe(resources=resources, blocks=blocks, version=max(versions))
