"""How the service calls a partner: back during the credentials handshake, and with the results of commands."""

from __future__ import annotations

from typing import Any, Protocol

from infra.service.credentials_token import CredentialsToken
from infra.service.partner import TokenEncoding
from infra.service.strict_json import JsonObject


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

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """Post `document`. Raises OutboundError unless the answer is a successful OCPI answer."""
        ...


class NoOutbound:
    """A service that may not call anybody: every handshake ends with status code 3001, and no result is sent."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401, ARG002
        """Always raises OutboundError."""
        raise OutboundError("outbound calls are switched off")

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:  # noqa: ARG002
        """Always raises OutboundError."""
        raise OutboundError("outbound calls are switched off")
