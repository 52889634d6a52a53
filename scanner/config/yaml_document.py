"""A YAML file as plain data, with the line and column of every key.

Scalars follow the core schema of YAML 1.2, not 1.1: `no`, `on` and `12:30` are text, and a date stays text until the
field it stands in asks for a date. Duplicate keys are refused, merge keys (`<<`) are understood, alias bombs end early.
"""

import re
from pathlib import Path
from typing import Final

import yaml

from scanner.errors import ConfigError, Problem
from scanner.model.late_dataclass import dataclass

KeyPath = tuple[str | int, ...]
Place = tuple[int, int]
PlainValue = str | int | float | bool | None | list["PlainValue"] | dict[str, "PlainValue"]

MAX_BYTES: Final = 4 * 2**20
MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 30
_TAG: Final = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 - emptied, so that the rules of YAML 1.1 are not inherited


for _name, _pattern, _first in (
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,2})?$", list("-+0123456789")),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), _first)


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlDocument:
    """`data` is the root mapping; `places` maps the path of each key or item to (line, column), from 1."""

    file: Path
    text: str
    data: dict[str, PlainValue]
    places: dict[KeyPath, Place]

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A problem at a key, placed at the nearest key above it that the file really has."""
        known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.places), ())
        line, column = self.places.get(known, (0, 0))
        return Problem(file=self.file, message=message, key=dotted(path), line=line, column=column)


def dotted(path: KeyPath) -> str:
    """`environments.test.allow[1]`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")


def read_yaml(file: Path) -> YamlDocument:
    """Read one file.

    Raises: ConfigError if it cannot be read, is not YAML, repeats a key, or is not a mapping at the top.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        reason = (error.strerror or "not readable").lower()
        raise ConfigError([Problem(file=file, message=f"cannot be read: {reason}")], _HOW_TO_BEGIN) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError([Problem(file=file, message=f"is larger than {MAX_BYTES // 2**20} MiB")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(file=file, message="is not UTF-8 text", line=line, column=1)]) from None
    return parse_yaml(text, file)


_HOW_TO_BEGIN: Final = "`ocpi-posture init --versions-url URL` writes a commented one."


def parse_yaml(text: str, file: Path) -> YamlDocument:
    """Parse the text of one file; errors as `read_yaml`."""
    root = compose(text, file)
    reader = _Reader(file)
    data = reader.value(root, ()) if root is not None else {}
    if not isinstance(data, dict):
        reader.problems.append(Problem(file=file, message="must be a mapping of keys to values", line=1, column=1))
    if reader.problems or not isinstance(data, dict):
        raise ConfigError(reader.problems)
    return YamlDocument(file=file, text=text, data=data, places=reader.places)


def compose(text: str, file: Path) -> yaml.Node | None:
    """The node tree of the text; None if it is empty. Raises: ConfigError."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = Problem(file=file, message=_why(error, text, line), line=line, column=column)
        raise ConfigError([problem], "Nothing was read: the file has to be valid YAML first.") from None
    except yaml.YAMLError:
        message = "is not YAML: it holds a character that YAML does not allow"
        raise ConfigError([Problem(file=file, message=message)]) from None
    except RecursionError:
        raise ConfigError([Problem(file=file, message="is nested too deeply")]) from None


def _why(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    """The parser's words without what it quotes from the file, which might be a secret, and the key that is near."""
    said = re.sub(r" '(?!<)[^']{2,}'", "", error.problem or "cannot be parsed")
    lines = text.splitlines()[:line]
    keys = (re.match(r"\s*(?:- )?([A-Za-z_][\w.-]*):(?:\s|$)", candidate) for candidate in reversed(lines))
    near = next((match.group(1) for match in keys if match), None)
    return f"not valid YAML at or just after key {near!r}: {said}" if near else f"not valid YAML: {said}"


class _Reader:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.places: dict[KeyPath, Place] = {}
        self.problems: list[Problem] = []
        self._nodes = 0

    def value(self, node: yaml.Node, path: KeyPath) -> PlainValue:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise ConfigError([self._problem(node, path, "is nested too deeply, or repeats itself through aliases")])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _item(self, node: yaml.Node, path: KeyPath) -> PlainValue:
        self.places[path] = _place(node)
        return self.value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, PlainValue]:
        own: dict[str, PlainValue] = {}
        merged: dict[str, PlainValue] = {}
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                merged |= self._merge(value_node, path)
                continue
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in own:
                self.problems.append(self._problem(key_node, (*path, key), self._repeated((*path, key))))
                continue
            self.places[(*path, key)] = _place(key_node)
            own[key] = self.value(value_node, (*path, key))
        return {**merged, **own}

    def _repeated(self, path: KeyPath) -> str:
        return f"this key was already given on line {self.places[path][0]}"

    def _merge(self, node: yaml.Node, path: KeyPath) -> dict[str, PlainValue]:
        sources = list(reversed(node.value)) if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, PlainValue] = {}
        for source in sources:
            if isinstance(source, yaml.MappingNode):
                merged |= self._mapping(source, path)
            else:
                self.problems.append(self._problem(source, (*path, "<<"), "only a mapping can be merged"))
        return merged

    def _scalar(self, node: yaml.Node, path: KeyPath) -> PlainValue:
        text = str(node.value)
        if unusable := _unusable(text):
            self.problems.append(self._problem(node, path, unusable))
        match node.tag.removeprefix(_TAG):
            case "str" | "merge":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return self._number(node, path, text, int)
            case "float":
                return self._number(node, path, text, float)
        self.problems.append(self._problem(node, path, "a YAML tag is not understood here; write the value without it"))
        return None

    def _number(self, node: yaml.Node, path: KeyPath, text: str, kind: type[int] | type[float]) -> int | float | None:
        try:
            return kind(text)
        except ValueError:
            self.problems.append(self._problem(node, path, "is not a number"))
            return None

    def _problem(self, node: yaml.Node, path: KeyPath, message: str) -> Problem:
        line, column = _place(node)
        return Problem(file=self.file, message=message, key=dotted(path), line=line, column=column)


def _unusable(text: str) -> str | None:
    """Why no file, program or database takes such a text."""
    if "\0" in text:
        return "holds a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "holds half a character (a lone surrogate)"
    return None


def _place(node: yaml.Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
