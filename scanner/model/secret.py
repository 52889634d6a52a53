"""A secret is a type first: it has no readable form, and the gate alone asks it for its text."""

import hashlib
import hmac
import secrets
from typing import Final, Never

_RUN_KEY: Final = secrets.token_bytes(32)


class Secret:
    """Text that must not appear in any output.

    `str()` and `repr()` give a keyed fingerprint (HMAC-SHA-256, key made per process): a plain hash of a weak
    token could be guessed. It cannot be pickled.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("a secret must not be empty")
        self._text = text

    def reveal(self) -> str:
        """Give the clear text; called where it goes into a header, and by the redactor, nowhere else."""
        return self._text

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits, equal for equal secrets within one process."""
        return hmac.new(_RUN_KEY, self._bytes, hashlib.sha256).hexdigest()[:8]

    @property
    def _bytes(self) -> bytes:
        """What a target sends as a token may be half a surrogate pair."""
        return self._text.encode(errors="surrogatepass")

    def __repr__(self) -> str:
        return f"Secret({self.fingerprint})"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._bytes, other._bytes)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __reduce__(self) -> Never:
        raise TypeError("a secret is not written anywhere")
