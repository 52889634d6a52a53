"""The reference stack as it is, and once for each weakness: declared, judged by our checks and by Checkov.

Loading the SDK takes seconds, and so does loading Checkov: each is done once, and a whole test run shares what is seen.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from checks.catalog import CATALOG
from checks.engine import judge
from checks.mappings.loader import rule_table
from checks.model.verdict import Outcome
from infra.weaknesses import OF_CONTAINERS, Weakness
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.program import ProgramRun, program_intent, read_run
from scanner.cloud.project import read_project
from scanner.model.cloud_input import ProgramInput
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import Observation, Seen
from tests.checks.families.cloud.agreed import agreed, contracts_of_the_example
from tests.checks.families.cloud.cases import as_result, loaded_late, run_each
from tests.checks.families.cloud.test_stack_checks import EVIDENCE, KEY
from tests.infra.container_config import CONTAINER_CONFIG
from tests.infra.recorded_program import as_text
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import once_a_run

EXPECTED: Final = yaml.safe_load((ROOT / "tests" / "expected_findings" / "cloud.yaml").read_text(encoding="utf-8"))
HARDENED: Final = "hardened"
CONTAINER: Final = "hardened, with a container of the user's own"
NAMES: Final = (HARDENED, CONTAINER, *(weakness.value for weakness in Weakness))
CHECKS: Final = tuple(check for check in CATALOG if check.looks_at.fact is DeclaredResources)
_TOGETHER: Final = 17  # stacks that are made at once: a busy machine has to do it before a test is taken to hang


def _stacks_with(name: str) -> tuple[str, ...]:
    first = NAMES.index(name) // _TOGETHER * _TOGETHER
    return NAMES[first : first + _TOGETHER]


def run_of(name: str) -> ProgramRun:
    """What the program declares with a weakness, or without any; those of containers with a container."""
    return _runs(_stacks_with(name))[name]


def outcomes(name: str) -> Mapping[str, frozenset[Outcome]]:
    """What our checks say of a stack, by the id of the check."""
    return _outcomes(_stacks_with(name))[name]


def failed_policies(name: str) -> frozenset[str]:
    """Policies of Checkov, its own and ours, that fail on a stack and touch a row of the checklist."""
    return _failed_policies(_stacks_with(name))[name]


@once_a_run
def _runs(names: Sequence[str]) -> Mapping[str, ProgramRun]:
    asked = {name: _input(name) for name in names}
    projects = {name: read_project(given) for name, given in asked.items()}
    requests = {
        name: json.loads(program_intent(given, projects[name], token_map(), "test").stdin or b"")
        for name, given in asked.items()
    }
    late = {module for file in (ROOT / "infra").glob("*.py") for module in loaded_late(file)}
    answers = run_each(requests, ["infra.kinds", "infra.stack", *sorted(late)], [ROOT])
    return {name: read_run(as_result(answer), asked[name], projects[name]) for name, answer in answers.items()}


def _input(name: str) -> ProgramInput:
    config = {} if name in (HARDENED, CONTAINER) else {"weaken": json.dumps([name])}
    if name in (CONTAINER, *OF_CONTAINERS):
        config |= as_text(CONTAINER_CONFIG)
    return ProgramInput(name="infra", directory=ROOT, stack="example-test", config=config, python=PYTHON)


@once_a_run
def _outcomes(names: Sequence[str]) -> Mapping[str, Mapping[str, frozenset[Outcome]]]:
    contracts = contracts_of_the_example()
    found: dict[str, dict[str, frozenset[Outcome]]] = {}
    for name in names:
        fact = DeclaredResources(stack="infra/test", source="program", resources=run_of(name).resources)
        seen = Observation(key=KEY, result=Seen(fact=fact, evidence=EVIDENCE))
        said = found.setdefault(name, {})
        for finding in judge(CHECKS, FactStore([seen, *agreed(contracts)]), ["test"]):
            said[finding.check] = said.get(finding.check, frozenset()) | {finding.outcome}
    return found


@once_a_run
def _failed_policies(names: Sequence[str]) -> Mapping[str, frozenset[str]]:
    plans = {name: write_plan(run_of(name).resources, token_map(), changes=False).document for name in names}
    answers = judge_plans(plans, (ROOT / "checks" / "policies",))
    mapped = {rule for _, rule in rule_table()}
    return {
        name: frozenset(rule for (rule, _), result in said.items() if result == "FAILED" and rule in mapped)
        for name, said in answers.items()
    }
