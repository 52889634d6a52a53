"""How a question is put to all stacks of an environment together, for what one of them may hold for all the others."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import verdict_on
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from checks.resource_graph.index import together
from checks.resource_graph.judgement import Judgement
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource

BY_ENVIRONMENT: Final = ("environment",)


def environment_stack(case: Case[DeclaredResources]) -> Stack:
    """Every resource that any stack of the environment declares; complete where all of them are."""
    return Stack(declared=together(case.subject.environment, [sighting.fact for sighting in case.drivers]))


def judge_each_of_environment(
    case: Case[DeclaredResources],
    resources: Iterable[Resource],
    unit: str,
    judge: Callable[[Resource], Judgement],
) -> Iterator[Verdict]:
    """One verdict a resource. None at all is undecided: what guards a whole account may stand in a stack not given."""
    missing = tuple(reason for sighting in case.drivers for reason in sighting.fact.missing)
    population = tuple(resources)
    if not population:
        stacks = ", ".join(sighting.fact.stack for sighting in case.drivers)
        yield case.inconclusive(f"no {unit} is declared in {stacks}; one in another stack or account was not given")
    for one in population:
        yield verdict_on(case, one, judge(one), missing, Population(examined=1, of=len(population), unit=unit))
