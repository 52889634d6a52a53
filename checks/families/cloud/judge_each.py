"""How a question is put to each resource of a stack."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from checks.model.check import Case
from checks.model.verdict import Outcome, Population, Verdict
from checks.resource_graph.judgement import Judgement
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.subject import ResourceSubject


def judge_each(
    case: Case[DeclaredResources],
    resources: Iterable[Resource],
    unit: str,
    judge: Callable[[Resource], Judgement],
) -> Iterator[Verdict]:
    """One verdict a resource, on the line that declares it; `unit` names them (`API stage`).

    None at all is `not_applicable` in a stack that was seen whole, and undecided in one that was not; so is what rests
    on something absent.
    """
    declared = case.driver.fact
    population = tuple(resources)
    if not population:
        article = "an" if unit[0].lower() in "aeio" else "a"
        looked = f"looked for {article} {unit} among {len(declared.resources)} declared resources"
        yield (
            case.not_applicable(looked) if declared.complete else case.inconclusive(f"{looked}; {declared.missing[0]}")
        )
    for one in population:
        yield verdict_on(case, one, judge(one), declared.missing, Population(examined=1, of=len(population), unit=unit))


def verdict_on(
    case: Case[DeclaredResources],
    one: Resource,
    said: Judgement,
    missing: Sequence[str],
    population: Population,
) -> Verdict:
    """What is said of one resource, on its line; what rests on absence is undecided where something is `missing`."""
    outcome, message = said.outcome, said.message
    if said.by_absence and missing:
        outcome, message = Outcome.INCONCLUSIVE, f"{message}; but {missing[0]}"
    return case.verdict(
        outcome,
        message,
        subject=ResourceSubject(environment=case.subject.environment, stack=one.stack, urn=one.urn),
        population=population,
        position=one.position,
        path=said.path,
    )
