"""What the service refuses goes into the quarantine, with one audit event for each."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Final

from infra.service.call import Call
from infra.service.quarantine import RefusedRecord
from infra.service.status import Refusal, StatusCode
from infra.service.strict_json import JsonObject

# Objects that partners push. Commands and charging profiles are asked for, not told, and hold what opens a charger.
RECORDS: Final = frozenset({"cdrs", "locations", "sessions", "tariffs", "tokens"})
_OURS: Final = StatusCode.SERVER_ERROR  # and above: the record is not to blame


class SeenBody:
    """Reads a body when a handler wants it, and knows afterwards what was read."""

    __slots__ = ("_read", "seen")

    def __init__(self, read: Callable[[], Awaitable[JsonObject | None]]) -> None:
        self._read = read
        self.seen: JsonObject | None = None

    async def __call__(self) -> JsonObject | None:
        """Once. Raises Refusal."""
        self.seen = await self._read()
        return self.seen


async def set_aside(call: Call, body: JsonObject | None, refusal: Refusal) -> None:
    """Keep the record that was refused, if it is one, and write an audit event that says so.

    A quarantine that fails changes no answer: the event says that the record is lost, and an alarm hears of it.
    """
    quarantine = call.services.quarantine
    if quarantine is None or body is None or call.route.module not in RECORDS or refusal.status_code >= _OURS:
        return
    record = RefusedRecord(
        at=call.services.clock(),
        partner=call.partner.id,
        module=call.route.module,
        method=call.route.method,
        route=call.route.template,
        status_code=int(refusal.status_code),
        rule=refusal.message,
        request_id=call.ids.request_id,
        reference=call.services.references.of(call.route.module, json.dumps(body, sort_keys=True)),
        body=body,
    )
    try:
        await quarantine.keep(record)
    except Exception as error:  # noqa: BLE001 - whatever a storage raises; the partner's answer does not depend on it
        call.record("quarantine", module=record.module, outcome="lost", error=type(error).__name__)
        return
    told = {"status_code": record.status_code, "rule": record.rule, "record": record.reference}
    call.record("quarantine", module=record.module, outcome="kept", **told)
