"""Registrations and accepted token hashes, in the access table that the authoriser reads and the rotation writes.

Items: (`registration#PARTNER`, current) and, for every accepted token, (`token#SHA-256`, partner). While a rotation
hands a token over, the registration also names the `other_hash` that is accepted until `other_until`.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from infra.service.partner import InterfaceRole
from infra.service.registration import PartnerEndpoint, Registration


class Registrations:
    """The registrations of one deployment."""

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - a boto3 DynamoDB client
        self._client = client
        self._table = table

    def find(self, partner_id: str) -> Registration | None:
        """The saved registration of a partner."""
        item = self._item(_registration_key(partner_id))
        return None if item is None else _registration(item)

    def find_by_token(self, token_hash: str) -> Registration | None:
        """The registration of the partner that an accepted token belongs to.

        During a rotation two tokens are accepted, and the registration names the older one: the answer names the one
        that was asked for.
        """
        token = self._item(_token_key(token_hash))
        if token is None or ("expires_at" in token and int(token["expires_at"]["N"]) <= time.time()):
            return None
        partner_id = token["partner_id"]["S"]
        known = self.find(partner_id) or Registration(partner_id=partner_id, token_hash=None, bootstrap=True)
        return replace(known, token_hash=token["token_hash"]["S"], bootstrap=token["bootstrap"]["BOOL"])

    def save(self, registration: Registration) -> bool:
        """The next revision, its token accepted and the one before refused, all in one transaction."""
        known = self._item(_registration_key(registration.partner_id))
        old = known.get("token_hash", {}).get("S") if known else None
        writes = [self._put(registration)]
        if registration.token_hash is not None:
            item = _token_item(registration, registration.token_hash)
            writes.append({"Put": {"TableName": self._table, "Item": item}})
        other = known.get("other_hash", {}).get("S") if known else None  # of a rotation under way: superseded too
        gone = [each for each in (old, other) if each is not None and each != registration.token_hash]
        writes += [{"Delete": {"TableName": self._table, "Key": _token_key(each)}} for each in gone]
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException:
            return False
        return True

    def settle(self, token_hash: str, partner_id: str) -> None:
        """The partner has used the other token of a rotation: that one stays, and the one before ends in its place.

        Nothing happens when the registration names other tokens by now.
        """
        known = self._item(_registration_key(partner_id)) or {}
        before, until = known.get("token_hash"), known.get("other_until")
        if known.get("other_hash") != {"S": token_hash} or until is None or before is None:
            return
        with contextlib.suppress(self._client.exceptions.TransactionCanceledException):
            self._client.transact_write_items(
                TransactItems=[
                    {"Update": {"TableName": self._table, **_swap(partner_id, token_hash, before["S"])}},
                    {"Update": {"TableName": self._table, **_with_end(token_hash, None)}},
                    {"Update": {"TableName": self._table, **_with_end(before["S"], until)}},
                ]
            )

    def _put(self, registration: Registration) -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": _registration_item(registration)}
        if registration.revision == 0:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
        known = {":known": {"N": str(registration.revision)}}
        return {"Put": {**put, "ConditionExpression": "revision = :known", "ExpressionAttributeValues": known}}

    def _item(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: Mapping[str, Any] | None = answer.get("Item")
        return item


def _registration_key(partner_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"registration#{partner_id}"}, "sk": {"S": "current"}}


def _token_key(token_hash: str) -> dict[str, Any]:
    return {"pk": {"S": f"token#{token_hash}"}, "sk": {"S": "partner"}}


def _swap(partner_id: str, used: str, before: str) -> dict[str, Any]:
    return {
        "Key": _registration_key(partner_id),
        "UpdateExpression": "SET token_hash = :used, other_hash = :before, bootstrap = :no ADD revision :one",
        "ConditionExpression": "token_hash = :before AND other_hash = :used",
        "ExpressionAttributeValues": {
            ":used": {"S": used},
            ":before": {"S": before},
            ":no": {"BOOL": False},
            ":one": {"N": "1"},
        },
    }


def _with_end(token_hash: str, until: Mapping[str, Any] | None) -> dict[str, Any]:
    change = {"Key": _token_key(token_hash), "ConditionExpression": "attribute_exists(pk)"}
    if until is None:
        return {**change, "UpdateExpression": "REMOVE expires_at"}
    values = {":until": dict(until)}
    return {**change, "UpdateExpression": "SET expires_at = :until", "ExpressionAttributeValues": values}


def _token_item(registration: Registration, token_hash: str) -> dict[str, Any]:
    return {
        **_token_key(token_hash),
        "token_hash": {"S": token_hash},
        "partner_id": {"S": registration.partner_id},
        "bootstrap": {"BOOL": registration.bootstrap},
    }


def _registration_item(registration: Registration) -> dict[str, Any]:
    optional = {
        "token_hash": registration.token_hash,
        "version": registration.version,
        "versions_url": registration.versions_url,
    }
    endpoints = [{"identifier": e.identifier, "role": e.role.value, "url": e.url} for e in registration.endpoints]
    return {
        **_registration_key(registration.partner_id),
        "partner_id": {"S": registration.partner_id},
        "bootstrap": {"BOOL": registration.bootstrap},
        "endpoints": {"S": json.dumps(endpoints)},
        "revision": {"N": str(registration.revision + 1)},
        **{name: {"S": value} for name, value in optional.items() if value is not None},
    }


def _registration(item: Mapping[str, Any]) -> Registration:
    endpoints = json.loads(item["endpoints"]["S"]) if "endpoints" in item else []
    return Registration(
        partner_id=item["partner_id"]["S"],
        token_hash=item.get("token_hash", {}).get("S"),
        bootstrap=item["bootstrap"]["BOOL"],
        version=item.get("version", {}).get("S"),
        versions_url=item.get("versions_url", {}).get("S"),
        endpoints=tuple(
            PartnerEndpoint(identifier=e["identifier"], role=InterfaceRole(e["role"]), url=e["url"]) for e in endpoints
        ),
        revision=int(item["revision"]["N"]),
    )
