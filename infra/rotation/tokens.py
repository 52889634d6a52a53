"""Which token hashes the platform accepts, in the access table that authoriser and service read."""

from __future__ import annotations

from typing import Any, Protocol

from infra.rotation.credentials import RotationError


class AcceptedTokens(Protocol):
    """The hashes of one platform."""

    def accept(self, digest: str, partner_id: str, *, bootstrap: bool) -> None:
        """From now on a request with this token is the partner's. Doing it twice changes nothing."""
        ...

    def current(self, partner_id: str) -> str | None:
        """The hash that the partner's registration names; None before the first token."""
        ...

    def replace(self, digest: str, partner_id: str, *, bootstrap: bool) -> None:
        """Name this hash in the registration and stop accepting the one it named before."""
        ...


class AccessTokens:
    """In DynamoDB: items (`token#HASH`, partner) and (`registration#ID`, current)."""

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - a boto3 DynamoDB client
        self._client = client
        self._table = table

    def accept(self, digest: str, partner_id: str, *, bootstrap: bool) -> None:
        """See `AcceptedTokens.accept`."""
        item: dict[str, Any] = {
            **_token_key(digest),
            "token_hash": {"S": digest},
            "partner_id": {"S": partner_id},
            "bootstrap": {"BOOL": bootstrap},
            "replaces": {"S": self.current(partner_id) or ""},
        }
        try:
            self._client.put_item(TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)")
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # accepted by an earlier try

    def current(self, partner_id: str) -> str | None:
        """See `AcceptedTokens.current`."""
        answer = self._client.get_item(TableName=self._table, Key=_registration_key(partner_id), ConsistentRead=True)
        found: str | None = answer.get("Item", {}).get("token_hash", {}).get("S")
        return found

    def replace(self, digest: str, partner_id: str, *, bootstrap: bool) -> None:
        """See `AcceptedTokens.replace`. The registration first: a kill in between leaves one hash too many."""
        old = self._replaced_by(digest)
        try:
            self._register(digest, partner_id, old, bootstrap=bootstrap)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise RotationError(f"partner {partner_id} renewed its credentials during the rotation") from None
        if old:
            self._client.delete_item(TableName=self._table, Key=_token_key(old))

    def _replaced_by(self, digest: str) -> str:
        """The hash that was the registration's when this one was accepted; empty when there was none."""
        answer = self._client.get_item(TableName=self._table, Key=_token_key(digest), ConsistentRead=True)
        if "Item" not in answer:
            raise RotationError("the new token was never accepted: setSecret has not run")
        replaces: str = answer["Item"]["replaces"]["S"]
        return replaces

    def _register(self, digest: str, partner_id: str, old: str, *, bootstrap: bool) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=_registration_key(partner_id),
            UpdateExpression="SET token_hash = :hash, #b = :bootstrap, partner_id = :partner ADD revision :one",
            ConditionExpression="attribute_not_exists(token_hash) OR token_hash IN (:old, :hash)",
            ExpressionAttributeNames={"#b": "bootstrap"},
            ExpressionAttributeValues={
                ":hash": {"S": digest},
                ":old": {"S": old},
                ":bootstrap": {"BOOL": bootstrap},
                ":partner": {"S": partner_id},
                ":one": {"N": "1"},
            },
        )


def _token_key(digest: str) -> dict[str, Any]:
    return {"pk": {"S": f"token#{digest}"}, "sk": {"S": "partner"}}


def _registration_key(partner_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"registration#{partner_id}"}, "sk": {"S": "current"}}
