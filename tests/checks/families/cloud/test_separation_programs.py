"""Two environments side by side, each a program that people would write."""

from dataclasses import replace
from typing import Final

import pytest

from checks.engine import judge
from checks.families.cloud.separation import ACCOUNTS, CHECKS, LINKS, THINGS
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.resource import Provider
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.cases import stacks
from tests.scanner.cloud.declared import declare

P, F, I, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE
EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
CASES: Final = {
    "second": (P, P, P),
    "same_account": (F, P, P),
    "account_not_said": (I, P, P),
    "same_key": (P, F, F),
    "same_domain": (P, F, P),
    "same_bucket": (P, F, P),
    "reads_the_bucket": (P, F, P),
    "same_image_by_tag": (P, F, P),
    "same_image_by_digest": (P, P, P),
    "trusts_the_first": (P, P, F),
    "trusts_the_account_of_the_first": (P, P, F),
    "peers_with_the_first": (P, P, F),
    "logs_into_the_same_archive": (P, P, P),
}


def key(environment: str, stack: str) -> FactKey[DeclaredResources]:
    subject = StackSubject(environment=environment, stack=stack)
    return FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)


def seen(environment: str, declared: DeclaredResources) -> Observation[DeclaredResources]:
    source = Seen(
        fact=replace(declared, source="Pulumi program infra") if declared.source == "program" else declared,
        evidence=EVIDENCE,
    )
    return Observation(key=key(environment, declared.stack), result=source)


def said(*observations: Observation[DeclaredResources]) -> dict[str, Finding]:
    """Of production, by check."""
    found = judge(CHECKS, FactStore(observations), ["prod", "test"])
    return {finding.check: finding for finding in found if finding.environment == "prod"}


@pytest.mark.parametrize("case", CASES)
def test_what_two_environments_have_in_common_is_found(case):
    small = stacks("separation")
    found = said(seen("test", small["first"]), seen("prod", small[case]))
    assert tuple(found[check.id].outcome for check in (ACCOUNTS, THINGS, LINKS)) == CASES[case]


def test_a_shared_thing_is_named():
    small = stacks("separation")
    found = said(seen("test", small["first"]), seen("prod", small["same_domain"]))
    assert found[THINGS.id].message == "test: both have domain ocpi.first.example.com (DomainName domain)"


def test_one_environment_alone_has_nobody_to_share_with():
    found = said(seen("prod", stacks("separation")["second"]))
    assert {finding.outcome for finding in found.values()} == {N}
    assert all("looked for the declared cloud of another environment" in one.message for one in found.values())


def test_an_environment_that_could_not_be_seen_may_share_anything():
    blind = Unavailable(reason=Reason.TIMED_OUT, detail="the program had to be ended")
    hidden = Observation(key=key("test", "first/test"), result=blind)
    assert {finding.outcome for finding in said(hidden, seen("prod", stacks("separation")["second"])).values()} == {I}


def test_nothing_in_common_in_stacks_seen_in_part_is_no_pass():
    small = stacks("separation")
    part = replace(small["first"], missing=("it stopped half-way",))
    assert {finding.outcome for finding in said(seen("test", part), seen("prod", small["second"])).values()} == {I}
    found = said(seen("test", part), seen("prod", small["same_account"]))
    assert found[ACCOUNTS.id].outcome is F


def state(stack: str, account: str, topic: str) -> DeclaredResources:
    declared = declare("aws:sns/topic:Topic", "alarms", outputs={"arn": topic})
    owned = replace(declared, provider=Provider(urn="urn:p", account=account))
    return DeclaredResources(stack=stack, source="state export", resources=(owned,))


@pytest.mark.parametrize("expected, account", [(F, "111111111111"), (P, "222222222222")])
def test_one_and_the_same_resource_in_two_states_is_shared(expected, account):
    first = state("a/test", "111111111111", "arn:aws:sns:eu-central-1:111111111111:alarms")
    other = state("a/prod", "222222222222", f"arn:aws:sns:eu-central-1:{account}:alarms")
    assert said(seen("test", first), seen("prod", other))[THINGS.id].outcome is expected


def test_every_other_environment_has_a_verdict_of_its_own():
    small = stacks("separation")
    store = [seen("test", small["first"]), seen("prod", small["second"]), seen("stage", small["same_account"])]
    found = [one for one in judge(CHECKS, FactStore(store), ["prod"]) if one.check == ACCOUNTS.id]
    assert [(one.field_path, one.outcome) for one in found] == [("stage", P), ("test", P)]
