"""A declared stack as a graph, and how a question is put to each resource of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from checks.model.check import Case
from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.subject import ResourceSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is said of one resource. `by_absence`: it rests on something not being declared: the stack must be whole."""

    outcome: Outcome
    message: str
    by_absence: bool = False


def passes(message: str, *, by_absence: bool = False) -> Judgement:
    """The claim holds."""
    return Judgement(outcome=Outcome.PASS, message=message, by_absence=by_absence)


def fails(message: str, *, by_absence: bool = False) -> Judgement:
    """The claim does not hold."""
    return Judgement(outcome=Outcome.FAIL, message=message, by_absence=by_absence)


def unknown(what: str) -> Judgement:
    """The value decides, and it is not known before a deployment."""
    return Judgement(outcome=Outcome.INCONCLUSIVE, message=f"{what} is unknown until deploy")


def undecided(message: str) -> Judgement:
    """What decides stands where this stack does not show it."""
    return Judgement(outcome=Outcome.INCONCLUSIVE, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The resources of one stack by their Pulumi types, and who refers to whom."""

    declared: DeclaredResources

    def of(self, *tokens: str) -> tuple[Resource, ...]:
        """All resources of these types, sorted by URN."""
        return tuple(one for one in self.declared.resources if one.token in tokens)

    def referring(self, target: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types whose property `name` refers to `target`."""
        return tuple(one for one in self.of(*tokens) if refers(one, name, target))

    def referred(self, source: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types that the property `name` of `source` refers to."""
        return tuple(one for one in self.of(*tokens) if refers(source, name, one))


def refers(source: Resource, name: str, target: Resource) -> bool:
    """True if an output of `target` flows into the property, or its value is the target's id or ARN."""
    if target.urn in source.depends_on_by_property.get(name, ()):
        return True
    value = source.get(name)
    return isinstance(value, str) and value in {target.id, target.outputs.get("arn")}


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
        looked = f"looked for an {unit} among {len(declared.resources)} declared resources"
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
        )
