"""The reference stack as it is, and with each weakness: declared, judged by our checks and by Checkov.

Weaknesses that have nothing in common are declared in one stack; `make verify` looks at each alone.

Loading the SDK takes seconds, and so does loading Checkov: each is done once, and a whole test run shares what is seen.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml

from checks.catalog import CATALOG
from checks.engine import judge
from checks.mappings.loader import rule_table
from checks.model.verdict import Outcome
from infra.weaknesses import HIDDEN_BY_OTHERS, OF_CONTAINERS, OF_THE_WAY_OUT, Weakness
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
from tests.infra.container_config import CONTAINER_CONFIG, calling_config
from tests.infra.recorded_program import as_text
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import once_a_run

EXPECTED: Final = yaml.safe_load((ROOT / "tests" / "expected_findings" / "cloud.yaml").read_text(encoding="utf-8"))
HARDENED: Final = "hardened"
CONTAINER: Final = "hardened, with a container of the user's own"
CALLING: Final = "hardened, with a container that calls partners"
OF_CALLING: Final = OF_CONTAINERS | OF_THE_WAY_OUT  # shown on that one
CHECKS: Final = tuple(check for check in CATALOG if check.looks_at.fact is DeclaredResources)
_MOST: Final = 12  # weaknesses of one stack
_AT_ONCE: Final = 17  # stacks that are made at once: a busy machine has to do it before a test is taken to hang


def _stacks() -> Iterator[str]:
    """Stacks that show every weakness once: rows of those in a stack share nothing, and none of them hides another."""
    groups: list[list[str]] = []
    for name in EXPECTED:
        open_to_it = (group for group in groups if len(group) < _MOST and all(_apart(name, one) for one in group))
        group = next(open_to_it, None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    yield from ("+".join(group) for group in groups)


def _apart(one: str, other: str) -> bool:
    if {one, other} & HIDDEN_BY_OTHERS or (one in OF_CALLING) != (other in OF_CALLING):
        return False
    return _row(one).isdisjoint(_row(other))


def _row(name: str) -> frozenset[str]:
    return frozenset({*EXPECTED[name]["checks"], *EXPECTED[name]["checkov"]})


WEAKENED: Final = tuple(_stacks())
ALONE: Final = tuple(weakness.value for weakness in Weakness)


def weaknesses_in(stack: str) -> tuple[str, ...]:
    """Those that it is declared with."""
    return () if stack in (HARDENED, CONTAINER, CALLING) else tuple(stack.split("+"))


def stack_with(weakness: str) -> str:
    """The one of `WEAKENED` that shows it."""
    return next(stack for stack in WEAKENED if weakness in weaknesses_in(stack))


def _stacks_with(name: str) -> tuple[str, ...]:
    shown = (HARDENED, CONTAINER, CALLING, *WEAKENED)
    stacks = shown if name in shown else ALONE
    first = stacks.index(name) // _AT_ONCE * _AT_ONCE
    return stacks[first : first + _AT_ONCE]


def run_of(name: str) -> ProgramRun:
    """What the program declares with weaknesses, or without any; those of containers with a container."""
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
    weak = weaknesses_in(name)
    config = {"weaken": json.dumps(weak)} if weak else {}
    if name == CONTAINER:
        config |= as_text(CONTAINER_CONFIG)
    if name == CALLING or OF_CALLING.issuperset(weak or {HARDENED}):
        config |= as_text(calling_config())
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
