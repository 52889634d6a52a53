"""What a variable of a function gives away: by its name, or by the form of its value whatever the name."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from scanner.model.resource import HIDDEN, CloudValue

_NAME: Final = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|(API|ACCESS|PRIVATE|SIGNING|AUTH|MASTER|SHARED|HMAC)_?KEY|CREDENTIAL"
    r"|(^|_)(PASS|PWD)($|_)|(?-i:[a-z](Pass|Pwd)($|[A-Z]))",
    re.IGNORECASE,
)
_POINTS_TO: Final = re.compile(r"(^|_)(ARN|NAME|PATH|PREFIX|TABLE|SPEC)$|(?-i:[a-z]Spec)$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(^|_)(URL|URI|ENDPOINT)$", re.IGNORECASE)
_LIFETIME: Final = re.compile(r"(^|_)(TTL|SECONDS|MINUTES|HOURS|DAYS)$", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"arn:aws[\w-]*:[\w-]+:\S+|/?[\w.-]+(/[\w.-]+)*/?")
_PART: Final = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d.*\d)\S{12,}")  # no word of a path: letters and digits mixed
_LONGEST_DOCUMENT: Final = 65_536  # characters of a JSON text in a variable; Lambda takes 4 KB of variables
_LONGEST_KEPT: Final = 512  # characters of a value that is kept in mind
_PLAIN_URL: Final = re.compile(r"https?://[^@?#\s]+")
_MASKED: Final = "[redacted]"  # a secret that was seen before, in a run that is taken up again
_VALUES: Final = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),  # RFC 7468
    # A password in a URL, RFC 3986 3.2.1; looked for where a scheme begins, not at each letter of a long text.
    re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE),
    re.compile(r"https?://[^/\s@]+@", re.IGNORECASE),  # a token in place of the user
    re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),  # JWT, RFC 7519
    re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),  # access key id, IAM User Guide
    re.compile(r"^(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[A-Za-z0-9/+]{40}$"),  # secret access key, in its own form
    re.compile(r"^(Token|Bearer|Basic)\s+\S{8,}$", re.IGNORECASE),  # a whole Authorization header
)


def names_secret(name: str) -> bool:
    """True for a name under which a secret is to be expected, and not only what points to one."""
    return bool(_NAME.search(name)) and not _POINTS_TO.search(name)


def is_secret(name: str, value: CloudValue) -> bool:
    """True for what Pulumi holds secret, what has the form of a secret, and text under a secret's name.

    Not for an ARN, a path of word characters and slashes, an address or a lifetime under a name that says so.
    """
    if value is HIDDEN:
        return True
    if not isinstance(value, str) or not value:
        return False
    if _MASKED in value or (_has_form(value) if len(value) <= _LONGEST_KEPT else _form_in(value)):
        return True
    return (names_secret(name) and not _only_points(name, value)) or _holds_secret(value)


def _form_in(value: str) -> bool:
    return any(form.search(value) for form in _VALUES)


_has_form: Final = lru_cache(maxsize=8192)(_form_in)  # a stack says the same words again and again


def _holds_secret(value: str) -> bool:
    """True for a JSON text with a secret anywhere in it."""
    if not value.lstrip().startswith(("{", "[")) or len(value) > _LONGEST_DOCUMENT:
        return False
    try:
        return any(is_secret(name, inner) for name, inner in _pairs("", json.loads(value)))
    except (ValueError, RecursionError):
        return False


def _pairs(name: str, value: CloudValue) -> Iterator[tuple[str, CloudValue]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(name, inner)
    else:
        yield name, value


def _only_points(name: str, value: str) -> bool:
    if _REFERENCE.fullmatch(value) and (value.startswith("arn:") or "/" in value):
        return value.startswith("arn:") or not any(map(_PART.fullmatch, value.split("/")))
    if _ADDRESS.search(name):
        return bool(_PLAIN_URL.fullmatch(value))
    return bool(_LIFETIME.search(name)) and value.isdigit()
