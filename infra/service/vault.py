"""Where the tokens live that partners gave us for calling them: unlike ours for them, they must be readable again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from infra.service.credentials_token import CredentialsToken


class TokenVault(Protocol):
    """Keeps one credentials token per partner."""

    async def keep(self, partner_id: str, token: CredentialsToken) -> None:
        """Replace the partner's token."""
        ...

    async def find(self, partner_id: str) -> CredentialsToken | None:
        """The partner's token."""
        ...

    async def forget(self, partner_id: str) -> None:
        """Drop the partner's token, if there is one."""
        ...


class MemoryVault:
    """A vault that ends with the process."""

    def __init__(self) -> None:
        self._tokens: dict[str, CredentialsToken] = {}

    async def keep(self, partner_id: str, token: CredentialsToken) -> None:
        """See `TokenVault.keep`."""
        self._tokens[partner_id] = token

    async def find(self, partner_id: str) -> CredentialsToken | None:
        """See `TokenVault.find`."""
        return self._tokens.get(partner_id)

    async def forget(self, partner_id: str) -> None:
        """See `TokenVault.forget`."""
        self._tokens.pop(partner_id, None)


class DirectoryVault:
    """One file per partner, readable by its owner only (mode 0600)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def keep(self, partner_id: str, token: CredentialsToken) -> None:
        """See `TokenVault.keep`; the file is replaced in one step."""
        self._directory.mkdir(mode=0o700, exist_ok=True)
        temporary = self._directory / f".{partner_id}.new"
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token.reveal())
        temporary.replace(self._directory / partner_id)

    async def find(self, partner_id: str) -> CredentialsToken | None:
        """See `TokenVault.find`."""
        try:
            return CredentialsToken((self._directory / partner_id).read_text("ascii"))
        except FileNotFoundError:
            return None

    async def forget(self, partner_id: str) -> None:
        """See `TokenVault.forget`."""
        (self._directory / partner_id).unlink(missing_ok=True)
