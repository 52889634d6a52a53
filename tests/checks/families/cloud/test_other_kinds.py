"""The stacks beside the environments, the organisation and the audit account: nothing of ours fails on them."""

import json
from collections.abc import Mapping
from typing import Final

import pytest

from checks.catalog import CATALOG
from checks.engine import judge
from checks.mappings.loader import rule_table
from checks.model.verdict import Outcome
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.program import ProgramRun, program_intent, read_run
from scanner.cloud.project import read_project
from scanner.model.cloud_input import ProgramInput
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import Observation, Seen
from tests.checks.families.cloud.agreed import agreed, contracts_of_the_example
from tests.checks.families.cloud.cases import as_result, run_each
from tests.checks.families.cloud.test_stack_checks import EVIDENCE, KEY
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import once_a_run

KINDS: Final = ("org", "audit")
# What cannot be said of one stack alone, by words of the message.
UNDECIDED: Final[Mapping[str, Mapping[str, str]]] = {
    "org": {"cloud-keys-policy-closed": "log-archive"},  # the id of an account that the stack itself makes
    "audit": {
        "cloud-secrets-one-for-each-contract": "no name says",  # all of them are the scanner's own
        "cloud-secrets-written-by-workloads": "unknown until deploy",
        "cloud-logs-audit-trail": "another stack",  # the organisation's trail covers this account
    },
}
# What fails and is accepted at the line: the scanner's own secrets are renewed from outside (infra/scanner_secret.py).
ACCEPTED: Final[Mapping[str, frozenset[str]]] = {
    "org": frozenset(),
    "audit": frozenset({"cloud-secrets-rotated", "CKV2_AWS_57", "CKV2_OCPI_2"}),
}
CHECKS: Final = tuple(check for check in CATALOG if check.looks_at.fact is DeclaredResources)


@once_a_run
def _runs(kinds: tuple[str, ...]) -> Mapping[str, ProgramRun]:
    asked = {kind: ProgramInput(name="infra", directory=ROOT, stack=f"example-{kind}", python=PYTHON) for kind in kinds}
    projects = {kind: read_project(given) for kind, given in asked.items()}
    requests = {
        kind: json.loads(program_intent(given, projects[kind], token_map(), "test").stdin or b"")
        for kind, given in asked.items()
    }
    answers = run_each(requests, ["infra.kinds", "infra.organization_stack", "infra.audit_stack"], [ROOT])
    return {kind: read_run(as_result(answer), asked[kind], projects[kind]) for kind, answer in answers.items()}


@once_a_run
def _outcomes(kinds: tuple[str, ...]) -> Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]:
    """What is said, by kind and check: outcome and message."""
    found: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {}
    contracts = contracts_of_the_example()
    for kind in kinds:
        fact = DeclaredResources(stack=f"infra/{kind}", source="program", resources=_runs(kinds)[kind].resources)
        seen = Observation(key=KEY, result=Seen(fact=fact, evidence=EVIDENCE))
        said = found.setdefault(kind, {})
        for finding in judge(CHECKS, FactStore([seen, *agreed(contracts)]), ["test"]):
            said[finding.check] = (*said.get(finding.check, ()), (str(finding.outcome), finding.message))
    return found


@once_a_run
def _failed_policies(kinds: tuple[str, ...]) -> Mapping[str, frozenset[tuple[str, str]]]:
    plans = {kind: write_plan(_runs(kinds)[kind].resources, token_map(), changes=False).document for kind in kinds}
    mapped = {rule for _, rule in rule_table()}
    return {
        kind: frozenset((rule, name) for (rule, name), result in said.items() if result == "FAILED" and rule in mapped)
        for kind, said in judge_plans(plans, (ROOT / "checks" / "policies",)).items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_comes_to_its_end(kind):
    run = _runs(KINDS)[kind]
    assert run.problem is None
    assert len(run.resources) > 60


@pytest.mark.parametrize("kind", KINDS)
def test_no_check_fails(kind):
    red = {
        check: [text for outcome, text in said if outcome == Outcome.FAIL]
        for check, said in _outcomes(KINDS)[kind].items()
    }
    assert {check for check, said in red.items() if said} <= ACCEPTED[kind]


@pytest.mark.parametrize("kind, passing", [("org", 15), ("audit", 30)])
def test_checks_that_find_something_to_judge_pass(kind, passing):
    green = [
        check
        for check, said in _outcomes(KINDS)[kind].items()
        if {outcome for outcome, _ in said} == {str(Outcome.PASS)}
    ]
    assert len(green) >= passing


@pytest.mark.parametrize("kind", KINDS)
def test_no_check_is_undecided(kind):
    doubts = {
        check: [text for outcome, text in said if outcome == Outcome.INCONCLUSIVE]
        for check, said in _outcomes(KINDS)[kind].items()
    }
    doubts = {check: said for check, said in doubts.items() if said}
    assert doubts.keys() == UNDECIDED[kind].keys(), doubts
    for check, words in UNDECIDED[kind].items():
        assert all(words in text for text in doubts[check]), doubts[check]


@pytest.mark.parametrize("kind", KINDS)
def test_no_mapped_policy_fails(kind):
    assert {rule for rule, _ in _failed_policies(KINDS)[kind]} <= ACCEPTED[kind]


def test_what_is_accepted_says_so_at_the_line():
    text = (ROOT / "infra" / "scanner_secret.py").read_text(encoding="utf-8")
    assert all(f"ocpi-posture: accept {rule} " in text for rules in ACCEPTED.values() for rule in rules)
