"""What a script sets: the assignments in user data and start-up scripts, also where they are packed."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Final

_LONGEST: Final = 1 << 18  # characters or bytes; EC2 takes 16 KB of user data
_GZIP: Final = b"\x1f\x8b"
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/\r\n]{8,}={0,2}\s*")
_QUOTES: Final = "\"' "
# Every repetition is bounded or can only be entered once a line: no text makes these search for minutes.
_FORMS: Final = (
    re.compile(
        r"^[ \t]*(?:export[ \t]+|set[ \t]+|setx[ \t]+|\$env:)?([A-Za-z_]\w*)[ \t]*[=:]\s{0,80}(\S.*)$", re.MULTILINE
    ),
    # Set in passing: docker run -e NAME=value, Environment=NAME=value, echo "NAME=value" >> file.
    re.compile(r"(?<![\w.$-])([A-Za-z_]\w{0,80})(?==(\"[^\"\n]{1,256}\"|'[^'\n]{1,256}'|[^\s\"'&|;]{1,256}))"),
    re.compile(r"(Authorization):\s{0,80}((?:Token|Bearer|Basic)\s{1,80}[^\s\"'\\]+)", re.IGNORECASE),
)
_BY_REFERENCE: Final = re.compile(r"\$\(|`|\$\{?\w|\{\{resolve:")  # a shell or AWS fetches the value when it runs


def script_of(text: str) -> str | None:
    """The script in user data: Base64 and gzip are taken off.

    None where what is below is no text, or longer than any user data.
    """
    if len(text) > _LONGEST:
        return None
    held = _decoded(text)
    if held is None:
        return text
    try:
        return (_unpacked(held) if held.startswith(_GZIP) else held).decode()
    except (zlib.error, ValueError):
        return None


def assignments(script: str) -> Iterator[tuple[str, str]]:
    """Name and value of everything that the script sets itself; what it fetches when it runs is left out."""
    for form in _FORMS:
        for found in form.finditer(script):
            text = found[2].strip(_QUOTES)
            if not _BY_REFERENCE.search(text):
                yield found[1], text


def _decoded(text: str) -> bytes | None:
    """What Base64 holds, with or without line breaks; None for another text."""
    if not _ENCODED.fullmatch(text):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _unpacked(held: bytes) -> bytes:
    """What gzip packed; ValueError for half of it, and for more than any user data hold."""
    reader = zlib.decompressobj(wbits=31)
    found = reader.decompress(held, _LONGEST)
    if not reader.eof:
        raise ValueError("too large, or cut off")
    return found
