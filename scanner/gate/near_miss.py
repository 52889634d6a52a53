"""Tokens that are almost the real one, as Authorization header values; see `NearMiss`."""

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from scanner.model.credential import NearMiss
from scanner.model.token_encoding import TokenEncoding

_AFTER: Final = {**{c: chr(ord(c) + 1) for c in map(chr, range(33, 126))}, "9": "0", "z": "a", "Z": "A"}


def encoded(token: str, encoding: TokenEncoding) -> str:
    """A token as it stands in the header.

    Encoding as in OCPI 2.2.1 transport_and_format, "Authorization header"; raw as in 2.1.1.
    """
    match encoding:
        case TokenEncoding.RAW:
            return token
        case TokenEncoding.BASE64:
            return _base64(token)
        case TokenEncoding.BASE64_NEWLINE:
            return _base64(token + "\n")


def near_miss(token: str, miss: NearMiss, encoding: TokenEncoding) -> str | None:
    """The header value (without scheme) of a miss; None where HTTP has no way to carry it (RFC 9110, section 5.5)."""
    match miss:
        case NearMiss.ENCODED_TWICE:
            return _base64(_base64(token))
        case NearMiss.OTHER_ENCODING_DAMAGED:
            other = TokenEncoding.RAW if encoding is not TokenEncoding.RAW else TokenEncoding.BASE64
            return _one_changed(encoded(token, other))
        case NearMiss.PERCENT_ENCODED:
            return "".join(f"%{byte:02X}" for byte in encoded(token, encoding).encode())
        case NearMiss.NUL_APPENDED if encoding is TokenEncoding.RAW:
            return None
        case _:
            return encoded(altered(token, miss), encoding)


def altered(token: str, miss: NearMiss) -> str:
    """The token itself, altered; as it is for a miss that is one of encoding."""
    return _ALTERED[miss](token) if miss in _ALTERED else token


def forms_of_misses(token: str) -> Iterator[str]:
    """Every text that a miss may put on the wire, or that a platform may decode from it, for the redactor."""
    for miss in NearMiss:
        yield altered(token, miss)
        for encoding in TokenEncoding:
            if value := near_miss(token, miss, encoding):
                yield value


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _one_changed(text: str) -> str:
    """The character in the middle becomes the one after it, so that neither half alone tells the two apart."""
    middle = len(text) // 2
    return text[:middle] + _AFTER.get(text[middle], "0") + text[middle + 1 :]


_ALTERED: Final[Mapping[NearMiss, Callable[[str], str]]] = {
    NearMiss.SWAPPED_CASE: str.swapcase,
    NearMiss.UPPER_CASE: str.upper,
    NearMiss.LOWER_CASE: str.lower,
    NearMiss.WITHOUT_FIRST: lambda token: token[1:],
    NearMiss.WITHOUT_LAST: lambda token: token[:-1],
    NearMiss.ONE_APPENDED: lambda token: token + "0",
    NearMiss.ONE_CHANGED: _one_changed,
    NearMiss.LEADING_SPACE: lambda token: " " + token,
    NearMiss.TRAILING_SPACE: lambda token: token + " ",
    NearMiss.DOUBLED: lambda token: token + token,
    NearMiss.NUL_APPENDED: lambda token: token + "\0",
}
