"""Results of requests that we sent: taken for an open request, in time, from the partner it was sent to, once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from infra.service.call import Answer, Call
from infra.service.datetimes import format_datetime
from infra.service.modules.dialect import Dialect
from infra.service.modules.ownership import their_parties
from infra.service.modules.writing import put_over, stored
from infra.service.partner import Role
from infra.service.rules import check_rules
from infra.service.status import invalid_object, not_found
from infra.service.store import Kind, ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject

UNTIL: Final = "until"  # of a pending request: when it is given up, RFC 3339; without it there is no such time
_CANCELED: Final = "CANCELED_RESERVATION"  # may follow the result of a RESERVE_NOW


async def keep_result(call: Call, dialect: Dialect, request_id: str, result: JsonObject) -> Answer:
    """Store the result of the request `request_id`; 404 for a request that we did not send to this partner."""
    check_rules(Kind.COMMAND_RESULTS, result)
    theirs = min(their_parties(call, Role.CPO), default=None)
    pending = None
    if theirs is not None:
        key = ObjectKey(dialect.collection(Kind.PENDING_RESULTS), theirs, request_id)
        pending = await call.services.store.find(key, Visibility(owners=frozenset({theirs})))
    if theirs is None or pending is None:
        raise not_found("No such request")
    key = ObjectKey(dialect.collection(Kind.COMMAND_RESULTS), theirs, request_id)
    moment = format_datetime(call.services.clock())

    def made(existing: StoredObject | None) -> StoredObject:
        if existing is not None and existing.body == result:
            return existing
        if existing is not None and result.get("result") != _CANCELED:
            raise invalid_object("The result of this request is known")
        if existing is None and _is_over(call, pending):
            raise invalid_object("The time for this result is over")
        return stored(key, result, last_updated=moment)

    await put_over(call, key, Visibility(), made)
    return Answer()


def _is_over(call: Call, pending: StoredObject) -> bool:
    until = pending.body.get(UNTIL)
    return until is not None and call.services.clock() > datetime.fromisoformat(until)
