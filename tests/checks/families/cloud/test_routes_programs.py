"""The route table of the gateway against contracts, in programs that people would write."""

from collections.abc import Mapping
from datetime import date

import pytest

from checks.engine import judge
from checks.families.cloud.routes import DANGEROUS_DATED, NO_CATCH_ALL, NO_SURPLUS
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract, Grant, Party, Right, Role
from scanner.model.subject import ResourceSubject, Side, StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.agreed import agreed
from tests.checks.families.cloud.cases import stacks

PASS, FAIL, UNDECIDED = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
EVIDENCE = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)


def contract(partner: str, ends: date | None, *grants: tuple[str, Side, Right]) -> Contract:
    given = tuple(Grant(module=module, side=side, rights=frozenset({right})) for module, side, right in grants)
    party = Party(country_code="NL", party_id="ABC")
    return Contract(partner=partner, party=party, roles=(Role.EMSP,), grants=given, ends=ends)


CONTRACTS = (
    contract(
        "emsp", date(2027, 1, 1), ("locations", Side.SENDER, Right.READ), ("commands", Side.RECEIVER, Right.WRITE)
    ),
    contract("old", date(2026, 1, 1), ("tariffs", Side.SENDER, Right.READ)),
    contract("endless", None, ("chargingprofiles", Side.RECEIVER, Right.WRITE)),
)


def outcomes(check, case: str, contracts: tuple[Contract, ...] = CONTRACTS) -> Mapping[str, Outcome]:
    subject = StackSubject(environment="test", stack=case)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    facts = [Observation(key=key, result=Seen(fact=stacks("routes")[case], evidence=EVIDENCE)), *agreed(contracts)]
    found = judge((check,), FactStore(facts), ["test"])
    return {_name(finding.subject): finding.outcome for finding in found}


def _name(subject) -> str:
    return subject.urn.rpartition("::")[2] if isinstance(subject, ResourceSubject) else ""


def test_routes_of_the_contract_and_of_every_contract_pass():
    assert outcomes(NO_SURPLUS, "agreed") == dict.fromkeys(
        (
            "GET /ocpi/versions",
            "GET /ocpi/{version}",
            "PUT /ocpi/{version}/credentials",
            "GET /ocpi/cpo/{version}/locations",
        ),
        PASS,
    )


@pytest.mark.parametrize(
    "case, outcome",
    [
        ("below_a_module", PASS),
        ("surplus_module", FAIL),
        ("surplus_side", FAIL),
        ("surplus_right", FAIL),
        ("no_module", FAIL),
        ("lapsed", FAIL),
        ("greedy_proxy", UNDECIDED),
        ("any_method", UNDECIDED),
        ("module_as_parameter", UNDECIDED),
        ("default_route", UNDECIDED),
        ("http_routes", PASS),
        ("preflight", PASS),
        ("foreign_parent", UNDECIDED),
        ("in_an_openapi_body", UNDECIDED),
        ("no_api", Outcome.NOT_APPLICABLE),
    ],
)
def test_a_route_needs_a_contract_in_force(case, outcome):
    assert set(outcomes(NO_SURPLUS, case).values()) == {outcome}


@pytest.mark.parametrize(
    "case, outcome",
    [
        ("agreed", PASS),
        ("below_a_module", PASS),
        ("greedy_proxy", FAIL),
        ("any_method", FAIL),
        ("module_as_parameter", FAIL),
        ("default_route", FAIL),
        ("http_routes", PASS),
        ("preflight", PASS),
        ("foreign_parent", UNDECIDED),
        ("in_an_openapi_body", UNDECIDED),
        ("no_api", Outcome.NOT_APPLICABLE),
    ],
)
def test_a_route_that_hides_the_table_is_seen(case, outcome):
    assert set(outcomes(NO_CATCH_ALL, case).values()) == {outcome}


@pytest.mark.parametrize(
    "case, outcome",
    [
        ("agreed", PASS),
        ("commands_until_a_day", PASS),
        ("profiles_for_ever", FAIL),
        ("commands_without_contract", FAIL),
        ("greedy_proxy", UNDECIDED),
        ("any_method", PASS),
        ("foreign_parent", UNDECIDED),
        ("in_an_openapi_body", UNDECIDED),
        ("no_api", Outcome.NOT_APPLICABLE),
    ],
)
def test_modules_that_move_hardware_need_a_dated_contract(case, outcome):
    assert set(outcomes(DANGEROUS_DATED, case).values()) == {outcome}


@pytest.mark.parametrize("check", [NO_SURPLUS, DANGEROUS_DATED], ids=lambda check: check.id)
def test_without_any_contract_nothing_is_called_agreed(check):
    assert PASS not in outcomes(check, "commands_until_a_day", contracts=()).values()
