"""Write a waiver into the text of ocpi-posture.yaml, leaving every other character as it is."""

import json
from pathlib import Path

import yaml

from checks.model.waiver import Waiver
from scanner.config.yaml_document import PlainValue, compose, parse_yaml
from scanner.errors import ConfigError, UsageError

_KEY = "waivers"


def with_waiver(text: str, file: Path, waiver: Waiver, note: str = "") -> str:
    """The text with the waiver at the end of `waivers`, which is added if it is not there; `note` becomes a comment.

    Raises: ConfigError if the text is not valid as it is; UsageError if the result would not say what it should.
    """
    before = parse_yaml(text, file).data
    fields = _fields(waiver)
    changed = _insert(text, file, fields, note)
    if _reads_as(changed, file, before, fields):
        return changed
    by_hand = "\n".join(_block(fields, note, "  "))
    raise UsageError(f"{file}: `{_KEY}` is written in a way that cannot be extended safely.", f"Add this:\n{by_hand}")


def _fields(waiver: Waiver) -> dict[str, str]:
    return {
        "fingerprint": waiver.fingerprint,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "kind": str(waiver.kind),
    }


def _reads_as(changed: str, file: Path, before: dict[str, PlainValue], fields: dict[str, str]) -> bool:
    known = before.get(_KEY) or []
    expected = [*known, fields] if isinstance(known, list) else None
    try:
        return parse_yaml(changed, file).data == {**before, _KEY: expected}
    except ConfigError:
        return False


def _insert(text: str, file: Path, fields: dict[str, str], note: str) -> str:
    root = compose(text, file)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    in_braces = isinstance(root, yaml.MappingNode) and bool(root.flow_style)
    found = next(((key, value) for key, value in pairs if key.value == _KEY), None)
    if found is None and in_braces and pairs:
        last = pairs[-1][1].end_mark.index
        return f"{text[:last]}, {json.dumps(_KEY)}: [{_flow(fields)}]{text[last:]}"
    if found is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{gap}\n{_KEY}:\n" + _lines(_block(fields, note, "  "))
    key, value = found
    if isinstance(value, yaml.SequenceNode) and value.flow_style:
        return _into_flow(text, value, fields, note, keep=in_braces)
    indent = " " * value.start_mark.column if isinstance(value, yaml.SequenceNode) else "  "
    last = _last_leaf(value) if isinstance(value, yaml.SequenceNode) else key
    return _after_line(text, last.end_mark, _lines(_block(fields, note, indent)))


def _into_flow(text: str, value: yaml.SequenceNode, fields: dict[str, str], note: str, *, keep: bool) -> str:
    """A list with items in brackets gets one more; `[]` becomes a block, unless it is to keep its brackets."""
    start, end = value.start_mark.index, value.end_mark.index
    if not value.value and keep:
        return f"{text[:start]}[{_flow(fields)}]{text[end:]}"
    if not value.value:
        opened = text[:start].rstrip(" ") + text[end:]
        return _after_line(opened, value.start_mark, _lines(_block(fields, note, "  ")))
    last = value.value[-1].end_mark.index
    return f"{text[:last]}, {_flow(fields)}{text[last:]}"


def _flow(fields: dict[str, str]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _last_leaf(node: yaml.Node) -> yaml.Node:
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _after_line(text: str, mark: yaml.Mark, addition: str) -> str:
    """The addition behind the line that the mark stands in; a mark at the start of a line ends the one before."""
    lines = text.splitlines(keepends=True)
    count = mark.line if mark.column == 0 and mark.line > 0 else mark.line + 1
    head = "".join(lines[:count])
    gap = "" if head.endswith("\n") else "\n"
    return head + gap + addition + "".join(lines[count:])


def _block(fields: dict[str, str], note: str, indent: str) -> list[str]:
    comment = [f"{indent}# {note}"] if note else []
    (first, *rest) = (f"{name}: {_scalar(name, value)}" for name, value in fields.items())
    return [*comment, f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]


def _scalar(name: str, value: str) -> str:
    """Quoted as YAML and JSON both have it, but for the two fields that can hold nothing odd."""
    return value if name in {"until", "kind"} else json.dumps(value, ensure_ascii=False)


def _lines(block: list[str]) -> str:
    return "".join(f"{line}\n" for line in block)
