"""What a service's own model says of the parameters of a call: more than boto3 looks at before it sends them.

boto3 asks for required members, types and smallest sizes. The model also has patterns, largest sizes and enums; AWS
holds calls against them, moto mostly does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import regex  # type: ignore[import-untyped] # as a dependency of others, without types

# Notations of the models that are Java's, or mistakes in them, in the form that `regex` reads.
_JAVA: Final = (
    (r"\p{Print}", r"[\x20-\x7e]"),
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"),
    (r"[\w-_]", r"[\w\-_]"),
    (r"[a-zA-Z\d-_/]", r"[a-zA-Z\d\-_/]"),
)


def complaints(shape: Any, value: object, at: str = "") -> Iterator[str]:
    """A sentence for each thing in `value` that the botocore `shape` does not allow."""
    match shape.type_name:
        case "structure":
            yield from _structure(shape, value, at)
        case "list":
            yield from _list(shape, value, at)
        case "map":
            yield from _map(shape, value, at)
        case "string":
            yield from _string(shape, value, at)
        case "integer" | "long" | "float" | "double":
            yield from _number(shape, value, at)
        case "boolean":
            yield from () if isinstance(value, bool) else (f"{at}: {value!r} is no boolean",)


def _structure(shape: Any, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {value!r} is no structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{at}.{name}: is required and missing"
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        yield f"{at}: one of {sorted(shape.members)} is wanted, not {sorted(value)}"
    for name, member in value.items():
        if name not in shape.members:
            yield f"{at}.{name}: there is no such parameter; there are {', '.join(sorted(shape.members))}"
        else:
            yield from complaints(shape.members[name], member, f"{at}.{name}")


def _list(shape: Any, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"{at}: {value!r} is no list"
        return
    yield from _size(shape, len(value), "members", at)
    for number, member in enumerate(value):
        yield from complaints(shape.member, member, f"{at}[{number}]")


def _map(shape: Any, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{at}: {value!r} is no map"
        return
    yield from _size(shape, len(value), "entries", at)
    for key, member in value.items():
        yield from complaints(shape.key, key, f"{at} (key)")
        yield from complaints(shape.value, member, f"{at}.{key}")


def _string(shape: Any, value: object, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: {value!r} is no text"
        return
    yield from _size(shape, len(value), "characters", at)
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{at}: {value!r} is none of {', '.join(allowed)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{at}: {value[:200]!r} does not match {pattern}"


def _number(shape: Any, value: object, at: str) -> Iterator[str]:
    whole = shape.type_name in {"integer", "long"}
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        yield f"{at}: {value!r} is no {shape.type_name}"
        return
    yield from _size(shape, value, "", at)


def _size(shape: Any, size: float, unit: str, at: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{at}: {size} {unit} are less than {least}".replace("  ", " ")
    if most is not None and size > most:
        yield f"{at}: {size} {unit} are more than {most}".replace("  ", " ")


@cache
def _compiled(pattern: str) -> Any:
    """The service holds the whole text against a pattern, whether or not it has anchors."""
    for java, python in _JAVA:
        pattern = pattern.replace(java, python)
    return regex.compile(pattern, regex.VERSION0)
