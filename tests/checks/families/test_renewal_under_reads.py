"""What reads before, during and after a renewal say of it."""

import pytest

from checks.families.ocpi_renewal_under_reads import CHECKS
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import Reacted, Reaction, ReadMeanwhile, RenewedUnderReads
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness
from tests.targets.judged import findings_from

SUBJECT = InterfaceSubject(environment="test", endpoint="main", version="2.2.1", module="credentials", method="PUT")
BEFORE, DURING, AFTER = (-0.2, -0.1), (0.1, 0.2), (0.6, 0.7)


def outcome(*reads, reaction=Reaction.ACCEPTED):
    answer = Reacted(reaction=reaction, http_status=200, ocpi_status=1000, curl="curl x")
    fact = RenewedUnderReads(
        answer=answer,
        answered_s=0.5,
        reads=tuple(ReadMeanwhile(began_s=at[0], ended_s=at[1], access=access) for at, access in reads),
    )
    facts = FactStore()
    key = FactKey(fact=RenewedUnderReads, subject=SUBJECT, witness=Witness.PROTOCOL, identity="us")
    evidence = (EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json"),)
    facts.record(Observation(key=key, result=Seen(fact=fact, evidence=evidence)))

    (finding,) = findings_from(CHECKS, facts)
    return finding.outcome


DATA, REFUSED = Access.DATA, Access.REFUSED


@pytest.mark.parametrize(
    "reads, expected",
    [
        (((BEFORE, DATA), (DURING, DATA), (AFTER, DATA)), Outcome.PASS),
        (((BEFORE, DATA), (DURING, REFUSED), (AFTER, DATA)), Outcome.PASS),  # with the token that just ended
        (((BEFORE, DATA), (DURING, Access.SERVER_ERROR), (AFTER, DATA)), Outcome.FAIL),
        (((BEFORE, DATA), (DURING, None), (AFTER, DATA)), Outcome.FAIL),
        (((BEFORE, DATA), (DURING, DATA), (AFTER, REFUSED)), Outcome.FAIL),
        (((BEFORE, Access.SERVER_ERROR), (DURING, Access.SERVER_ERROR), (AFTER, DATA)), Outcome.INCONCLUSIVE),
        (((BEFORE, DATA), (AFTER, DATA)), Outcome.INCONCLUSIVE),
        (((DURING, DATA), (AFTER, DATA)), Outcome.INCONCLUSIVE),
        (((BEFORE, DATA), (DURING, DATA)), Outcome.INCONCLUSIVE),
    ],
)
def test_reads_are_held_against_the_moment_at_which_they_were_made(reads, expected):
    assert outcome(*reads) is expected


def test_a_renewal_that_was_not_accepted_shows_nothing():
    reads = ((BEFORE, DATA), (DURING, DATA), (AFTER, DATA))
    assert outcome(*reads, reaction=Reaction.REFUSED) is Outcome.INCONCLUSIVE
