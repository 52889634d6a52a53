"""The kill switch: a partner's tokens, gateway key and client certificates are of no use any more."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from infra.naming import physical_name
from infra.partner_naming import secret_name
from infra.rotation import access_items as items

PROMISE_S: Final = 60  # seconds after which a revoked partner gets 401, even if the gateway cannot be told
AUTHORISER_CACHE_S: Final = 30  # how long the gateway remembers a decision of the authoriser
_STAGE: Final = "ocpi"
_TRIES: Final = 5
_BETWEEN_S: Final = 0.2
_KEPT: Final = ("partner_id", "token_encoding", "versions_url")


class RevocationError(Exception):
    """Something is left to do; the sentence says what. Revoking again is safe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """boto3 clients."""

    dynamodb: Any
    apigateway: Any
    secretsmanager: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """For one environment. `table` is the stack's output `access_table`."""

    clients: Clients
    environment: str
    table: str

    def revoke(self, partner_id: str) -> None:
        """Shut the partner out, the most important first; from the return on every request of it gets 401.

        1. The mark that authoriser and rotation refuse on, and the end of its tokens, in one transaction. It covers
           whatever certificate the partner presents. 2. What the gateway has cached of the authoriser: without this it
           would let the partner in for up to 30 s more. 3. The key that its usage plan counts by. 4. The rotation,
           which would issue a token. Raises RevocationError.
        """
        self._end_tokens(partner_id)
        self._forget_decisions()
        self._set_key(partner_id, enabled=False)
        self._stop_rotation(partner_id)

    def revoke_certificate(self, fingerprint: str) -> None:
        """Shut out whoever presents the certificate with this SHA-256 (hexadecimal), and nobody else."""
        moment = {"S": datetime.now(UTC).isoformat(timespec="seconds")}
        key = {"pk": {"S": f"certificate#{fingerprint}"}, "sk": {"S": "revoked"}}
        self.clients.dynamodb.put_item(TableName=self.table, Item={**key, "at": moment})
        self._forget_decisions()

    def lift(self, partner_id: str) -> None:
        """Let the partner come back: with a new CREDENTIALS_TOKEN_A, which the next rotation issues."""
        self._set_key(partner_id, enabled=True)
        self.clients.dynamodb.delete_item(TableName=self.table, Key=items.revocation_key(partner_id))
        self._start_again(secret_name(self.environment, partner_id))

    def _start_again(self, secret: str) -> None:
        """Nothing of what was exchanged before is used again, nor a rotation that was under way."""
        client = self.clients.secretsmanager
        known = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
        kept = {name: known[name] for name in _KEPT if known.get(name) is not None}
        stages = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        for version in [version for version, labels in stages.items() if labels == ["AWSPENDING"]]:
            client.update_secret_version_stage(SecretId=secret, VersionStage="AWSPENDING", RemoveFromVersionId=version)
        client.put_secret_value(SecretId=secret, SecretString=json.dumps(kept, sort_keys=True))
        client.rotate_secret(SecretId=secret)

    def _end_tokens(self, partner_id: str) -> None:
        """A rotation may change the registration at the same moment; the mark keeps it from doing so twice."""
        dynamodb = self.clients.dynamodb
        moment = {"S": datetime.now(UTC).isoformat(timespec="seconds")}
        dynamodb.put_item(TableName=self.table, Item={**items.revocation_key(partner_id), "at": moment})
        for _ in range(_TRIES):
            known = self._registration(partner_id, moment)
            if known is None:
                return
            hashes = [known[name]["S"] for name in ("token_hash", "other_hash") if name in known]
            unchanged = {
                "ConditionExpression": "revision = :known",
                "ExpressionAttributeValues": {":known": known["revision"]},
            }
            gone = {"Delete": {"TableName": self.table, "Key": items.registration_key(partner_id), **unchanged}}
            ends = [{"Delete": {"TableName": self.table, "Key": items.token_key(each)}} for each in hashes]
            try:
                dynamodb.transact_write_items(TransactItems=[gone, *ends])
            except dynamodb.exceptions.TransactionCanceledException:
                time.sleep(_BETWEEN_S)
            else:
                return
        raise RevocationError(f"{partner_id} is shut out, but its token hashes are still in the table: revoke it again")

    def _registration(self, partner_id: str, moment: dict[str, str]) -> dict[str, Any] | None:
        """As it was: whoever writes that it ended is told. So the role that revokes needs no right to read tables."""
        dynamodb = self.clients.dynamodb
        try:
            answer = dynamodb.update_item(
                TableName=self.table,
                Key=items.registration_key(partner_id),
                UpdateExpression="SET ended_at = :now",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":now": moment},
                ReturnValues="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        found: dict[str, Any] = answer["Attributes"]
        return found

    def _forget_decisions(self) -> None:
        gateway, name = self.clients.apigateway, physical_name(self.environment, "api")
        pages = gateway.get_paginator("get_rest_apis").paginate()
        found = [api["id"] for page in pages for api in page["items"] if api["name"] == name]
        if len(found) != 1:
            raise RevocationError(f"there are {len(found)} APIs called {name}: flush the authoriser's cache by hand")
        gateway.flush_stage_authorizers_cache(restApiId=found[0], stageName=_STAGE)

    def _set_key(self, partner_id: str, *, enabled: bool) -> None:
        gateway, name = self.clients.apigateway, physical_name(self.environment, partner_id)
        pages = gateway.get_paginator("get_api_keys").paginate(nameQuery=name)
        keys = [key["id"] for page in pages for key in page["items"] if key["name"] == name]
        if not keys:
            raise RevocationError(f"{partner_id}: there is no gateway key called {name}")
        change = {"op": "replace", "path": "/enabled", "value": str(enabled).lower()}
        for key in keys:
            gateway.update_api_key(apiKey=key, patchOperations=[change])

    def _stop_rotation(self, partner_id: str) -> None:
        secrets, name = self.clients.secretsmanager, secret_name(self.environment, partner_id)
        if secrets.describe_secret(SecretId=name).get("RotationEnabled"):
            secrets.cancel_rotate_secret(SecretId=name)
