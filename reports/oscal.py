"""What OSCAL documents (NIST, Open Security Controls Assessment Language 1.2) share: names, properties, text, metadata.

Every UUID is made from what it names (RFC 9562, version 5), so that the same posture gives the same document.
"""

import re
from collections.abc import Iterable
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from reports.model.posture import Posture
from reports.text import one_line, storable
from scanner.model.json_value import JsonValue

JsonObject = dict[str, JsonValue]

OSCAL_VERSION: Final = "1.2.1"
# A name, not an address: readers want an absolute URL with a host, and nobody can own this one (RFC 2606).
NAMESPACE: Final = "https://ocpi-posture.invalid/ns/oscal"
CATALOG_FILE: Final = "oscal-catalog.json"
_NAMES: Final = uuid5(NAMESPACE_URL, NAMESPACE)
# Titles, descriptions and remarks are Markdown (OSCAL, markup-line and markup-multiline): this keeps text plain.
_MARKUP: Final = re.compile(r"([\\`*\[\]<>&])")


def uuid_of(kind: str, *parts: str) -> str:
    """The UUID of one thing of a kind."""
    return str(uuid5(_NAMES, msgspec.json.encode([storable(part) for part in (kind, *parts)]).decode()))


def plain(text: str, limit: int = 1_200) -> str:
    """One line for a string: never empty, because OSCAL has no empty strings."""
    return one_line(text, limit) or "-"


def markup(text: str, limit: int = 1_200) -> str:
    """One line for a field that is read as Markdown, in which it formats nothing."""
    return _MARKUP.sub(r"\\\1", plain(text, limit))


def props(**values: str | Iterable[str]) -> list[JsonValue]:
    """Properties of ours; an empty value is left out, a sequence gives one property an item."""
    return [
        {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": plain(item)}
        for name, value in values.items()
        for item in ((value,) if isinstance(value, str) else value)
        if item
    ]


def objective(control: str) -> str:
    """The id of the objective of a row: what a finding is about."""
    return f"{control}_obj"


def metadata(posture: Posture, title: str, version: str) -> JsonObject:
    """What every document says of itself; it is as old as its run."""
    return {
        "title": title,
        "last-modified": posture.run.finished_at.isoformat(),
        "version": plain(version, 100),
        "oscal-version": OSCAL_VERSION,
        "props": props(made_by=f"{posture.tool.name} {posture.tool.version}", audience=str(posture.audience)),
    }


def written(document: JsonObject) -> bytes:
    """The document as it is stored."""
    return msgspec.json.format(msgspec.json.encode(storable(document)), indent=1) + b"\n"
