"""Mask personal data in what is stored: by the place in an OCPI object, by pattern, and whatever was met before.

A masked value keeps its kind and eight digits of an HMAC whose key ends with the process: one can see that two answers
showed the same token, and cannot find out which. Checks judge facts, never evidence, so no verdict depends on it.
"""

import hmac
import json
import re
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from scanner.gate.personal.fields import (
    ALWAYS,
    COMPENSATION,
    CONTRACT,
    DRIVEWAY,
    EMAIL,
    LOCATIONS_OF_A_CHARGE,
    MADE_UP,
    NOT_PUBLISHED,
    OF_A_CHARGE,
    OF_A_TOKEN,
    OF_AN_EVSE,
    PARKING,
    PLACE,
    SHORTEST_PATTERN,
    TOKEN_PATH,
    UID,
    VIN,
    Kind,
)
from scanner.model.json_value import JsonValue

_WORD: Final = re.compile(r"[A-Za-z0-9*_-]{8,}")
_DIGIT: Final = re.compile(r"\d")
_MOST_KNOWN: Final = 200_000
_LONGEST_CLEAN: Final = 20_000  # characters of a text that is kept in mind
_MOST_CLEAN: Final = 16_000_000  # bytes of all of them, roughly
_OF_AN_ENTRY: Final = 120
_SCALARS: Final = frozenset({int, bool, float, type(None)})
_FIELD: Final = re.compile(  # in a text that is no JSON as a whole: cut off, or quoted in something else
    r"(\\*[\"'](?P<field>[a-z_]+)\\*[\"']\s*:\s*)(?P<quote>\\*[\"']?)(?P<value>(?:(?!(?P=quote))[^\"'\\,}\]])+)",
    re.IGNORECASE,
)
_IN_DOUBT: Final[Mapping[str, Kind]] = {  # where nothing says which object a field belongs to
    **ALWAYS,
    UID: Kind.TOKEN_UID,
    **dict.fromkeys(PLACE - {"name", "text"}, Kind.HOME),
}

_TELLING: Final = frozenset({*ALWAYS, UID})  # names of members that may be personal by themselves

Object = Mapping[str, JsonValue]


