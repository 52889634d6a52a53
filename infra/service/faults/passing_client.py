"""What faults of calls to partners are made of: a client that passes everything on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.service.credentials_token import CredentialsToken
from infra.service.outbound import OutboundClient, OutboundReply
from infra.service.partner import TokenEncoding
from infra.service.strict_json import JsonObject


class PassingClient:
    """Sound, but for what a fault makes of one of its methods."""

    def __init__(self, inner: OutboundClient) -> None:
        self.inner = inner

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        return await self.inner.get(url, token, encoding)

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """See `OutboundClient.post`."""
        await self.inner.post(url, token, encoding, document)

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """See `OutboundClient.exchange`."""
        return await self.inner.exchange(method, url, authorization, headers, document)
