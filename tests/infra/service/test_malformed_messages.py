"""Every malformed message that a receiver must refuse, against the types and rules that stand before the storage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.service.modules.reading import read_object
from infra.service.rules import check_rules
from infra.service.status import Refusal
from infra.service.store import Kind
from infra.service.strict_json import InvalidJsonError, parse_json
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.mutation.mutant import JSON_CONTENT, Expectation
from scanner.model.ocpi.mutation.mutants import mutants
from scanner.model.party import Party
from tests.infra.service.spoken import DIALECTS, VERSIONS, client, emsp, owned
from tests.targets.reference_service import RunningService

NOW = datetime.now(UTC)
KINDS = {"Location": Kind.LOCATIONS, "Tariff": Kind.TARIFFS, "Token": Kind.TOKENS, "Session": Kind.SESSIONS,
         "CDR": Kind.CDRS}  # fmt: skip
BY_THE_CLOCK = {"cdr-has-ended"}  # the handler's: rules know no time


def taken(version: str, name: str, body: bytes) -> bool:
    """True when the message passes JSON, types and rules."""
    try:
        document: Any = parse_json(body)
        if not isinstance(document, dict):
            return False
        known = read_object(getattr(DIALECTS[version].types, name.lower()), document).to_json()
        check_rules(KINDS[name], known)
    except (Refusal, InvalidJsonError):
        return False
    return True


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", KINDS)
def test_a_valid_object_is_taken_and_nothing_that_must_be_refused(version: str, name: str):
    party = Party(country_code="BE", party_id="GRN")
    valid = build(version, name, seed="one", party=party, now=NOW, full=True)
    assert taken(version, name, json.dumps(valid).encode())
    made = [
        m
        for m in mutants(version, name, valid, seed="one", now=NOW, largest=10_000)
        if m.expectation is Expectation.MUST_REFUSE and m.content_type == JSON_CONTENT
    ]
    assert len(made) > 100
    wrongly = {m.id for m in made if m.rule not in BY_THE_CLOCK and taken(version, name, m.body)}
    assert wrongly == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cdr_of_a_session_that_goes_on_is_refused(service: RunningService, version: str):
    end = "stop_date_time" if version == "2.1.1" else "end_date_time"
    document = owned(version, "cdrs", "GRN")[0] | {"id": "CDR-EARLY", end: "2035-01-01T00:00:00Z"}
    reply = client(service, "cpo-c", version).post(emsp(version, "cdrs"), document)
    assert (reply.status, reply.code) == (200, 2001)