class PersonalData:
    """Masks and counts; remembers values that a field has shown, to find them in other texts of the run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._key = secrets.token_bytes(32)
        self._known: dict[str, Kind] = {}
        # Texts that hold nothing as long as no more values than this are known: as a text, as a string of a document.
        self._clean: dict[str, int] = {}
        self._plain: dict[str, int] = {}
        self._room = _MOST_CLEAN

    def document(self, value: JsonValue) -> JsonValue:
        """A JSON document without personal data; strings that hold JSON are looked into."""
        if isinstance(value, str):
            return value if self._plain.get(value, -1) >= len(self._known) else self._string(value)
        if isinstance(value, dict):  # asking for an abstract class takes longer than the rest
            return self._object(value)
        if isinstance(value, list | tuple):
            return [self.document(inner) for inner in value]
        return self._object(value) if type(value) not in _SCALARS and isinstance(value, Mapping) else value

    def strings(self, value: JsonValue) -> JsonValue:
        """Facts of ours without personal data: every string as `text`, whatever it is called; keys are ours."""
        if isinstance(value, str):
            return value if self._clean.get(value, -1) >= len(self._known) else self.text(value)
        if isinstance(value, dict):
            return {key: self.strings(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.strings(inner) for inner in value]
        if type(value) not in _SCALARS and isinstance(value, Mapping):
            return {key: self.strings(inner) for key, inner in value.items()}
        return value

    def text(self, text: str) -> str:
        """Any text without personal data, as far as patterns and former values can tell."""
        if self._clean.get(text, -1) >= len(self._known):  # keys and words come again and again
            return text
        masked = self._masked(text)
        if masked == text:
            self._remember(text, self._clean)
        return masked

    def _remember(self, text: str, clean: dict[str, int]) -> None:
        """Keep in mind that nothing was found in it, as far as there is room; each value to be found has a digit."""
        if text not in clean:
            if len(text) > _LONGEST_CLEAN or self._room < len(text):
                return
            self._room -= len(text) + _OF_AN_ENTRY
        clean[text] = len(self._known) if _DIGIT.search(text) else sys.maxsize

    def _masked(self, text: str) -> str:
        if "@" in text:
            text = EMAIL.sub(self._by(Kind.EMAIL), text)
        if len(text) >= SHORTEST_PATTERN:
            text = CONTRACT.sub(self._by(Kind.CONTRACT_ID), text)
            text = VIN.sub(self._by(Kind.VIN), text)
        if "/tokens/" in text.lower():
            text = TOKEN_PATH.sub(lambda match: match[1] + self._mask(match[2], Kind.TOKEN_UID), text)
        return _WORD.sub(self._if_known, text) if self._known else text

    def _string(self, text: str) -> str:
        masked = self._in_string(text)
        if masked == text:
            self._remember(text, self._plain)
        return masked

    def _in_string(self, text: str) -> str:
        begin = text.lstrip()[:1]
        if begin in {"{", "["}:
            try:
                parsed = msgspec.json.decode(text)
                masked = self.document(parsed)  # from Python 3.12 on what is parsed may be too deep to be walked
                return text if masked == parsed else json.dumps(masked, ensure_ascii=False)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):  # half a surrogate pair is no UTF-8
                return self.text(_FIELD.sub(self._field, text))
        if '"' in text or "'" in text:
            text = _FIELD.sub(self._field, text)
        return self.text(text)

    def _object(self, value: Object) -> dict[str, JsonValue]:
        if _is_home(value):
            return {key: self._member(value, key, self._home(key, inner)) for key, inner in value.items()}
        charge = not OF_A_CHARGE.isdisjoint(value) and value.get(COMPENSATION) is not False
        clean, plain = self._clean, self._plain
        shown: dict[str, JsonValue] = {}
        for key, inner in value.items():  # most members are seen here to hold nothing
            name = key if clean.get(key, -1) >= len(self._known) else self.text(key)
            if charge and key in LOCATIONS_OF_A_CHARGE:
                shown[name] = self._member(value, key, self._home(key, inner))
            elif key.lower() in _TELLING:
                shown[name] = self._member(value, key, inner)
            elif isinstance(inner, str):
                shown[name] = inner if plain.get(inner, -1) >= len(self._known) else self._string(inner)
            else:
                shown[name] = inner if type(inner) in _SCALARS else self.document(inner)
        return shown

    def _member(self, beside: Object, key: str, value: JsonValue) -> JsonValue:
        lower = key.lower()
        kind = ALWAYS.get(lower) or (Kind.TOKEN_UID if lower == UID and _names_a_token(beside) else None)
        if kind is None or not _is_scalar(value):
            return self.document(value)
        return self._mask(str(value), kind, learn=True)

    def _home(self, key: str, value: JsonValue) -> JsonValue:
        if key in PLACE and _is_scalar(value):
            return self._mask(str(value), Kind.HOME)
        if isinstance(value, str) or type(value) in _SCALARS:
            return value
        if isinstance(value, Mapping):
            return {name: self._home(name, inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._home(key, inner) for inner in value]
        return value

    def _field(self, match: re.Match[str]) -> str:
        kind = _IN_DOUBT.get(match["field"].lower())
        value = match["value"].strip()
        if kind is None or value in {"null", "true", "false"} or value[:1] in {"{", "["}:
            return match[0]
        return match[1] + match["quote"] + self._mask(match["value"], kind, learn=True)

    def _by(self, kind: Kind) -> Callable[[re.Match[str]], str]:
        return lambda match: self._mask(match[0], kind)

    def _if_known(self, match: re.Match[str]) -> str:
        kind = self._known.get(match[0])
        return match[0] if kind is None else self._mask(match[0], kind)

    def _mask(self, value: str, kind: Kind, *, learn: bool = False) -> str:
        if not value or MADE_UP.match(value):
            return value
        if learn and _WORD.fullmatch(value) and any(map(str.isdigit, value)) and len(self._known) < _MOST_KNOWN:
            self._known[value] = kind
        self.counts[kind] += 1
        told = hmac.digest(self._key, value.encode(errors="replace"), "sha256").hex()[:8]
        return f"[redacted {kind} {told}]"


def _is_home(value: Object) -> bool:
    return value.get(NOT_PUBLISHED) is False or value.get(PARKING) == DRIVEWAY


def _names_a_token(value: Object) -> bool:
    keys = {key.lower() for key in value}
    return not OF_A_TOKEN.isdisjoint(keys) or OF_AN_EVSE.isdisjoint(keys)


def _is_scalar(value: JsonValue) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
