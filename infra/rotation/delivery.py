"""A token for a partner that is a machine of ours in another account: it is put into a secret there.

The scheduled scanner of the audit account has no platform that could be called, so nothing can be handed over to it by
the credentials handshake. This account's role may write that one secret, and cannot read it.
"""

from __future__ import annotations

import json
from typing import Any, Final, Protocol

from infra.rotation.credentials import RotationError

DELIVERED_OVERLAP_S: Final = 6 * 3600  # a scan that has begun with the old token ends with it


class Delivery(Protocol):
    """Where one partner's new token goes."""

    def put(self, token: str) -> None:
        """The partner has it from now on; a second call with the same token changes nothing. Raises RotationError."""
        ...


class SecretDelivery:
    """In Secrets Manager. `request` is the ClientRequestToken of the rotation: it names the version there as well."""

    def __init__(self, client: Any, arn: str, request: str) -> None:  # noqa: ANN401 - a boto3 client
        self._client = client
        self._arn = arn
        self._request = request

    def put(self, token: str) -> None:
        """See `Delivery.put`."""
        text = json.dumps({"token": token})
        try:
            self._client.put_secret_value(SecretId=self._arn, ClientRequestToken=self._request, SecretString=text)
        except self._client.exceptions.ClientError as error:
            # the code only: a message may repeat what was sent
            code = error.response.get("Error", {}).get("Code", "")
            raise RotationError(f"the token could not be put into {self._arn}: {code}") from None
