"""Partners as data: one block says the same to a scan and to the reference stack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from infra.authoriser.access import Contract as AuthoriserContract
from infra.service_on_lambda.contracts import _partner
from scanner.config.load import load_configuration
from scanner.model.party import Contract, Grant, Right
from tests.infra.conftest import SHARED_PARTNERS
from tests.infra.recorded_program import Recorded

TABLE_ITEM = "aws:dynamodb/tableItem:TableItem"
CLAUSE_DAYS = [
    (date(2026, 2, 28), False),
    (date(2026, 3, 1), True),
    (date(2026, 12, 31), True),
    (date(2027, 1, 1), False),
]


@pytest.fixture
def agreed(tmp_path) -> Mapping[str, Contract]:
    """The contracts as a scan knows them."""
    file = tmp_path / "ocpi-posture.yaml"
    endpoint = "environments: {test: {endpoints: {main: {versions_url: 'https://ocpi.example.com/ocpi/versions'}}}}\n"
    file.write_text(endpoint + SHARED_PARTNERS.read_text(encoding="utf-8"), encoding="utf-8")
    (target,) = load_configuration(file).targets
    return {contract.partner: contract for contract in target.contracts}


@pytest.fixture
def deployed(outcomes) -> Mapping[str, dict[str, Any]]:
    """The contracts as the functions of the stack read them."""
    recorded = outcomes["shared partners"]
    assert isinstance(recorded, Recorded), recorded
    return {
        item["name"]: json.loads(json.loads(item["inputs"]["item"])["contract"]["S"])
        for item in recorded.all(TABLE_ITEM)
    }


def test_both_read_the_same_partners_parties_roles_and_days(agreed, deployed):
    assert agreed.keys() == deployed.keys() == {"acme-mobility", "kilo-charging"}
    for name, contract in agreed.items():
        given = deployed[name]
        parties = {(role["country_code"], role["party_id"]) for role in given["roles"]}
        assert parties == {(contract.party.country_code, contract.party.party_id)}
        assert [role["role"] for role in given["roles"]] == list(contract.roles)
        assert date.fromisoformat(given["contract_from"]) == contract.starts
        assert date.fromisoformat(given["contract_until"]) - timedelta(days=1) == contract.ends


def test_both_read_the_same_grants_with_the_days_of_their_clauses(agreed, deployed):
    for name, contract in agreed.items():
        assert {_granted(grant) for grant in deployed[name]["modules"]} == {_agreed(grant) for grant in contract.grants}


@pytest.mark.parametrize("day, is_on", CLAUSE_DAYS)
def test_commands_are_on_in_the_days_of_their_clause_alone(agreed, deployed, day, is_on):
    document = deployed["acme-mobility"]
    of_authoriser = AuthoriserContract(
        partner_id="acme-mobility",
        modules=tuple(document["modules"]),
        contract_from=document["contract_from"],
        contract_until=document["contract_until"],
        token_encoding="raw",
        usage_key="key",
    )
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert _has_commands(grant["module"] for grant in of_authoriser.on(day).modules) is is_on
    assert _has_commands(scope.module for scope in _partner(document).on(noon).scopes) is is_on
    assert _has_commands(grant.module for grant in agreed["acme-mobility"].on(day).grants) is is_on


def test_what_a_scan_does_not_look_at_is_enforced_by_the_stack(outcomes):
    recorded = outcomes["shared partners"]
    plan = recorded.inputs("aws:apigateway/usagePlan:UsagePlan", "acme-mobility")
    assert plan["throttleSettings"] == {"rateLimit": 15.0, "burstLimit": 30}
    assert "roaming@acme.example" in plan["description"]
    (addresses,) = recorded.all("aws:wafv2/ipSet:IpSet")
    assert {"192.0.2.0/28", "203.0.113.7/32", "198.51.100.16/28"} <= set(addresses["inputs"]["addresses"])


def _has_commands(modules: Any) -> bool:
    found = list(modules)
    assert "locations" in found
    return "commands" in found


def _granted(grant: Mapping[str, Any]) -> tuple[object, ...]:
    until = grant.get("clause_until")
    ends = None if until is None else date.fromisoformat(until) - timedelta(days=1)
    starts = date.fromisoformat(grant["clause_from"]) if "clause_from" in grant else None
    return grant["module"], grant["side"].lower(), frozenset(grant["rights"]), starts, ends


def _agreed(grant: Grant) -> tuple[object, ...]:
    return (
        grant.module,
        str(grant.side),
        frozenset(Right(right).value for right in grant.rights),
        grant.starts,
        grant.ends,
    )
