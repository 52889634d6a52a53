"""Credentials tokens: made here, sent in the Authorization header, kept as SHA-256 only.

A made token has 256 random bits, so a plain hash cannot be guessed back (OCPI 2.2.1, credentials: at most 64 printable
non-whitespace ASCII characters).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from typing import Final

from infra.service.partner import TokenEncoding

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")
_RANDOM_BYTES: Final = 32


class CredentialsToken:
    """A credentials token whose text does not leak through `repr`, logs or tracebacks."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Raises ValueError when `text` cannot be a credentials token."""
        if not _TOKEN.fullmatch(text):
            raise ValueError("not a credentials token")
        self._text = text

    @classmethod
    def make(cls) -> CredentialsToken:
        """A new one, 256 bits from the system's generator."""
        return cls(secrets.token_urlsafe(_RANDOM_BYTES))

    def reveal(self) -> str:
        """The text: for the Authorization header, the credentials object and the vault, nowhere else."""
        return self._text

    def digest(self) -> str:
        """What is stored: SHA-256, hexadecimal."""
        return hashlib.sha256(self._text.encode("ascii")).hexdigest()

    def authorization(self, encoding: TokenEncoding) -> str:
        """The Authorization header's value."""
        if encoding is TokenEncoding.RAW:
            return f"Token {self._text}"
        return "Token " + base64.b64encode(self._text.encode("ascii")).decode("ascii")

    def __repr__(self) -> str:
        return "CredentialsToken(***)"

    __str__ = __repr__


def same_digest(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("ascii"), other.encode("ascii"))


def decode_token(value: str, encoding: TokenEncoding) -> CredentialsToken | None:
    """The token in the part of the header after `Token `, or None when it is not written in `encoding`."""
    try:
        if encoding is TokenEncoding.RAW:
            return CredentialsToken(value)
        token = CredentialsToken(base64.b64decode(value.encode("ascii"), validate=True).decode("ascii"))
    except (ValueError, binascii.Error):
        return None
    # one token, one spelling: Base64 with stray low bits decodes, but is not what an encoder writes
    return token if token.authorization(encoding) == f"Token {value}" else None
