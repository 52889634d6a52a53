"""The Pulumi AWS SDK's resources, read from its Python sources by AST; the package is never imported.

A resource is a class with `@pulumi.type_token("aws:..")`; its getters are all properties, those of `NameArgs` the
inputs. Nested types are the `..Args` classes of `_inputs.py`.
"""

import ast
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from scanner.cloud.bridge.generator.shapes import Field, Fields, Shape, Universe

_TRANSPARENT: Final = frozenset({"Input", "Output", "Optional", "InputType"})
_LISTS: Final = frozenset({"Sequence", "List"})
_MAPS: Final = frozenset({"Mapping", "Dict"})
_FILES: Final = frozenset({"Archive", "Asset"})


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _parts(node: ast.expr) -> list[ast.expr]:
    inner = node.slice if isinstance(node, ast.Subscript) else node
    return list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]


def _union(name: str, options: list[Field]) -> Field:
    """A document that may also be text; or else the first object, or the first of all (enumerations are text)."""
    objects = [one for one in options if one.shape in {Shape.OBJECT, Shape.LIST, Shape.MAP}]
    texts = [one for one in options if one.shape is Shape.STRING]
    files = [one for one in options if one.asset]
    if files:
        return files[0]
    if objects and texts:
        is_enumeration = objects[0].block is not None and not objects[0].block.endswith("Args")
        return texts[0] if is_enumeration else Field(name=name, shape=Shape.STRING, json=True)
    return (objects or options)[0]


def _field(name: str, node: ast.expr, module: str) -> Field:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _reference(name, node.value, module)
    if not isinstance(node, ast.Subscript):
        last = _last_name(node)
        shape = {"str": Shape.STRING, "Any": Shape.ANY}.get(last, Shape.SCALAR)
        return Field(name=name, shape=shape, asset=last in _FILES)
    head, inner = _last_name(node.value), _parts(node)
    if head in _TRANSPARENT:
        return _field(name, inner[0], module)
    if head == "Union":
        return _union(name, [_field(name, part, module) for part in inner])
    item = _field(name, inner[-1], module)
    block = item.block
    if head in _LISTS:
        return Field(name=name, shape=Shape.LIST, block=block)
    return Field(name=name, shape=Shape.MAP if head in _MAPS else Shape.ANY, block=block)


def _reference(name: str, text: str, module: str) -> Field:
    """`'VpcConfigArgs'`, `'_iam.PolicyStatementArgs'`, `'outputs.X'`; what does not end in Args is an enumeration."""
    where, _, last = text.rpartition(".")
    if not last.endswith("Args") and where != "outputs":
        return Field(name=name, shape=Shape.STRING)
    home = where.lstrip("_") if where not in {"", "outputs"} else module
    return Field(name=name, shape=Shape.OBJECT, block=f"{home}/{last}")


def _wire_name(function: ast.FunctionDef) -> str | None:
    """The name given by `@pulumi.getter(name="..")`, or the function's own; None if it is no getter."""
    for decorator in function.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if _last_name(call) == "getter":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            named = [k.value.value for k in keywords if k.arg == "name" and isinstance(k.value, ast.Constant)]
            return str(named[0]) if named else function.name
    return None


def _properties(one: ast.ClassDef, module: str) -> dict[str, Field]:
    fields = {}
    for node in one.body:
        if isinstance(node, ast.FunctionDef) and node.returns is not None and (wire := _wire_name(node)):
            fields[wire] = _field(wire, node.returns, module)
    return fields


def _token(one: ast.ClassDef) -> str | None:
    for decorator in one.decorator_list:
        if isinstance(decorator, ast.Call) and _last_name(decorator.func) == "type_token":
            argument = decorator.args[0]
            return str(argument.value) if isinstance(argument, ast.Constant) else None
    return None


def _classes(file: Path) -> Iterator[ast.ClassDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (node for node in tree.body if isinstance(node, ast.ClassDef))


def _read_file(file: Path) -> tuple[dict[str, dict[str, Field]], dict[str, dict[str, Field]]]:
    """(resources by token, nested types by `module/NameArgs`) of one file."""
    module = file.parent.name
    classes = {one.name: one for one in _classes(file)}
    if file.name == "_inputs.py":
        blocks = {name: one for name, one in classes.items() if name.endswith("Args")}
        return {}, {f"{module}/{name}": _properties(one, module) for name, one in blocks.items()}
    resources = {}
    for name, one in classes.items():
        if token := _token(one):
            arguments = classes.get(f"{name}InitArgs") or classes.get(f"{name}Args")  # Init: a nested type has the name
            inputs = _properties(arguments, module) if arguments else {}
            outputs = {k: replace(v, settable=False) for k, v in _properties(one, module).items()}
            resources[token] = {**outputs, **inputs}
    return resources, {}


def read_pulumi(package: Path, version: str) -> Universe:
    """The SDK in the folder `pulumi_aws` (sources, any installation); `version` is what its metadata says."""
    files = sorted(f for f in package.rglob("*.py") if not f.name.startswith(("get_", "outputs", "_util", "_enums")))
    resources: dict[str, Fields] = {}
    blocks: dict[str, Fields] = {}
    with ProcessPoolExecutor(max_workers=2) as pool:
        for some, inner in pool.map(_read_file, files, chunksize=16):
            resources.update({token: fields for token, fields in some.items() if not token.startswith("pulumi:")})
            blocks.update(inner)
    return Universe(resources=resources, blocks=blocks, version=version)
