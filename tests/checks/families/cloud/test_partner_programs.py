"""Usage plans and secrets counted against the contracts in force."""

from datetime import date
from typing import Any, Final

import pytest

from checks.engine import judge
from checks.families.cloud import partner_count
from checks.model.check import Check
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract, Party, Role
from scanner.model.subject import ResourceSubject, StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.agreed import agreed
from tests.checks.families.cloud.case_tables import F, I, P
from tests.checks.families.cloud.cases import stacks

EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
LIMITS, SURPLUS, CREDENTIALS = partner_count.CHECKS


def contract(partner: str, party_id: str, ends: date | None = None) -> Contract:
    party = Party(country_code="NL", party_id=party_id)
    return Contract(partner=partner, party=party, roles=(Role.EMSP,), grants=(), ends=ends, requests_per_second=20)


CONTRACTS: Final = (contract("north", "NOR"), contract("south", "SOU"), contract("former", "FOR", date(2020, 1, 1)))


def outcomes(check: Check[DeclaredResources], case: str, contracts: tuple[Contract, ...] = CONTRACTS, **more: Any):
    """By the name of the resource; what is said of a partner without one has the partner's name."""
    subject = StackSubject(environment="test", stack=case)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    facts = [
        Observation(key=key, result=Seen(fact=stacks("partners")[case], evidence=EVIDENCE)),
        *agreed(contracts, **more),
    ]
    found = judge((check,), FactStore(facts), ["test"])
    return {
        one.subject.urn.rpartition("::")[2] if isinstance(one.subject, ResourceSubject) else one.field_path: one.outcome
        for one in found
    }


@pytest.mark.parametrize(
    "check, case, expected",
    [
        (LIMITS, "one_for_each", {"ocpi": P}),
        (LIMITS, "partners_by_party", {"ocpi": P}),
        (LIMITS, "none_for_the_second", {"ocpi": F}),
        (LIMITS, "by_number_only", {"ocpi": P}),
        (LIMITS, "faster_than_agreed", {"ocpi": F}),
        (SURPLUS, "one_for_each", {"north": P, "south": P}),
        (SURPLUS, "by_number_only", {"alpha": P, "beta": P}),
        (SURPLUS, "one_too_many", {"north": P, "south": P, "gamma": I}),
        (SURPLUS, "one_whose_contract_is_over", {"north": P, "south": P, "former": F}),
        (CREDENTIALS, "one_for_each", {"north": P, "south": P}),
        (CREDENTIALS, "none_for_the_second", {"north": P, "south": F}),
        (CREDENTIALS, "by_number_only", {"north": I, "south": I}),
        (CREDENTIALS, "one_whose_contract_is_over", {"north": P, "south": P, "former": F}),
        (CREDENTIALS, "one_secret_for_two", {"both": F}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_partners_have_is_counted_against_their_contracts(check, case, expected):
    assert outcomes(check, case) == expected


def test_a_longer_name_is_not_taken_for_the_shorter_one():
    contracts = (contract("north", "NOR"), contract("north-east", "NEA"))
    assert outcomes(CREDENTIALS, "none_for_the_second", contracts) == {"north": P, "north-east": F}


@pytest.mark.parametrize("check", partner_count.CHECKS, ids=lambda check: check.id)
def test_without_contracts_nothing_is_counted(check):
    assert set(outcomes(check, "one_for_each", ()).values()) == {Outcome.NOT_TESTED}


@pytest.mark.parametrize(
    "check, case, expected",
    [
        (LIMITS, "none_for_the_second", {"ocpi": I}),
        (LIMITS, "faster_than_agreed", {"ocpi": F}),
        (CREDENTIALS, "none_for_the_second", {"north": P, "south": I}),
        (CREDENTIALS, "one_whose_contract_is_over", {"north": P, "south": P, "former": F}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_environment_that_names_no_partners_beside_others_need_not_have_all(check, case, expected):
    assert outcomes(check, case, told=False) == expected


@pytest.mark.parametrize(
    "check, case, expected",
    [
        (LIMITS, "none_for_the_second", {"ocpi": P}),
        (SURPLUS, "one_for_each", {"north": P, "south": F}),
        (CREDENTIALS, "none_for_the_second", {"north": P}),
        (CREDENTIALS, "one_for_each", {"north": P, "south": F}),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_partner_of_another_environment_has_nothing_here_and_needs_nothing(check, case, expected):
    north, south, _ = CONTRACTS
    assert outcomes(check, case, (north,), elsewhere=(south,)) == expected
