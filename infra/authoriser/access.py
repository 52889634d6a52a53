"""What the access table says about a token: who it belongs to, and what that partner's contract is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Protocol

_MOST_HOLDERS: Final = 10_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An accepted token; `contract` is None when its partner, or the certificate that came with it, is revoked."""

    token: TokenRecord
    contract: Contract | None


class Access(Protocol):
    """The look-up. It may raise: the gateway then refuses."""

    def find(self, digest: str, certificate: str | None) -> Found | None:
        """The token with this SHA-256, shown with the certificate of this fingerprint; None: nobody has it."""
        ...


def _in_force(grant: Mapping[str, Any], day: str) -> bool:
    """Days in ISO 8601 sort as they follow each other."""
    begins, ends = grant.get("clause_from", day), grant.get("clause_until")
    return bool(begins <= day and (ends is None or day < ends))


class AccessTable:
    """The table, read consistently: a revoked token is gone at once.

    An instance remembers whose a token was, and nothing else of it: the next time one read asks for token, contract and
    revocations together, where two are needed for a token that it sees for the first time.
    """

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - a boto3 DynamoDB client
        self._client = client
        self._table = table
        self._holders: dict[str, str] = {}  # partner by digest, of tokens that the table had

    def find(self, digest: str, certificate: str | None) -> Found | None:
        """See `Access.find`. Raises RuntimeError when the table did not answer in full."""
        holder = self._holders.get(digest)
        if holder is not None:
            items = self._items([_token_key(digest), *_contract_keys(holder, certificate)])
            record = _record(items.pop(f"token#{digest}", None))
            if record is not None and record.partner_id == holder:
                return Found(token=record, contract=_contract(items))
            del self._holders[digest]
        record = self._token(digest)
        if record is None:
            return None
        self._remember(digest, record.partner_id)
        items = self._items(_contract_keys(record.partner_id, certificate))
        return Found(token=record, contract=_contract(items))

    def _remember(self, digest: str, partner_id: str) -> None:
        if len(self._holders) >= _MOST_HOLDERS:
            self._holders.clear()
        self._holders[digest] = partner_id

    def _items(self, keys: Sequence[tuple[str, str]]) -> dict[str, Mapping[str, Any]]:
        """Those that exist, by `pk`."""
        asked = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": asked, "ConsistentRead": True}})
        if answer.get("UnprocessedKeys"):
            raise RuntimeError("the access table did not answer in full")
        return {item["pk"]["S"]: item for item in answer["Responses"][self._table]}

    def _token(self, digest: str) -> TokenRecord | None:
        pk, sk = _token_key(digest)
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return _record(self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item"))


def _token_key(digest: str) -> tuple[str, str]:
    return f"token#{digest}", "partner"


def _contract_keys(partner_id: str, certificate: str | None) -> list[tuple[str, str]]:
    """The contract, and what must not be there."""
    keys = [("partners", partner_id), (f"revoked#{partner_id}", "partner")]
    return keys if certificate is None else [*keys, (f"certificate#{certificate}", "revoked")]


def _record(item: Mapping[str, Any] | None) -> TokenRecord | None:
    if item is None:
        return None
    expires = item.get("expires_at")
    return TokenRecord(
        digest=item["token_hash"]["S"],
        partner_id=item["partner_id"]["S"],
        bootstrap=item["bootstrap"]["BOOL"],
        expires_at=None if expires is None else int(expires["N"]),
    )


def _contract(found: Mapping[str, Mapping[str, Any]]) -> Contract | None:
    """From the answer to `_contract_keys`: nothing but the contract may be in it."""
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
