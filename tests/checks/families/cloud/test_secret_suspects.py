"""What the detector pointed at becomes a finding at its place; nothing at all is no pass."""

from typing import Final

import pytest

from checks.engine import judge
from checks.families.cloud.secret_suspects import SUSPECTS
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud_secrets import SuspectedSecret, SuspectedSecrets
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness

KEY: Final = FactKey(
    fact=SuspectedSecrets,
    subject=StackSubject(environment="test", stack="small/test"),
    witness=Witness.CLOUD_DECLARED,
)
EVIDENCE: Final = (EvidenceRef(id="e", sha256="0", path="evidence/e.json"),)
IN_FILE: Final = SuspectedSecret(kind="AWS Access Key", file="__main__.py", line=7)
IN_VALUE: Final = SuspectedSecret(kind="Credentials token", urn="urn:pulumi:test::small::t::it", path="tags.note")


def judged(
    *found: SuspectedSecret, files: tuple[str, ...] = ("__main__.py",), values: int = 3, missing: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    fact = SuspectedSecrets(stack="small/test", files=files, values=values, found=found, missing=missing)
    return of(fact)


def of(fact: SuspectedSecrets) -> tuple[Finding, ...]:
    return judge((SUSPECTS,), FactStore([Observation(key=KEY, result=Seen(fact=fact, evidence=EVIDENCE))]), ["test"])


def test_each_place_is_a_finding_of_its_own():
    found = judged(IN_FILE, IN_VALUE)
    assert [one.outcome for one in found] == [Outcome.FAIL, Outcome.FAIL]
    assert {(one.position.file, one.position.line) for one in found if one.position} == {("__main__.py", 7)}
    assert any("tags.note" in one.message for one in found)


def test_code_that_was_not_looked_at_is_no_pass_and_packages_are_named():
    fact = SuspectedSecrets(stack="small/test", files=(), values=3, unread=("code is not there: app",))
    (unread,) = of(fact)
    assert unread.outcome is Outcome.INCONCLUSIVE
    assert "code is not there: app" in unread.message
    (passed,) = of(SuspectedSecrets(stack="small/test", files=("a.py",), values=3, skipped=("installed packages: x",)))
    assert passed.outcome is Outcome.PASS
    assert "not looked at: installed packages: x" in passed.message


def test_a_fingerprint_survives_a_move_within_the_file():
    moved = SuspectedSecret(kind=IN_FILE.kind, file=IN_FILE.file, line=70)
    assert judged(IN_FILE)[0].fingerprint == judged(moved)[0].fingerprint


@pytest.mark.parametrize(
    "files, values, missing, outcome",
    [
        (("__main__.py",), 3, (), Outcome.PASS),
        ((), 3, (), Outcome.PASS),
        ((), 0, (), Outcome.INCONCLUSIVE),
        (("__main__.py",), 3, ("it stopped half-way",), Outcome.INCONCLUSIVE),
    ],
)
def test_without_a_suspect_it_counts_what_was_looked_at(files, values, missing, outcome):
    (found,) = judged(files=files, values=values, missing=missing)
    assert found.outcome is outcome
