"""How the service calls a partner back during the credentials handshake."""

from __future__ import annotations

from typing import Any, Protocol

from infra.service.credentials_token import CredentialsToken
from infra.service.partner import TokenEncoding


class OutboundError(Exception):
    """The partner's API could not be used. `reason` is for the log; it names no address and no token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutboundClient(Protocol):
    """Fetches OCPI answers from partners."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """The `data` of a successful OCPI answer. Raises OutboundError."""
        ...


class NoOutbound:
    """A service that may not call anybody: every handshake ends with status code 3001."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401, ARG002
        """Always raises OutboundError."""
        raise OutboundError("outbound calls are switched off")
