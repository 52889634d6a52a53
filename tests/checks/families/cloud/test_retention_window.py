"""How long records stay, held against what the contracts in force say of it."""

from datetime import date
from typing import Any, Final

import pytest

from checks.engine import judge
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract, Party, Role
from scanner.model.resource import UNKNOWN, CloudValue
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.agreed import agreed
from tests.checks.families.cloud.case_tables import BY_ID, F, I, P
from tests.checks.families.cloud.cases import stacks
from tests.scanner.cloud.declared import declare

EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
LOGS: Final = "logs-retention-in-window"
EXPIRES: Final = "data-expires"
BACKUPS: Final = "data-backups-expire"


def contract(partner: str, **more: Any) -> Contract:
    party = Party(country_code="NL", party_id="ABC")
    return Contract(partner=partner, party=party, roles=(Role.EMSP,), grants=(), **more)


def finding(check: str, declared: DeclaredResources, *contracts: Contract, told: bool = True) -> Finding:
    """What is said of the only resource."""
    subject = StackSubject(environment="test", stack=declared.stack)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    facts = [Observation(key=key, result=Seen(fact=declared, evidence=EVIDENCE)), *agreed(contracts, told=told)]
    (found,) = judge((BY_ID[f"cloud-{check}"],), FactStore(facts), ["test"])
    return found


@pytest.mark.parametrize(
    "check, family, case, more, expected",
    [
        (LOGS, "logs", "group_for_a_year", {}, P),
        (LOGS, "logs", "group_for_a_year", {"kept_at_least_days": 730}, F),
        (LOGS, "logs", "group_for_a_year", {"kept_at_most_days": 180}, F),
        (LOGS, "logs", "group_for_a_week", {"kept_at_least_days": 5}, P),
        (EXPIRES, "data", "bucket_with_everything", {"kept_at_most_days": 400}, P),
        (EXPIRES, "data", "bucket_with_everything", {"kept_at_most_days": 399}, F),
        (BACKUPS, "data", "table_in_a_backup_plan", {"kept_at_most_days": 35}, P),
        (BACKUPS, "data", "table_in_a_backup_plan", {"kept_at_most_days": 34}, F),
    ],
)
def test_a_contract_says_how_long_records_stay(check, family, case, more, expected):
    assert finding(check, stacks(family)[case], contract("emsp", **more)).outcome is expected


@pytest.mark.parametrize(
    "check, family, case, more",
    [
        (LOGS, "logs", "group_for_a_year", {"kept_at_least_days": 730}),
        (LOGS, "logs", "group_for_a_year", {"kept_at_most_days": 180}),
        (EXPIRES, "data", "bucket_with_everything", {"kept_at_most_days": 399}),
        (BACKUPS, "data", "table_in_a_backup_plan", {"kept_at_most_days": 34}),
    ],
)
def test_a_contract_may_be_another_environment_s(check, family, case, more):
    found = finding(check, stacks(family)[case], contract("emsp", **more), told=False)
    assert (found.outcome, "does not say which partners this environment serves" in found.message) == (I, True)


def test_what_is_usual_holds_in_every_environment():
    assert finding(LOGS, stacks("logs")["group_for_a_week"], contract("emsp"), told=False).outcome is F


def test_a_contract_that_is_over_says_nothing():
    over = contract("emsp", ends=date(2020, 1, 1), kept_at_most_days=30)
    assert finding(LOGS, stacks("logs")["group_for_a_year"], over).outcome is P


def test_the_narrowest_of_all_contracts_holds():
    found = finding(
        LOGS,
        stacks("logs")["group_for_a_year"],
        contract("wide", kept_at_most_days=3000),
        contract("narrow", kept_at_most_days=200),
    )
    assert (found.outcome, found.message) == (
        F,
        "is kept for 400 days, longer than the contract with narrow allows (200)",
    )


def test_contracts_that_contradict_each_other_are_said():
    found = finding(
        LOGS,
        stacks("logs")["group_for_a_year"],
        contract("one", kept_at_least_days=500),
        contract("other", kept_at_most_days=300),
    )
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "asks for 500 days at least, that with other for 300 at most" in found.message


def test_a_number_of_days_that_is_unknown_holds_against_no_contract():
    bucket = declare("aws:s3/bucket:Bucket", "exports")
    rule: dict[str, CloudValue] = {"id": "end", "status": "Enabled", "expiration": {"days": UNKNOWN}}
    lifecycle = declare(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "end",
        {"rules": (rule,)},
        refers={"bucket": (bucket,)},
    )
    stack = DeclaredResources(stack="small/test", source="pulumi preview", resources=(bucket, lifecycle))
    assert finding(EXPIRES, stack, contract("emsp", kept_at_most_days=30)).outcome is I
