"""Which token hashes the platform accepts, in the access table that authoriser and service read.

Exactly one accepted token of a partner has no end: the one that its registration names. During a handover there is one
other, which both tables' readers refuse from its `expires_at` on, whether or not anybody is there to take it away. What
the partner uses decides which of the two stays (`settle`); the end of the overlap never moves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from infra.rotation import access_items as items
from infra.rotation.credentials import RotationError

OVERLAP_S: Final = 7 * 24 * 3600  # seconds that a partner's old and new token are both accepted, at most


class AcceptedTokens(Protocol):
    """The hashes of one platform. All methods are atomic, and raise RotationError when another change came first."""

    def current(self, partner_id: str) -> str | None:
        """The hash that the partner's registration names; None before the first token."""
        ...

    def handed_over(self, partner_id: str) -> str | None:
        """The hash of the new token while nobody knows whether the partner has it; None when nothing is open."""
        ...

    def accept(self, digest: str, partner_id: str, *, bootstrap: bool) -> bool:
        """Accept this token beside the registered one until the overlap ends; False when it was accepted before.

        Raises RotationError when a third token would be accepted, or the partner is revoked.
        """
        ...

    def settle(self, digest: str, partner_id: str) -> None:
        """This is the token that the partner has: it stays, and the other one ends with the overlap."""
        ...

    def withdraw(self, digest: str, partner_id: str) -> None:
        """The partner does not have this token: stop accepting it."""
        ...

    def replace(self, digest: str, partner_id: str) -> None:
        """Accept this token only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A partner's accepted tokens. `until` is in seconds since 1970."""

    partner_id: str
    registered: str | None = field(repr=False)
    other: str | None = field(repr=False)
    until: int
    handed_over: str | None = field(repr=False)


class AccessTokens:
    """In DynamoDB. `overlap_s` is the longest time that two tokens of a partner are accepted."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - a boto3 DynamoDB client
        table: str,
        *,
        overlap_s: int = OVERLAP_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._overlap_s = overlap_s
        self._clock = clock

    def current(self, partner_id: str) -> str | None:
        """See `AcceptedTokens.current`."""
        return self._standing(partner_id).registered

    def handed_over(self, partner_id: str) -> str | None:
        """See `AcceptedTokens.handed_over`."""
        return self._standing(partner_id).handed_over

    def accept(self, digest: str, partner_id: str, *, bootstrap: bool) -> bool:
        """See `AcceptedTokens.accept`."""
        self._refuse_revoked(partner_id)
        known = self._standing(partner_id)
        running = known.other is not None and self._clock() < known.until
        if digest == known.registered or (running and digest == known.other):
            return False
        if running:
            raise RotationError(
                f"partner {partner_id} still has two accepted tokens, until {_moment(known.until)}: "
                "a third one is not issued before that"
            )
        until = int(self._clock()) + self._overlap_s
        gone = [items.delete(known.other)] if known.other not in (None, digest) else []
        item = items.token(digest, partner_id, bootstrap=bootstrap, expires_at=until)
        self._write(partner_id, items.begin(known, digest, until), items.put(item), *gone)
        return digest != known.other

    def settle(self, digest: str, partner_id: str) -> None:
        """See `AcceptedTokens.settle`."""
        known = self._standing(partner_id)
        if known.registered == digest:
            return
        changes = [items.swap(known, digest), items.put(items.token(digest, partner_id, bootstrap=False))]
        if known.registered is not None:
            changes.append(items.expire(known.registered, known.until))
        self._write(partner_id, *changes)

    def withdraw(self, digest: str, partner_id: str) -> None:
        """See `AcceptedTokens.withdraw`."""
        known = self._standing(partner_id)
        if known.other == digest:
            self._write(partner_id, items.end(known), items.delete(digest))

    def replace(self, digest: str, partner_id: str) -> None:
        """See `AcceptedTokens.replace`."""
        known = self._standing(partner_id)
        if digest not in (known.registered, known.other):
            raise RotationError(f"partner {partner_id} renewed its credentials during the rotation: rotate again")
        bootstrap = self._is_bootstrap(digest)
        gone = [items.delete(old) for old in (known.registered, known.other) if old not in (None, digest)]
        kept = items.put(items.token(digest, partner_id, bootstrap=bootstrap))
        self._write(partner_id, items.name(known, digest, bootstrap=bootstrap), kept, *gone)

    def _standing(self, partner_id: str) -> Standing:
        item = self._item(items.registration_key(partner_id))
        return Standing(
            partner_id=partner_id,
            registered=item.get("token_hash", {}).get("S"),
            other=item.get("other_hash", {}).get("S"),
            until=int(item.get("other_until", {}).get("N", "0")),
            handed_over=item.get("handed_over", {}).get("S"),
        )

    def _is_bootstrap(self, digest: str) -> bool:
        found: bool = self._item(items.token_key(digest)).get("bootstrap", {}).get("BOOL", False)
        return found

    def _refuse_revoked(self, partner_id: str) -> None:
        if self._item(items.revocation_key(partner_id)):
            raise RotationError(f"partner {partner_id} is revoked: no token is issued before that is lifted")

    def _item(self, key: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: dict[str, Any] = answer.get("Item", {})
        return item

    def _write(self, partner_id: str, *changes: items.Change) -> None:
        every = (*changes, items.unless_revoked(partner_id))
        in_table = [{kind: {"TableName": self._table, **change}} for kind, change in every]
        try:
            self._client.transact_write_items(TransactItems=in_table)
        except self._client.exceptions.TransactionCanceledException:
            raise RotationError("the partner's tokens changed at the same moment: try again") from None


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="minutes")
