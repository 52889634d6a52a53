"""Entry point in Lambda. The environment holds ACCESS_TABLE, VERSIONS_URL and ROLES (JSON), all ours."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from infra.rotation.credentials import RotationError
from infra.rotation.https import HttpsTransport
from infra.rotation.partner_client import OcpiClient
from infra.rotation.steps import STEPS, Rotation
from infra.rotation.tokens import AccessTokens
from infra.rotation.vault import SecretVault


def handle(event: Mapping[str, str], context: object) -> None:  # noqa: ARG001 - Lambda's signature
    """Called by Secrets Manager, once a step."""
    step = STEPS.get(event["Step"])
    if step is None:
        raise RotationError(f"unknown step {event['Step']}")
    import boto3  # noqa: PLC0415 - part of Lambda's runtime, not of the program's environment

    vault = SecretVault(boto3.client("secretsmanager"), event["SecretId"], event["ClientRequestToken"])
    vault.check_started()
    step(_rotation(vault, boto3.client("dynamodb")))


def _rotation(vault: SecretVault, dynamodb: Any) -> Rotation:  # noqa: ANN401 - a boto3 client
    return Rotation(
        vault=vault,
        tokens=AccessTokens(dynamodb, os.environ["ACCESS_TABLE"]),
        partner=OcpiClient(HttpsTransport(), encoding=vault.current().token_encoding),
        versions_url=os.environ["VERSIONS_URL"],
        roles=json.loads(os.environ["ROLES"]),
    )
