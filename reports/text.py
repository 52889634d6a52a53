"""Text from a target, made fit for storing and for showing. It is hostile: it may be endless, invisible or reversed."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from scanner.model.json_value import JsonValue

STORED_CHARACTERS: Final = 20_000
SHOWN_CHARACTERS: Final = 1_200

_WHOLE: Final = frozenset({int, bool, float, type(None)})
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab and newline; bidirectional controls and isolates, zero-width and other invisible
# characters (Unicode TR 36, section 2), line separators, tags, and surrogates without their other half.
_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def cut(text: str, limit: int) -> str:
    """The text, or its first `limit` characters and how long it was."""
    return text if len(text) <= limit else f"{text[:limit]}… (cut: {len(text):,} characters)"


def visible(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """The text for a reader: cut, with every character that hides, reverses or moves something named by its number."""
    if len(text) <= limit and text.isprintable():  # nearly all; none of those characters is printable
        return text
    return _UNSHOWABLE.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", cut(text, limit))


def one_line(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """As `visible`, with white space folded, for a place that holds one line."""
    return " ".join(visible(text, limit).split())


def storable(value: JsonValue) -> JsonValue:
    """The document with every string cut at `STORED_CHARACTERS` and representable in UTF-8."""
    kind = type(value)  # seen at once; asking for an abstract class takes longer than all the rest
    if kind in _WHOLE:
        return value
    if isinstance(value, str):
        return value if kind is str and len(value) <= STORED_CHARACTERS and value.isascii() else _storable_text(value)
    if isinstance(value, dict) or (kind is not list and isinstance(value, Mapping)):
        return {_storable_name(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Sequence):
        return [storable(item) for item in value]
    return value


def _storable_text(text: str) -> str:
    if len(text) <= STORED_CHARACTERS and text.isascii():  # nearly all
        return str(text)
    return _SURROGATE.sub("\ufffd", cut(text, STORED_CHARACTERS))


@lru_cache(maxsize=1024)
def _storable_name(key: object) -> str:
    """Of a member: a few names come tens of thousands of times."""
    return _storable_text(str(key))
