"""The reference stack: clean as it is, and each weakness turns exactly the checks and policies of the table red."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
import yaml

from checks.catalog import CATALOG
from checks.engine import judge
from checks.mappings.loader import rule_table
from checks.model.verdict import Outcome
from infra.weaknesses import Weakness
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.program import ProgramRun, program_intent, read_run
from scanner.cloud.project import read_project
from scanner.gate.process import run_process
from scanner.model.cloud_input import ProgramInput
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import Observation, Seen
from tests.checks.families.cloud.agreed import agreed, contracts_of_the_example
from tests.checks.families.cloud.test_stack_checks import EVIDENCE, KEY
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import once_a_run

EXPECTED: Final = yaml.safe_load((ROOT / "tests" / "expected_findings" / "cloud.yaml").read_text(encoding="utf-8"))
HARDENED: Final = "hardened"
CHECKS: Final = tuple(check for check in CATALOG if check.looks_at.fact is DeclaredResources)
# What the stack does not have, so that a check has nothing to judge there.
NOT_THERE: Final = frozenset(
    {
        "cloud-authoriser-fails-closed-at-balancers",  # no load balancer
        "cloud-ddos-protected",  # a stage of API Gateway is nothing that Shield Advanced protects
        "cloud-throttling-without-a-stage",  # partners come through the stage of its API only
        "cloud-authoriser-token-form",  # its authoriser is given the whole request
        "cloud-mutual-tls-nothing-beside",
        "cloud-mutual-tls-revocation-checked",  # partners show no client certificates
        "cloud-mutual-tls-trust-store-kept",
        "cloud-data-backups-expire",  # tables are brought back by point-in-time recovery, not by AWS Backup
        "cloud-data-copies-protected",  # nothing streams, exports or replicates the tables
        "cloud-detectors-changes-recorded",  # AWS Config, GuardDuty and others watch an account, not an environment
        "cloud-detectors-on",
        "cloud-egress-metadata-wants-session",  # no instances
        "cloud-iam-no-user-keys",  # no users, and no role that people take
        "cloud-iam-people-with-mfa",
        "cloud-retries-only-what-failed",  # no event source
        "cloud-secrets-not-in-parameters",
        "cloud-secrets-not-in-user-data",  # no instances
        "cloud-separation-accounts",  # one environment alone has nobody to share with
        "cloud-separation-no-way-into-the-other",
        "cloud-separation-nothing-shared",
    }
)


def _run(weakness: str) -> ProgramRun:
    config = {} if weakness == HARDENED else {"weaken": f'["{weakness}"]'}
    given = ProgramInput(name="infra", directory=ROOT, stack="example-test", config=config, python=PYTHON)
    project = read_project(given)
    with TemporaryDirectory() as home:
        result = asyncio.run(run_process(program_intent(given, project, token_map(), "test"), Path(home)))
    return read_run(result, given, project)


@once_a_run
def runs() -> dict[str, ProgramRun]:
    names = [HARDENED, *EXPECTED]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(names, pool.map(_run, names), strict=True))


@once_a_run
def failed_policies() -> dict[str, set[str]]:
    plans = {name: write_plan(run.resources, token_map(), changes=False).document for name, run in runs().items()}
    answers = judge_plans(plans, (ROOT / "checks" / "policies",))
    mapped = {rule for _, rule in rule_table()}
    return {
        name: {rule for (rule, _), result in said.items() if result == "FAILED" and rule in mapped}
        for name, said in answers.items()
    }


def outcomes(name: str) -> dict[str, set[Outcome]]:
    run = runs()[name]
    fact = DeclaredResources(stack="infra/test", source="program", resources=run.resources)
    seen = Observation(key=KEY, result=Seen(fact=fact, evidence=EVIDENCE))
    findings = judge(CHECKS, FactStore([seen, *agreed(contracts_of_the_example())]), ["test"])
    found: dict[str, set[Outcome]] = {}
    for finding in findings:
        found.setdefault(finding.check, set()).add(finding.outcome)
    return found


def test_the_table_names_every_weakness_and_no_other():
    assert set(EXPECTED) == {weakness.value for weakness in Weakness}


@pytest.mark.parametrize("name", [HARDENED, *EXPECTED])
def test_the_program_comes_to_its_end(name):
    run = runs()[name]
    assert run.problem is None
    assert len(run.resources) > 100


def test_every_check_passes_on_the_hardened_stack():
    expected = {check.id: {Outcome.NOT_APPLICABLE if check.id in NOT_THERE else Outcome.PASS} for check in CHECKS}
    assert outcomes(HARDENED) == expected


def test_no_mapped_policy_fails_on_the_hardened_stack():
    assert failed_policies()[HARDENED] == set()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_weakness_turns_exactly_the_checks_of_the_table_red(name):
    red = {check for check, found in outcomes(name).items() if Outcome.FAIL in found}
    assert red == set(EXPECTED[name]["checks"])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_weakness_turns_exactly_the_policies_of_the_table_red(name):
    assert failed_policies()[name] == set(EXPECTED[name]["checkov"])


def test_every_weakness_is_seen_by_somebody():
    assert all(row["checks"] or row["checkov"] for row in EXPECTED.values())
