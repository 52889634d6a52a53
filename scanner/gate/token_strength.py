"""How much of a token may be chance: an upper bound in bits, and what the token looks like."""

import base64
import binascii
import math
import re
from itertools import pairwise
from typing import Final
from uuid import UUID

from scanner.model.token_shape import Alphabet, Likeness

_SIZES: Final = {
    Alphabet.DIGITS: 10,
    Alphabet.HEX: 16,
    Alphabet.ONE_CASE: 26,
    Alphabet.LETTERS: 52,
    Alphabet.ONE_CASE_AND_DIGITS: 36,
    Alphabet.ALPHANUMERIC: 62,
    Alphabet.BASE64: 64,
    Alphabet.PRINTABLE: 95,
    Alphabet.OTHER: 256,
}
_CLASSES: Final = (
    (Alphabet.DIGITS, re.compile(r"[0-9]*")),
    (Alphabet.HEX, re.compile(r"[0-9a-f]*|[0-9A-F]*")),
    (Alphabet.ONE_CASE, re.compile(r"[a-z]*|[A-Z]*")),
    (Alphabet.LETTERS, re.compile(r"[a-zA-Z]*")),
    (Alphabet.ONE_CASE_AND_DIGITS, re.compile(r"[a-z0-9]*|[A-Z0-9]*")),
    (Alphabet.ALPHANUMERIC, re.compile(r"[a-zA-Z0-9]*")),
    (Alphabet.BASE64, re.compile(r"[a-zA-Z0-9+/_-]*={0,2}")),
    (Alphabet.PRINTABLE, re.compile(r"[ -~]*")),
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_JWT: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.([\w-]*)")
# RFC 9562: version 4 has 122 random bits, version 7 has 74; version 1 the time of a day (40) and a clock sequence (14).
_UUID_BITS: Final = {Likeness.UUID_V4: 122.0, Likeness.UUID_V1: 54.0, Likeness.UUID: 74.0}
_WORDS: Final = (
    "access", "admin", "apikey", "auth", "bearer", "bootstrap", "changeme", "charge", "charger", "charging", "client",
    "company", "connect", "country", "credential", "default", "demo", "develop", "driver", "dummy", "electric", "emsp",
    "energy", "example", "green", "hello", "letmein", "live", "local", "login", "master", "mobility", "network", "ocpi",
    "partner", "party", "password", "plain", "platform", "private", "prod", "production", "public", "qwerty",
    "register", "roaming", "root", "sample", "sandbox", "secret", "secure", "security", "server", "service",
    "staging", "station", "temp", "test", "token", "user", "vehicle", "version", "welcome",
)  # fmt: skip
_WORD: Final = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)) + r"|(?:19|20)\d\d(?!\d)", re.IGNORECASE)
# Seconds or milliseconds since 1970 in the years 2017 to 2033, or a day; not where they are a part of a longer number.
_TIME: Final = re.compile(
    r"(?<![0-9A-Fa-f])(?:1[5-9]\d{8}(?:\d{3})?|20[12]\d-?[01]\d-?[0-3]\d(?:T?\d{4}(?:\d{2})?)?)(?![0-9A-Fa-f])"
)
_TIME_BITS: Final = 25.0  # one of the seconds of a year
_WORD_BITS: Final = 11.0  # one of two thousand
_RUN_BITS: Final = 3.0  # how long, and which way, beside its first character
_SHORTEST_RUN: Final = 4
_MOSTLY: Final = 0.5


def alphabet_of(token: str) -> Alphabet:
    """The smallest class that holds every character."""
    return next((name for name, pattern in _CLASSES if pattern.fullmatch(token)), Alphabet.OTHER)


def likenesses(token: str) -> tuple[Likeness, ...]:
    """Everything that the token looks like, in order of declaration."""
    uuid = _uuid(token)
    found = {uuid} if uuid else set()
    if alphabet_of(token) in {Alphabet.HEX, Alphabet.DIGITS} and not uuid:
        found.add(Likeness.HEX)
    if _inside_base64(token) is not None:
        found.add(Likeness.BASE64)
    if _JWT.fullmatch(token):
        found.add(Likeness.JWT)
    if _covered(_words(token)) >= len(token) * _MOSTLY:
        found.add(Likeness.WORDS)
    if _covered(_runs(token)) >= len(token) * _MOSTLY:
        found.add(Likeness.RUN)
    if _period(token) < len(token):
        found.add(Likeness.REPEATED)
    if _times(token) and not uuid:
        found.add(Likeness.TIME)
    return tuple(likeness for likeness in Likeness if likeness in found)


def entropy_bits(token: str) -> float:
    """An upper bound of what an attacker has to guess, in bits; 0 for an empty text."""
    period = _period(token)
    if period < len(token):
        return entropy_bits(token[:period]) + math.log2(len(token) / period)
    uuid = _uuid(token)
    bits = min(_chance(token), _UUID_BITS[uuid]) if uuid else _chance(token)
    inside = _inside_base64(token)
    return min(bits, entropy_bits(inside)) if inside else bits


def _chance(token: str) -> float:
    each = math.log2(_SIZES[alphabet_of(token)])
    times = _times(token)
    words = _beside(_words(token), times)
    runs = _beside(_runs(token), [*times, *words])
    free = len(token) - _covered(times) - _covered(words) - _covered(runs)
    return free * each + len(times) * _TIME_BITS + len(words) * _WORD_BITS + len(runs) * (each + _RUN_BITS)


def _uuid(token: str) -> Likeness | None:
    if not _UUID.fullmatch(token):
        return None
    return {1: Likeness.UUID_V1, 4: Likeness.UUID_V4}.get(UUID(token).version or 0, Likeness.UUID)


def _inside_base64(token: str) -> str | None:
    """The printable text that a Base64 token stands for; empty where it stands for bytes; None where it is none."""
    if len(token) < len("YWJjZGVm") or len(token) % 4 or not (set(token) & set("+/=") or _mixed(token)):
        return None
    try:
        inside = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return None
    text = inside.decode("latin-1")
    return text if text.isascii() and text.rstrip("\n").isprintable() else ""


def _mixed(token: str) -> bool:
    return any(c.islower() for c in token) and any(c.isupper() for c in token) and any(c.isdigit() for c in token)


def _words(token: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(token)]


def _times(token: str) -> list[tuple[int, int]]:
    return [match.span() for match in _TIME.finditer(token)]


def _beside(spans: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap with none of the others."""
    return [span for span in spans if not any(span[0] < end and start < span[1] for start, end in others)]


def _runs(token: str) -> list[tuple[int, int]]:
    """Stretches of at least four characters, each the same as the one before, or its neighbour: `aaaa`, `3456`."""
    steps = [ord(later) - ord(earlier) for earlier, later in pairwise(token)]
    runs, start = [], 0
    for position in range(1, len(steps) + 1):
        if position == len(steps) or steps[position] != steps[start]:
            if steps[start] in {-1, 0, 1} and position - start + 1 >= _SHORTEST_RUN:
                runs.append((start, position + 1))
            start = position
    return runs


def _covered(spans: list[tuple[int, int]]) -> int:
    return sum(end - start for start, end in spans)


def _period(token: str) -> int:
    """The length of the pattern that the token repeats; its own length where it repeats none."""
    return (token + token).find(token, 1) if token else 0
