"""The tokens that partners gave us, in the partners' secrets: the same secrets that the rotation function renews."""

from __future__ import annotations

import json
from typing import Any

from infra.service.credentials_token import CredentialsToken


class SecretVault:
    """See `TokenVault`. `prefix` is what all secret names of the environment start with."""

    def __init__(self, client: Any, prefix: str) -> None:  # noqa: ANN401 - a boto3 Secrets Manager client
        self._client = client
        self._prefix = prefix

    async def keep(self, partner_id: str, token: CredentialsToken) -> None:
        """See `TokenVault.keep`. A partner that has answered a handshake is a registered one."""
        self._change(partner_id, {"outbound_token": token.reveal(), "registered": True})

    async def find(self, partner_id: str) -> CredentialsToken | None:
        """See `TokenVault.find`."""
        token = self._read(partner_id).get("outbound_token")
        return None if token is None else CredentialsToken(token)

    async def forget(self, partner_id: str) -> None:
        """See `TokenVault.forget`."""
        self._change(partner_id, {"outbound_token": None, "registered": False})

    def _change(self, partner_id: str, members: dict[str, object]) -> None:
        changed = {**self._read(partner_id), **members}
        self._client.put_secret_value(SecretId=f"{self._prefix}{partner_id}", SecretString=json.dumps(changed))

    def _read(self, partner_id: str) -> dict[str, Any]:
        secret = self._client.get_secret_value(SecretId=f"{self._prefix}{partner_id}")["SecretString"]
        members: dict[str, Any] = json.loads(secret)
        return members
