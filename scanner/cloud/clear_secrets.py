"""Secrets that a stack holds in clear text, so that they can be masked in everything that is stored.

Pulumi hides what its author marked secret. What nobody marked stands in clear in what a program declares; our checks
say where, and the run's redactor keeps the text itself out of journal, evidence and reports. Short texts and plain
words stay: masked everywhere, they would make a report unreadable.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from scanner.cloud.declared import Declared
from scanner.cloud.suspects import held_secrets
from scanner.model.resource import CloudValue
from scanner.model.secret import Secret
from scanner.model.secret_words import is_secret

_SHORTEST: Final = 8  # characters; the redactor tells no shorter text from others
_WORDS: Final = re.compile(r"[A-Za-z_.:/-]{1,15}|\d{1,11}")  # a word or a number: not told from others either
_LONGEST: Final = 262_144  # characters of a text that is searched for assignments; user data hold 16 KB
_ASSIGNED: Final = re.compile(r"([A-Za-z_][\w.-]{1,60})[\"']?\s*[:=]\s*[\"']?([^\s\"',;&|<>{}()$`\\]{8,512})")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}\s*")


def clear_secrets(declared: Declared) -> tuple[Secret, ...]:
    """Each once, the longest first: texts under secret names, or in the form of a secret, in all that was declared."""
    found = {text for resource in declared.resources for text in _below("", resource.inputs)}
    found |= {text for one in declared.texts if one.text is not None for text in _in_text(one.text)}
    told = {text for text in found if len(text) >= _SHORTEST and not _WORDS.fullmatch(text)}
    return tuple(Secret(text) for text in sorted(told, key=lambda text: (-len(text), text)))


def _below(name: str, value: CloudValue) -> Iterator[str]:
    if isinstance(value, str):
        yield from _of(name, value)
    elif isinstance(value, Mapping):
        yield from _named(value)
        for key, inner in value.items():
            yield from _below(key, inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _below(name, inner)


def _named(value: Mapping[str, CloudValue]) -> Iterator[str]:
    """`{"name": "API_TOKEN", "value": ..}`, as containers and parameters write it."""
    name, held = value.get("name"), value.get("value")
    if isinstance(name, str) and isinstance(held, str):
        yield from _of(name.rpartition("/")[2].replace("-", "_"), held)


def _of(name: str, text: str) -> Iterable[str]:
    inside = set(_in_text(text))
    whole = is_secret(name, text) and not text.lstrip().startswith(("{", "[")) and "\n" not in text
    return inside | ({text.strip()} if whole else set())


def _in_text(text: str) -> Iterator[str]:
    """What is assigned in a script or a document, and what a detector finds, also one layer of Base64 down."""
    short = text[:_LONGEST]
    yield from held_secrets(short)
    yield from (match[2] for match in _ASSIGNED.finditer(short) if is_secret(match[1].replace("-", "_"), match[2]))
    inner = _decoded(short)
    if inner is not None:
        yield from held_secrets(inner)
        yield from (match[2] for match in _ASSIGNED.finditer(inner) if is_secret(match[1].replace("-", "_"), match[2]))
        yield text.strip()  # the encoded text tells as much


def _decoded(text: str) -> str | None:
    """The text inside Base64 that holds an assignment; None for anything else."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        inner = base64.b64decode(text, validate=False).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return inner if any(is_secret(m[1].replace("-", "_"), m[2]) for m in _ASSIGNED.finditer(inner)) else None
