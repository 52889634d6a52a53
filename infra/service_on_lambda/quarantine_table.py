"""The quarantine in DynamoDB: one item for each record that differs, written by a role that cannot read it.

Items: (`partner#ID`, reference of the record), with `first_at`, `last_at`, `times`, what the partner was told, the
body, and `expires_at`. A partner that sends the same wrong record for days fills one item.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from infra.service.quarantine import RefusedRecord

KEPT: Final = timedelta(days=30)  # from the last time it came
_MOST_BYTES: Final = 300_000  # of the 400 KB that an item may have
_UPDATE: Final = (
    "SET first_at = if_not_exists(first_at, :at), last_at = :at, expires_at = :end, #module = :module, "
    "#method = :method, route = :route, status_code = :status, #rule = :rule, request_id = :request, "
    "body = :body, is_cut = :cut ADD times :one"
)
_NAMES: Final = {"#module": "module", "#method": "method", "#rule": "rule"}


class QuarantineTable:
    """See `Quarantine`."""

    def __init__(self, client: Any, table: str) -> None:  # noqa: ANN401 - a boto3 DynamoDB client
        self._client = client
        self._table = table

    async def keep(self, record: RefusedRecord) -> None:
        """See `Quarantine.keep`."""
        body = json.dumps(record.body, separators=(",", ":"), sort_keys=True)
        self._client.update_item(
            TableName=self._table,
            Key={"pk": {"S": f"partner#{record.partner}"}, "sk": {"S": record.reference}},
            UpdateExpression=_UPDATE,
            ExpressionAttributeNames=_NAMES,
            ExpressionAttributeValues=_values(record, body),
        )


def _values(record: RefusedRecord, body: str) -> dict[str, Any]:
    kept = body.encode()[:_MOST_BYTES].decode(errors="ignore")
    return {
        ":at": {"S": record.at.isoformat()},
        ":end": {"N": str(_second(record.at + KEPT))},
        ":module": {"S": record.module},
        ":method": {"S": record.method},
        ":route": {"S": record.route},
        ":status": {"N": str(record.status_code)},
        ":rule": {"S": record.rule},
        ":request": {"S": record.request_id},
        ":body": {"S": kept},
        ":cut": {"BOOL": kept != body},
        ":one": {"N": "1"},
    }


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
