"""Tokens that a partner was offered and has not answered for yet: they open versions and credentials, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from infra.service.credentials_token import CredentialsToken
from infra.service.registration import Registration


class OfferedTokens:
    """Kept in this process, for the length of a handshake; the partner's present token stays what it is."""

    def __init__(self) -> None:
        self._open: dict[str, Registration] = {}

    @contextmanager
    def offered(self, registration: Registration, token: CredentialsToken) -> Iterator[None]:
        """Let the token in for the length of the block."""
        digest = token.digest()
        self._open[digest] = replace(registration, token_hash=digest, bootstrap=True)
        try:
            yield
        finally:
            self.forget(digest)

    def forget(self, digest: str) -> None:
        """The handshake is over."""
        del self._open[digest]

    def registration(self, digest: str) -> Registration | None:
        """The registration of the partner that was offered the token of that hash, as a bootstrap one."""
        return self._open.get(digest)
