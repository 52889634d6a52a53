"""Secrets that a stack holds in clear text, so that they can be masked in everything that is stored.

Pulumi hides what its author marked secret. What nobody marked stands in clear in what a program declares; our checks
say where, and the run's redactor keeps the text itself out of journal, evidence and reports. Short texts and plain
words stay: masked everywhere, they would make a report unreadable.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from scanner.cloud.declared import Declared
from scanner.cloud.named_secrets import is_told, is_told_by_flag, plain
from scanner.cloud.secret_detection import DetectedInValues, detected
from scanner.model.leaves import Path, leaves_by_path
from scanner.model.resource import CloudValue, Resource
from scanner.model.scripts import assignments, script_of
from scanner.model.secret import Secret
from scanner.model.secret_words import is_secret

_SHORTEST: Final = 8  # characters; the redactor tells no shorter text from others
_WORDS: Final = re.compile(r"[A-Za-z_.:/-]{1,15}|\d{1,11}")  # a word or a number: not told from others either
_LONGEST: Final = 262_144  # characters of a text that is searched for assignments; user data hold 16 KB
# Wider than what a script sets: also the members of documents. What is masked too much does no harm.
# No name is given back letter by letter: what follows one is none of its letters.
_MEMBER: Final = re.compile(r"([A-Za-z_][\w.-]{1,60}+)[\"']?\s{0,80}[:=]\s{0,80}[\"']?([^\s\"',;&|<>{}()$`\\]{8,512})")

_QUOTED: Final = re.compile(
    r"([A-Za-z_][\w.-]{1,60}+)[ \t]{0,8}[:=][ \t]{0,8}'([^'\n]{8,512})'"
)  # a shell reads no `$` there
_FLAG: Final = re.compile(r"(?<![\w-])--?([A-Za-z][\w-]{1,60})[ \t]{1,8}[\"']?([^\s\"'$`-][^\s\"'$`]{7,512})")
# `secret:NAME` in an ARN, and the name of an action in a policy, assign nothing.
_NAMED: Final = re.compile(r"arn:aws[\w-]{0,20}:[^\s\"',;{}]+|\bsecretsmanager:[A-Z][A-Za-z]*")


def clear_secrets(declared: Declared, in_values: DetectedInValues) -> tuple[Secret, ...]:
    """Each once, the longest first: texts under secret names, or in the form of a secret, in all that was declared."""
    found = {held for one in in_values.found for held in one.form.held}
    texts = {one.text for one in declared.texts if one.text is not None}
    found |= {text for one in declared.resources for said in _said(one) for text in _in_value(said, texts)}
    found |= {held for text in texts for held in _in_text(text)}
    told = {text for text in found if len(text) >= _SHORTEST and not _WORDS.fullmatch(text)}
    return tuple(Secret(text) for text in sorted(told, key=lambda text: (-len(text), text)))


def _said(one: Resource) -> Iterator[CloudValue]:
    """What goes in, and what comes out beside: most outputs are inputs."""
    yield one.inputs
    yield {name: value for name, value in one.outputs.items() if one.inputs.get(name) != value}


def _in_value(value: CloudValue, met: set[str], above: Path = ()) -> Iterator[str]:
    """What is a secret by its place; every text is `met`, to be looked into once, wherever it stands."""
    texts = {path: leaf for path, leaf in leaves_by_path(value, above) if isinstance(leaf, str)}
    met.update(texts.values())
    for path, text in texts.items():
        held = text.strip()
        if held.startswith(("{", "[")):
            yield from _in_document(held, met, path)
        elif "\n" not in held and is_told(path, held, texts):
            yield held


def _in_document(text: str, met: set[str], path: Path) -> Iterator[str]:
    """JSON in a text, as definitions of containers are, is read as what it holds."""
    try:
        yield from _in_value(json.loads(text), met, path) if len(text) <= _LONGEST else ()
    except (ValueError, RecursionError):
        return


def _in_text(text: str) -> Iterator[str]:
    """What is assigned in a script or a document, also where it is packed."""
    short = text[:_LONGEST]
    yield from _assigned(short)
    inner = script_of(short.strip())
    if inner is not None and inner != short.strip():
        inside = {held for form in detected(inner) for held in form.held} | set(_assigned(inner))
        yield from inside
        if inside:
            yield text.strip()  # the packed text tells as much


def _assigned(text: str) -> Iterator[str]:
    if "=" in text or ":" in text:
        said = _NAMED.sub("", text)
        for form in (_MEMBER, _QUOTED) if "'" in said else (_MEMBER,):
            yield from (found[2] for found in form.finditer(said) if is_secret(plain(found[1]), found[2]))
        yield from (value for name, value in assignments(said) if is_secret(name, value))
    if " -" in text:
        yield from (found[2] for found in _FLAG.finditer(text) if is_told_by_flag(found[1], found[2]))
