"""That rates and Shield Standard are enough is a decision: on record, in force, and by nobody's silence."""

from datetime import UTC, date, datetime

import pytest

from checks.checklist.loader import checklist
from checks.engine import judge
from checks.families.cloud.ddos import FLOODS
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.attestation import Attestation, AttestationRead
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ScanTime
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import AttestationSubject, EnvironmentSubject, StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.cases import stacks

ITEM = "flood-protection-decision"
PARTS = tuple((name, "said") for name in checklist().control("OCPI-NET-04").attested(ITEM).contains)


def decision(*, item=ITEM, holds=True, expires=date(2027, 10, 31)) -> AttestationRead:
    made = Attestation(
        statement="rates are enough for what it is worth",
        holds=holds,
        owner="Ada Example",
        role="head of operations",
        dated=date(2026, 11, 1),
        expires=expires,
        answers=PARTS,
    )
    return AttestationRead(name="attestations/a.yaml", control="OCPI-NET-04", item=item, attestation=made)


def seen(subject, witness, fact, name):
    key = FactKey(fact=type(fact), subject=subject, witness=witness)
    return Observation(key=key, result=Seen(fact=fact, evidence=(EvidenceRef(id=name, sha256="0" * 64, path=name),)))


def judged(case, *attested):
    declared: DeclaredResources = stacks("edge")[case]
    facts = [
        seen(StackSubject(environment="test", stack=declared.stack), Witness.CLOUD_DECLARED, declared, "stack"),
        seen(
            EnvironmentSubject(environment="test"),
            Witness.ATTESTATION,
            ScanTime(now=datetime(2026, 11, 21, tzinfo=UTC)),
            "configuration",
        ),
        *(
            seen(AttestationSubject(environment="test", attestation=str(n)), Witness.ATTESTATION, one, "decision")
            for n, one in enumerate(attested)
        ),
    ]
    found = judge((FLOODS,), FactStore(facts), ["test"])
    (one,) = (finding for finding in found if finding.subject.label().endswith("balancer"))
    return one


def test_a_decision_in_force_settles_what_rates_leave_open_and_is_its_evidence():
    one = judged("balancer_behind_firewall", decision())
    assert one.outcome is Outcome.PASS
    assert "is decided by Ada Example (head of operations) on 2026-11-01" in one.message
    assert [ref.id for ref in one.evidence] == ["decision", "stack"]


@pytest.mark.parametrize(
    "attested",
    [
        (),
        (decision(expires=date(2026, 11, 20)),),
        (decision(holds=False),),
        (decision(item="another-decision"),),
        (AttestationRead(name="a", control="OCPI-NET-04", item=ITEM, attestation=None, problems=("it is not YAML",)),),
    ],
    ids=["none", "lapsed", "against", "about something else", "unreadable"],
)
def test_without_one_that_counts_it_stays_open_and_rests_on_the_stack_alone(attested):
    one = judged("balancer_behind_firewall", *attested)
    assert one.outcome is Outcome.INCONCLUSIVE
    assert [ref.id for ref in one.evidence] == ["stack"]


def test_no_decision_makes_up_for_nothing_at_all():
    assert judged("balancer_alone", decision()).outcome is Outcome.FAIL
