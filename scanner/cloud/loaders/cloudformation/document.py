"""The template's file: JSON or YAML with CloudFormation's tags, bounded in size, depth and what aliases multiply."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

import yaml

from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.bounded_file import read_bounded
from scanner.model.late_dataclass import dataclass

LARGEST: Final = 8 * 2**20  # bytes; CloudFormation itself takes 1 MB
DEEPEST: Final = 100
_MOST: Final = 100_000  # values, after aliases are written out
_SHORT: Final = {"Ref": "Ref", "Condition": "Condition"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """The template, functions in their long form. `lines`: of logical ids. `repeated`: names that stand twice."""

    document: Mapping[str, Any]
    sha256: str
    lines: Mapping[str, int]
    repeated: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    lines: dict[str, int] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    values: int = 0


def read_template(file: Path) -> TemplateFile:
    """The template in a file.

    Raises: NotDeclared for a file that cannot be read, is neither JSON nor YAML, or is no template.
    """
    text = read_bounded(file, LARGEST)
    seen = _Seen()
    is_json = text.data.lstrip()[:1] == b"{"
    document = _json(text.data, file.name, seen) if is_json else _yaml(text.data, file.name, seen)
    _expect_template(document, file.name)
    return TemplateFile(document=document, sha256=text.sha256, lines=seen.lines, repeated=tuple(sorted(seen.repeated)))


def _json(data: bytes, name: str, seen: _Seen) -> Any:  # noqa: ANN401 - JSON
    def pairs(held: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [key for key, _ in held]
        if len(names) != len(set(names)):
            seen.repeated.update(key for key in names if names.count(key) > 1)
        return dict(held)

    try:
        document = json.loads(data, object_pairs_hook=pairs)
        text = data.decode()
    except RecursionError:
        raise _too_deep(name) from None
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotDeclared(f"{name} is no JSON{where}") from None
    _expect_shallow(document, name)
    resources = document.get("Resources") if isinstance(document, dict) else None
    for key in resources if isinstance(resources, dict) else ():
        found = re.search(rf'"{re.escape(key)}"\s*:\s*\{{', text)
        seen.lines[key] = text.count("\n", 0, found.start()) + 1 if found else 0
    return document


def _yaml(data: bytes, name: str, seen: _Seen) -> Any:  # noqa: ANN401 - YAML
    try:
        _expect_shallow_yaml(data, name)
        node = yaml.compose(data, Loader=yaml.CSafeLoader)
        document = _value(node, seen, ()) if node else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise NotDeclared(f"{name} is neither JSON nor YAML{where}") from None
    except UnicodeDecodeError:
        raise NotDeclared(f"{name} is no text") from None
    except RecursionError:
        raise _too_deep(name) from None
    except _TooMuch:
        raise NotDeclared(f"{name} grows beyond {_MOST} values when its aliases are written out") from None
    return document


class _TooMuch(Exception):
    """Aliases multiply what the file holds."""


def _too_deep(name: str) -> NotDeclared:
    return NotDeclared(f"{name} is nested more than {DEEPEST} levels deep, which no template is")


def _expect_shallow_yaml(data: bytes, name: str) -> None:
    """Before anything is built from it: building goes as deep as the document does."""
    depth = 0
    for event in yaml.parse(data, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _too_deep(name)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _expect_shallow(document: Any, name: str) -> None:  # noqa: ANN401 - JSON
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise _too_deep(name)


def _inside(one: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    return iter(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())


def _value(node: yaml.Node, seen: _Seen, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - YAML
    seen.values += 1
    if seen.values > _MOST or len(path) > DEEPEST:  # an alias may even hold itself
        raise _TooMuch
    plain = _plain(node, seen, path)
    if not node.tag.startswith("!"):
        return plain
    name = node.tag[1:]
    if name == "GetAtt" and isinstance(plain, str):
        plain = plain.split(".", 1)
    return {_SHORT.get(name, f"Fn::{name}"): plain}


def _plain(node: yaml.Node, seen: _Seen, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - YAML
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, seen, (*path, "")) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, seen, path)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, seen: _Seen, path: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in found:
            seen.repeated.add(key)
        if path == ("Resources",):
            seen.lines[key] = key_node.start_mark.line + 1
        if key == "<<" and key_node.tag == "tag:yaml.org,2002:merge":
            merged = _value(value_node, seen, path)
            found = {**merged, **found} if isinstance(merged, dict) else found
        else:
            found[key] = _value(value_node, seen, (*path, key))
    return found


def _scalar(node: yaml.Node) -> Any:  # noqa: ANN401 - YAML
    """As YAML means it; dates stay text (`2010-09-09`), and so does what cannot be read as its tag says."""
    kind = node.tag.rpartition(":")[2]
    if kind not in {"int", "float", "bool", "null"}:
        return node.value
    try:
        return _SCALARS.construct_object(node)
    except (ValueError, yaml.YAMLError):
        return node.value


_SCALARS: Final = yaml.constructor.SafeConstructor()


def _expect_template(document: Any, name: str) -> None:  # noqa: ANN401 - JSON
    if not isinstance(document, dict):
        raise NotDeclared(f"{name} holds no template: its top is no mapping")
    resources = document.get("Resources")
    if isinstance(resources, dict) and resources:
        return
    if "planned_values" in document:
        raise NotDeclared(f"{name} is a Terraform plan, not a CloudFormation template")
    if "deployment" in document or "changeSummary" in document:
        raise NotDeclared(f"{name} is Pulumi's, not a CloudFormation template")
    if "Resources" in document:
        raise NotDeclared(f"{name} declares no resource at all: there is nothing to judge")
    raise NotDeclared(f"{name} has no Resources: it is no CloudFormation template")
