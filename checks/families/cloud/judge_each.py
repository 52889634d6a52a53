"""How a question is put to each resource of a stack."""

from collections.abc import Callable, Iterable, Iterator

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
        said = judge(one)
        outcome, message = said.outcome, said.message
        if said.by_absence and not declared.complete:
            outcome, message = Outcome.INCONCLUSIVE, f"{message}; but {declared.missing[0]}"
        yield case.verdict(
            outcome,
            message,
            subject=ResourceSubject(environment=case.subject.environment, stack=one.stack, urn=one.urn),
            population=Population(examined=1, of=len(population), unit=unit),
            position=one.position,
            path=said.path,
        )
