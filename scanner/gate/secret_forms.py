"""The forms in which a secret may travel, and a pattern that finds where any of them may begin."""

import base64
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from re import escape
from typing import Final
from urllib.parse import quote, quote_plus

_URL_SAFE: Final = str.maketrans("+/", "-_")  # RFC 4648, section 5


def forms_of(text: str) -> Iterator[str]:
    """The text as it may stand in a header, a URL, a JSON string, a dump or a Base64 of something around it."""
    raw = text.encode()
    yield from {text, quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], raw.hex(), raw.hex().upper()}
    for variant in (raw, raw + b"\n"):
        once = base64.b64encode(variant)
        for encoded in (once, base64.b64encode(once), base64.urlsafe_b64encode(variant)):
            yield encoded.decode()
            yield encoded.decode().rstrip("=")
            yield quote(encoded.decode(), safe="")
    yield from _inside_base64(raw)
    yield from _inside_base64(base64.b64encode(raw))  # of a whole Authorization header, say


def _inside_base64(raw: bytes) -> Iterator[str]:
    """What is the same in every Base64 text that holds `raw` at offset 0, 1 or 2 of a group of three bytes."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6) if offset else 0
        last = (offset + len(raw)) * 8 // 6
        yield encoded[first:last]
        yield encoded[first:last].translate(_URL_SAFE)


def holding_no_other(forms: Iterable[str]) -> tuple[str, ...]:
    """The forms without those that hold another one: enough to notice any."""
    kept: list[str] = []
    for form in sorted(forms, key=lambda form: (len(form), form)):
        if not any(shorter in form for shorter in kept):
            kept.append(form)
    return tuple(kept)


def any_word(words: Iterable[str]) -> str:
    """A pattern for any of the words, as a tree: what they begin with in common is looked at once."""
    return _branch(sorted(set(words)))


def _branch(words: list[str]) -> str:
    if len(words) == 1:
        return escape(words[0])
    branches = []
    for first, group in groupby(words, key=lambda word: word[:1]):
        rest = [word[1:] for word in group]
        branches.append(escape(first) + _branch(rest) if any(rest) else escape(first))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
