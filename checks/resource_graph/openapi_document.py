"""An OpenAPI document that an API is made from, as text or as an object; what cannot be read is not guessed."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import yaml

from scanner.model.resource import CloudValue

_LONGEST: Final = 2 * 2**20  # characters
_LONGEST_YAML: Final = 2**19  # characters: reading them takes seconds
_KEPT: Final = 8  # documents that several checks ask for
_VERBS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_ANY: Final = "x-amazon-apigateway-any-method"


class _Plain(yaml.SafeLoader):
    """Without aliases: a few lines of them stand for a document without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not followed")
        return super().compose_node(parent, index)


def document_of(body: CloudValue) -> Mapping[str, Any] | None:
    """The document; None where it is unknown, too long, no JSON and no YAML, or refers to other files."""
    read = _parsed(body) if isinstance(body, str) else body
    paths = read.get("paths") if isinstance(read, Mapping) else None
    if not isinstance(read, Mapping) or not isinstance(paths, Mapping):
        return None
    whole = all(_is_whole(one) for one in paths.values())
    return read if whole and any(True for _ in operations(read)) else None


def _is_whole(item: object) -> bool:
    """True for a path whose operations stand where it stands, and are known."""
    if not isinstance(item, Mapping) or "$ref" in item:
        return False
    return all(isinstance(one, Mapping) for name, one in item.items() if _is_method(name))


def _is_method(name: object) -> bool:
    return name == _ANY or str(name).lower() in _VERBS


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(path, method, operation), the method in capitals; `ANY` for API Gateway's own word."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        for name, operation in item.items() if isinstance(item, Mapping) else ():
            if isinstance(operation, Mapping) and _is_method(name):
                yield str(path), "ANY" if name == _ANY else str(name).upper(), operation


def resolved(document: Mapping[str, Any], value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    """The object, or the one in the same document that it refers to; an empty one for everything else."""
    reference = value.get("$ref") if isinstance(value, Mapping) else None
    if not isinstance(reference, str):
        return value if isinstance(value, Mapping) else {}
    found: Any = document if reference.startswith("#/") else None
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@lru_cache(maxsize=_KEPT)
def _parsed(text: str) -> object:
    if len(text) > _LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if len(text) > _LONGEST_YAML:
            return None
    try:
        return yaml.load(text, Loader=_Plain)  # noqa: S506 - a safe loader, without aliases
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
