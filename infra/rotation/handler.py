"""Entry point in Lambda. The environment holds ACCESS_TABLE, VERSIONS_URL, ROLES (JSON), and DELIVERED (JSON): the
secrets of other accounts into which a partner's token is put, by partner.

Every step leaves one line in the log: partner's secret, step, and what became of it. `answer_lost` needs a human.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from infra.rotation.credentials import AnswerLost, RotationError
from infra.rotation.delivery import DELIVERED_OVERLAP_S, Delivery, SecretDelivery
from infra.rotation.https import HttpsTransport
from infra.rotation.partner_client import OcpiClient
from infra.rotation.steps import STEPS, Rotation
from infra.rotation.tokens import OVERLAP_S, AccessTokens
from infra.rotation.vault import SecretVault


def handle(event: Mapping[str, str], context: object) -> None:  # noqa: ARG001 - Lambda's signature
    """Called by Secrets Manager, once a step."""
    step = STEPS.get(event["Step"])
    if step is None:
        raise RotationError(f"unknown step {event['Step']}")
    import boto3  # noqa: PLC0415 - part of Lambda's runtime, not of the program's environment

    secrets = boto3.client("secretsmanager")
    vault = SecretVault(secrets, event["SecretId"], event["ClientRequestToken"])
    try:
        vault.check_started()
        partner = vault.current().partner_id
        arn = json.loads(os.environ["DELIVERED"]).get(partner)
        delivery = None if arn is None else SecretDelivery(secrets, arn, event["ClientRequestToken"])
        step(_rotation(vault, boto3.client("dynamodb"), delivery))
    except RotationError as error:
        _log(event, "answer_lost" if isinstance(error, AnswerLost) else "failed", str(error))
        raise
    _log(event, "done", None)


def _rotation(vault: SecretVault, dynamodb: Any, delivery: Delivery | None) -> Rotation:  # noqa: ANN401 - a boto3 client
    table, current = os.environ["ACCESS_TABLE"], vault.current()
    overlap_s = OVERLAP_S if delivery is None else DELIVERED_OVERLAP_S
    return Rotation(
        vault=vault,
        tokens=AccessTokens(dynamodb, table, overlap_s=overlap_s),
        partner=OcpiClient(HttpsTransport(), encoding=current.token_encoding),
        versions_url=os.environ["VERSIONS_URL"],
        roles=json.loads(os.environ["ROLES"]),
        renews=_renews(dynamodb, table, current.partner_id),
        delivery=delivery,
    )


def _renews(dynamodb: Any, table: str, partner_id: str) -> bool:  # noqa: ANN401 - a boto3 client
    """What the partner's contract says of it; no without a contract."""
    key = {"pk": {"S": "partners"}, "sk": {"S": partner_id}}
    item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    return item is not None and json.loads(item["contract"]["S"]).get("rotation") == "handshake"


def _log(event: Mapping[str, str], outcome: str, reason: str | None) -> None:
    line = {"event": "rotation", "secret": event["SecretId"], "step": event["Step"], "outcome": outcome}
    sys.stdout.write(json.dumps(line if reason is None else {**line, "reason": reason}) + "\n")
