"""A credit CDR against the CDR that it credits, as far as the same CPO sent that one (mod_cdrs, Credit CDRs)."""

from __future__ import annotations

from typing import Final

from infra.service.call import Call
from infra.service.rules.measures import before_taxes
from infra.service.status import invalid_object
from infra.service.store import ObjectKey, StoredObject, Visibility

_ROUNDING: Final = 0.02  # of the currency


async def check_credit(call: Call, cdr: StoredObject) -> None:
    """Refuse a credit CDR that gives back more than its original charged, or in another currency."""
    if not cdr.body.get("credit"):
        return
    key = ObjectKey(cdr.key.collection, cdr.key.owner, cdr.body["credit_reference_id"])
    original = await call.services.store.find(key, Visibility())
    if original is None or original.key == cdr.key:
        return
    if original.body["currency"] != cdr.body["currency"]:
        raise invalid_object("currency: not that of the CDR that is credited")
    if -before_taxes(cdr.body["total_cost"]) > before_taxes(original.body["total_cost"]) + _ROUNDING:
        raise invalid_object("total_cost: more than the CDR that is credited")
