"""Which texts of a stack are secrets by a name: their own, one beside or before them, or the one they stand below."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from scanner.cloud.secret_detection import is_random
from scanner.model.leaves import Path, name_of
from scanner.model.secret_words import is_secret, names_secret

_NAMED_BY: Final = ("name", "Name", "NAME", "key", "Key")  # providers read JSON whatever the case of its names
_POINTS: Final = re.compile(r"[a-z](Arn|Id|Name)s?$")  # properties such as `secretId`, which name a secret
# What a distribution tells its origin, and a web ACL looks for: by this an origin knows who calls.
_SHARED: Final = frozenset({"customHeaders", "searchString"})
_FLAG: Final = re.compile(r"--?[A-Za-z][\w-]{1,60}")
_OF_FLAGS: Final = re.compile(
    r"[-_](arn|id|name|file|dir|path|type|format)s?$", re.IGNORECASE
)  # `--secret-id`, `--token-file`
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/=_.-]{16,2048}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_told(path: Path, text: str, texts: Mapping[Path, str]) -> bool:
    """True for the text at a path among `texts`; below the name of a secret only for what nobody made up as a word."""
    if any(is_secret(name, text) for name in _names(path, texts) if not _POINTS.search(name)):
        return True
    before = texts.get((*path[:-1], path[-1] - 1), "") if path and isinstance(path[-1], int) else ""
    if _FLAG.fullmatch(before) and is_told_by_flag(before, text):
        return True
    return (_stands_below(path[:-1]) or _stands_below(path[-1:])) and _is_made(text)


def is_told_by_flag(flag: str, text: str) -> bool:
    """True for `--api-token TEXT`; `--secret-id TEXT` names a secret."""
    return is_secret(plain(flag.lstrip("-")), text) and not _OF_FLAGS.search(flag)


def plain(name: str) -> str:
    """A name as `secret_words` knows it."""
    return name.replace("-", "_")


def _names(path: Path, texts: Mapping[Path, str]) -> Iterator[str]:
    """Its own, and that of `{"name": "API_TOKEN", "value": ..}`, as containers and parameters write it."""
    yield name_of(path)
    if str(path[-1] if path else "").lower() != "value":
        return
    for spelling in _NAMED_BY:
        beside = texts.get((*path[:-1], spelling))
        if beside is not None:
            yield plain(beside.rpartition("/")[2])


@lru_cache(maxsize=4096)
def _holds_secrets(part: str) -> bool:
    return part in _SHARED or (names_secret(plain(part)) and not _POINTS.search(part))


@lru_cache(maxsize=4096)
def _stands_below(path: Path) -> bool:
    return any(_holds_secrets(part) for part in path if isinstance(part, str))


def _is_made(text: str) -> bool:
    made = _UUID.fullmatch(text) or (_TOKEN.fullmatch(text) and is_random(text))
    return bool(made) and is_secret("token", text)
