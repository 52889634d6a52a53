"""The service's settings, from the function's environment and the contracts in the access table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.service.partner import InterfaceRole, Partner, Party, PartyRole, Right, Role, Scope, TokenEncoding
from infra.service.settings import Settings


def read_settings(environment: Mapping[str, str], dynamodb: Any, log_key: bytes) -> Settings:  # noqa: ANN401 - boto3
    """`environment` holds PUBLIC_ORIGIN, PARTIES (JSON), ACCESS_TABLE."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=environment["ACCESS_TABLE"],
        KeyConditionExpression="pk = :partners",
        ExpressionAttributeValues={":partners": {"S": "partners"}},
        ConsistentRead=True,
    )
    contracts = [json.loads(item["contract"]["S"]) for page in pages for item in page["Items"]]
    return Settings(
        public_origin=environment["PUBLIC_ORIGIN"],
        roles=tuple(_role(role) for role in json.loads(environment["PARTIES"])),
        partners=tuple(_partner(contract) for contract in contracts),
        log_key=log_key,
    )


def _partner(contract: Mapping[str, Any]) -> Partner:
    return Partner(
        id=contract["id"],
        roles=tuple(_role(role) for role in contract["roles"]),
        scopes=tuple(_scope(grant) for grant in contract["modules"]),
        token_encoding=TokenEncoding(contract["token_encoding"]),
        contract_from=_midnight(contract["contract_from"]),
        contract_until=_midnight(contract["contract_until"]),
    )


def _role(role: Mapping[str, str]) -> PartyRole:
    party = Party(role["country_code"], role["party_id"])
    return PartyRole(party=party, role=Role(role["role"]), name=role["name"])


def _scope(grant: Mapping[str, Any]) -> Scope:
    rights = frozenset(Right(right) for right in grant["rights"])
    begins, ends = (_midnight(grant[day]) if day in grant else None for day in ("clause_from", "clause_until"))
    return Scope(module=grant["module"], side=InterfaceRole(grant["side"]), rights=rights, begins=begins, ends=ends)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
