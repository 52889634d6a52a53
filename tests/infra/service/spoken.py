"""Speaking each version as it wants: its paths, its Authorization header, its objects."""

from __future__ import annotations

from typing import Any

from infra.service.deployment.seed_records import seed_records
from infra.service.modules.dialect import Dialect
from infra.service.v2_1_1.version import DIALECT as V211
from infra.service.v2_2_1.version import DIALECT as V221
from infra.service.v2_3_0.version import DIALECT as V230
from tests.infra.service.exchange_client import Client
from tests.targets.reference_service import RunningService

DIALECTS: dict[str, Dialect] = {dialect.number: dialect for dialect in (V211, V221, V230)}
VERSIONS = tuple(DIALECTS)
RECORDS = seed_records()
T1, T2 = "2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z"


def client(service: RunningService, partner: str, version: str) -> Client:
    if version == "2.1.1":
        return Client(service=service, authorization=f"Token {service.tokens[partner]}")
    return Client(service=service, partner=partner)


def cpo(version: str, module: str) -> str:
    return f"/ocpi/cpo/{version}/{module}"


def emsp(version: str, module: str) -> str:
    return f"/ocpi/emsp/{version}/{module}"


def owned(version: str, collection: str, party_id: str) -> list[dict[str, Any]]:
    """The seed's objects of a party."""
    return [r["object"] for r in RECORDS[version][collection] if r["owner"][1] == party_id]


def tenants(version: str, collection: str, party_id: str) -> list[dict[str, Any]]:
    """Our sessions or CDRs of a partner's drivers."""
    records = RECORDS[version][collection]
    return [r["object"] for r in records if r["owner"][1] == "RFC" and r["tenant"] and r["tenant"][1] == party_id]
