"""Items of the access table and the changes to them that a transaction is made of.

(`token#SHA-256`, partner) is an accepted token; (`registration#ID`, current) names the partner's token, and in an
overlap the other one (`other_hash`), the end (`other_until`) and which of them is the new one (`handed_over`);
(`revoked#ID`, partner) is there while a partner is revoked.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

Change = tuple[str, dict[str, Any]]  # as transact_write_items has them, without the table
Key = dict[str, Any]
_OVERLAP: Final = "other_hash, other_until, handed_over"


class Known(Protocol):
    """What was read before the change; the change fails when it is not so any more."""

    @property
    def partner_id(self) -> str:
        """Whose tokens."""
        ...

    @property
    def registered(self) -> str | None:
        """The hash that the registration names."""
        ...

    @property
    def other(self) -> str | None:
        """The hash of the overlap."""
        ...

    @property
    def until(self) -> int:
        """The end of the overlap."""
        ...


def token_key(digest: str) -> Key:
    """Of an accepted token."""
    return {"pk": {"S": f"token#{digest}"}, "sk": {"S": "partner"}}


def registration_key(partner_id: str) -> Key:
    """Of a partner's registration."""
    return {"pk": {"S": f"registration#{partner_id}"}, "sk": {"S": "current"}}


def revocation_key(partner_id: str) -> Key:
    """Of the mark that a partner is revoked."""
    return {"pk": {"S": f"revoked#{partner_id}"}, "sk": {"S": "partner"}}


def token(digest: str, partner_id: str, *, bootstrap: bool, expires_at: int | None = None) -> dict[str, Any]:
    """An accepted token; without `expires_at` it has no end."""
    end = {} if expires_at is None else {"expires_at": {"N": str(expires_at)}}
    return {
        **token_key(digest),
        "token_hash": {"S": digest},
        "partner_id": {"S": partner_id},
        "bootstrap": {"BOOL": bootstrap},
        **end,
    }


def put(item: dict[str, Any]) -> Change:
    """Write the whole item."""
    return "Put", {"Item": item}


def delete(digest: str | None) -> Change:
    """Stop accepting a token."""
    return "Delete", {"Key": token_key(str(digest))}


def expire(digest: str, until: int) -> Change:
    """Give an accepted token an end."""
    change = {
        "Key": token_key(digest),
        "UpdateExpression": "SET expires_at = :until",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":until": {"N": str(until)}},
    }
    return "Update", change


def unless_revoked(partner_id: str) -> Change:
    """The transaction fails when the partner is revoked."""
    return "ConditionCheck", {"Key": revocation_key(partner_id), "ConditionExpression": "attribute_not_exists(pk)"}


def begin(known: Known, digest: str, until: int) -> Change:
    """The overlap begins. A partner without a registration gets one that names no token yet."""
    values = {
        ":hash": {"S": digest},
        ":until": {"N": str(until)},
        ":partner": {"S": known.partner_id},
        ":yes": {"BOOL": True},
    }
    set_first = "partner_id = if_not_exists(partner_id, :partner), #b = if_not_exists(#b, :yes)"
    return _registration(
        known, f"SET other_hash = :hash, other_until = :until, handed_over = :hash, {set_first}", values
    )


def swap(known: Known, digest: str) -> Change:
    """The other token becomes the registered one, and the registered one the other."""
    values: dict[str, Any] = {":hash": {"S": digest}, ":no": {"BOOL": False}}
    if known.registered is None:
        return _registration(known, f"SET token_hash = :hash, #b = :no REMOVE {_OVERLAP}", values, other=digest)
    values[":before"] = {"S": known.registered}
    return _registration(known, "SET token_hash = :hash, other_hash = :before, #b = :no", values, other=digest)


def name(known: Known, digest: str, *, bootstrap: bool) -> Change:
    """The registration names this token only."""
    values = {":hash": {"S": digest}, ":bootstrap": {"BOOL": bootstrap}}
    changed = f"SET token_hash = :hash, #b = :bootstrap REMOVE {_OVERLAP}"
    return _registration(known, changed, values, other=known.other)


def end(known: Known) -> Change:
    """The overlap is over, and the registered token stays."""
    values = {":no": {"BOOL": False}}
    return _registration(known, f"SET #b = if_not_exists(#b, :no) REMOVE {_OVERLAP}", values, other=known.other)


def _registration(known: Known, update: str, values: dict[str, Any], *, other: str | None = None) -> Change:
    """A change to the registration, if it still names what was read."""
    conditions = ["attribute_not_exists(token_hash)" if known.registered is None else "token_hash = :registered"]
    values = {**values, ":one": {"N": "1"}}
    if known.registered is not None:
        values[":registered"] = {"S": known.registered}
    if other is not None:
        conditions.append("other_hash = :other")
        values[":other"] = {"S": other}
    change = {
        "Key": registration_key(known.partner_id),
        "UpdateExpression": f"{update} ADD revision :one",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {"#b": "bootstrap"},
        "ExpressionAttributeValues": values,
    }
    return "Update", change
