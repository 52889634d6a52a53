"""Who calls, and what the gateway is told about it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.authoriser.access import Access, Contract, TokenRecord
from infra.authoriser.credentials import Presented, presented
from infra.authoriser.resources import allowed


class Unauthorized(Exception):
    """Nobody we know. The gateway answers 401 to this word and 500 to any other, and is told no reason."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def decide(event: Mapping[str, Any], access: Access, now: datetime) -> dict[str, Any]:
    """The authoriser's answer to a REQUEST event. Raises Unauthorized; whatever else is raised also lets nobody in."""
    for reading in presented(event):
        record = access.token(reading.digest)
        if record is not None and _is_current(record, reading, now):
            contract = access.contract(record.partner_id)
            if contract is not None and _covers(contract, reading, now):
                return _answer(event["methodArn"], contract, record)
    raise Unauthorized


def _is_current(record: TokenRecord, reading: Presented, now: datetime) -> bool:
    """The table was asked by hash, so its timing tells nothing of the token; the comparison is constant-time too."""
    same = hmac.compare_digest(record.digest.encode(), reading.digest.encode())
    return same and (record.expires_at is None or now.timestamp() < record.expires_at)


def _covers(contract: Contract, reading: Presented, now: datetime) -> bool:
    begin, end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (contract.contract_from, contract.contract_until)
    )
    return contract.token_encoding == reading.encoding and begin <= now < end


def _answer(method_arn: str, contract: Contract, record: TokenRecord) -> dict[str, Any]:
    stage = "/".join(method_arn.split("/")[:2])  # arn:..:API/STAGE
    resources = [f"{stage}/{pattern}" for pattern in allowed(contract, bootstrap=record.bootstrap)]
    return {
        "principalId": contract.partner_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources}],
        },
        "context": {"partner": contract.partner_id, "bootstrap": record.bootstrap},
        "usageIdentifierKey": contract.usage_key,
    }
