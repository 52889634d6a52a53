"""What a policy calls itself, read from the installed files: Checkov takes seconds to load and is not imported here."""

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import yaml

from checks.mappings.catalogue import catalogue

_FOLDERS: Final = ("terraform/checks",)  # of Checkov, whose AWS policies judge the plan
_SUFFIXES: Final = frozenset({".py", ".yaml", ".json"})  # JSON is YAML, too


def title_of(rule: str) -> str | None:
    """The title of a Checkov policy, or of one of ours in its form; None where nothing installed has that id.

    The catalogue knows those on AWS; policies on anything else are looked for in the installed files.
    """
    if rule in catalogue():
        return catalogue()[rule].title
    whole = re.compile(rf"(?<![A-Z0-9_]){re.escape(rule)}(?![0-9])")
    for file in _policies():
        text = file.read_text(encoding="utf-8", errors="replace")
        if whole.search(text):
            title = _python_title(text, rule) if file.suffix == ".py" else _yaml_title(text, rule)
            if title:
                return title
    return None


def _policies() -> Iterator[Path]:
    for package, folders in (("checks", ("policies",)), ("checkov", _FOLDERS)):
        spec = find_spec(package)
        for place in spec.submodule_search_locations or () if spec else ():
            for folder in folders:
                yield from sorted(f for f in Path(place, folder).rglob("*") if f.suffix in _SUFFIXES)


def _python_title(text: str, rule: str) -> str | None:
    """`name` beside `id`, as assignments of one function or as arguments of one call."""
    for node in ast.walk(ast.parse(text)):
        said: dict[str, object] = {}
        if isinstance(node, ast.FunctionDef):
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    said[line.targets[0].id] = getattr(line.value, "value", None)
        elif isinstance(node, ast.Call):
            said = {word.arg: getattr(word.value, "value", None) for word in node.keywords if word.arg}
        if said.get("id") == rule and isinstance(said.get("name"), str):
            return str(said["name"])
    return None


def _yaml_title(text: str, rule: str) -> str | None:
    document = yaml.safe_load(text)
    metadata = document.get("metadata", {}) if isinstance(document, dict) else {}
    return str(metadata["name"]) if metadata.get("id") == rule and metadata.get("name") else None
