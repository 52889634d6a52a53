"""What the access table says about a token: who it belongs to, and what that partner's contract is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """One accepted token. `expires_at` is in seconds since 1970, None for a token without an end."""

    digest: str = field(repr=False)
    partner_id: str
    bootstrap: bool
    expires_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A partner's contract, dates in ISO 8601; `usage_key` names its usage plan."""

    partner_id: str
    modules: tuple[Mapping[str, Any], ...]  # {module, side, rights} and clause_from, clause_until where it has its own
    contract_from: str  # inclusive
    contract_until: str  # exclusive
    token_encoding: str
    usage_key: str = field(repr=False)
    certificate: Mapping[str, str] | None = None  # {subject, issuer} of the partner's client certificates

    def on(self, day: date) -> Contract:
        """The same without the clauses that are not in force."""
        return replace(self, modules=tuple(grant for grant in self.modules if _in_force(grant, day.isoformat())))


class Access(Protocol):
    """The two look-ups. Both may raise: the gateway then refuses."""

    def token(self, digest: str) -> TokenRecord | None:
        """The record of the token with this SHA-256."""
        ...

    def contract(self, partner_id: str, certificate: str | None) -> Contract | None:
        """The contract of a partner; None when the partner, or the certificate of this fingerprint, is revoked."""
        ...


def _in_force(grant: Mapping[str, Any], day: str) -> bool:
    """Days in ISO 8601 sort as they follow each other."""
    begins, ends = grant.get("clause_from", day), grant.get("clause_until")
    return bool(begins <= day and (ends is None or day < ends))


class AccessTable:
    """The table, read consistently: a revoked token is gone at once."""

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - a boto3 DynamoDB client
        self._client = client
        self._table = table

    def token(self, digest: str) -> TokenRecord | None:
        """See `Access.token`."""
        item = self._item(f"token#{digest}", "partner")
        if item is None:
            return None
        expires = item.get("expires_at")
        return TokenRecord(
            digest=item["token_hash"]["S"],
            partner_id=item["partner_id"]["S"],
            bootstrap=item["bootstrap"]["BOOL"],
            expires_at=None if expires is None else int(expires["N"]),
        )

    def contract(self, partner_id: str, certificate: str | None) -> Contract | None:
        """See `Access.contract`. One read for all three; raises RuntimeError when it was not answered in full."""
        keys = [("partners", partner_id), (f"revoked#{partner_id}", "partner")]
        keys += [] if certificate is None else [(f"certificate#{certificate}", "revoked")]
        found = self._items(keys)
        if found.keys() != {"partners"}:
            return None
        item = found["partners"]
        document = json.loads(item["contract"]["S"])
        return Contract(
            partner_id=document["id"],
            modules=tuple(document["modules"]),
            contract_from=document["contract_from"],
            contract_until=document["contract_until"],
            token_encoding=document["token_encoding"],
            usage_key=item["usage_key"]["S"],
            certificate=document.get("certificate"),
        )

    def _items(self, keys: Sequence[tuple[str, str]]) -> dict[str, Mapping[str, Any]]:
        """Those that exist, by `pk`."""
        asked = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": asked, "ConsistentRead": True}})
        if answer.get("UnprocessedKeys"):
            raise RuntimeError("the access table did not answer in full")
        return {item["pk"]["S"]: item for item in answer["Responses"][self._table]}

    def _item(self, pk: str, sk: str) -> Mapping[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        item: Mapping[str, Any] | None = answer.get("Item")
        return item
