"""Entry point in Lambda. The environment is that of `infra/service_function.py`.

The service has no way out of its subnets, so a handshake that a partner starts ends with OCPI 3001; registrations are
started by us, through the rotation function.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from starlette.types import ASGIApp

from infra.service.app import create_app
from infra.service.audit import EventSink, json_lines
from infra.service_on_lambda.contracts import read_settings
from infra.service_on_lambda.dynamodb_store import DynamoDbStore
from infra.service_on_lambda.gateway_event import answer
from infra.service_on_lambda.quarantine_table import QuarantineTable
from infra.service_on_lambda.registrations import Registrations
from infra.service_on_lambda.secret_vault import SecretVault

_CONFIGURATION_DEPTH: Final = 4  # /ocpi/2.2.1/credentials; modules are below /ocpi/cpo/2.2.1
_REFERENCE_MESSAGE: Final = b"ocpi log references"
_gateway_request: ContextVar[str | None] = ContextVar("gateway_request", default=None)


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Called by API Gateway."""
    return _runner().run(_answer(event))


async def _answer(event: Mapping[str, Any]) -> dict[str, Any]:
    _gateway_request.set(event["requestContext"].get("requestId"))
    answered = await answer(_app(), event)
    _settle(event)
    return answered


def _settle(event: Mapping[str, Any]) -> None:
    """During a rotation: the partner uses the other token, and not for a handshake that may still fail."""
    told = event["requestContext"].get("authorizer") or {}
    in_module = len(event["path"].split("/")) > _CONFIGURATION_DEPTH
    if in_module and "renewed_token" in told:
        _registrations().settle(told["renewed_token"], told["partner"])


@cache
def _runner() -> asyncio.Runner:
    """One event loop per instance."""
    return asyncio.Runner()


@cache
def _app() -> ASGIApp:
    """The service, put together by the first request of an instance."""
    import boto3  # noqa: PLC0415 - part of Lambda's runtime

    dynamodb, environment = boto3.client("dynamodb"), os.environ
    mac = boto3.client("kms").generate_mac(
        KeyId=environment["LOG_REFERENCE_KEY"], Message=_REFERENCE_MESSAGE, MacAlgorithm="HMAC_SHA_256"
    )
    return create_app(
        read_settings(environment, dynamodb, mac["Mac"]),
        DynamoDbStore(dynamodb, environment["OBJECTS_TABLE"], _registrations()),
        vault=SecretVault(boto3.client("secretsmanager"), environment["PARTNER_SECRETS"]),
        quarantine=QuarantineTable(dynamodb, environment["QUARANTINE_TABLE"]),
        events=_with_gateway_request(json_lines(sys.stdout)),
    )


@cache
def _registrations() -> Registrations:
    import boto3  # noqa: PLC0415 - part of Lambda's runtime

    return Registrations(boto3.client("dynamodb"), os.environ["ACCESS_TABLE"])


def _with_gateway_request(sink: EventSink) -> EventSink:
    """Each event names the gateway's request, which is in the access log as well."""

    def write(event: Mapping[str, object]) -> None:
        sink({**event, "gateway_request_id": _gateway_request.get()})

    return write
