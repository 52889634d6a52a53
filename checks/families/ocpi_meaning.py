"""Served objects beyond the first page, and beyond their types: the semantic rules of the version spoken."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.reads import ObjectsInDepth
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _further(case: Case[ObjectsInDepth]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.further, unit=fact.object_type)
    for violation in fact.violations:
        said = f"{violation.pointer}: {violation.rule} ({violation.expected}) in {violation.count} of {fact.further}"
        yield case.fails(
            f"{said} objects of further pages",
            population=population,
            field_path=f"{violation.pointer} {violation.rule} {violation.expected}",
            reproduce=fact.curl,
        )
    if fact.violations:
        return
    if not fact.further and fact.unread:
        yield case.inconclusive(f"no further page of {where(case.driver)} was read: {fact.unread}")
    elif not fact.further:
        yield case.not_applicable(f"looked for further pages of {where(case.driver)}; there are none")
    else:
        said = f"further pages hold what the specification says{_but(fact)}"
        yield case.passes(said, population=_of_all(fact, fact.further))


def _holding(*, required: bool) -> Callable[[Case[Any]], Iterable[Verdict]]:
    def judge(case: Case[ObjectsInDepth]) -> Iterable[Verdict]:
        fact = case.driver.fact
        broken = [rule for rule in fact.broken_rules if rule.required is required]
        for rule in broken:
            said = f"{rule.pointer}: {rule.expected} ({rule.section}); not so in {rule.count} of {fact.examined}"
            yield case.fails(
                f"{said}, for example {rule.example}",
                population=_of_all(fact, fact.examined),
                field_path=f"{rule.pointer} {rule.rule}",
                reproduce=fact.curl,
            )
        if not fact.examined:
            yield case.not_applicable(f"looked for objects in {where(case.driver)}; there are none")
        elif not broken:
            said = f"every {fact.object_type} that was read keeps the rules{_but(fact)}"
            yield case.passes(said, population=_of_all(fact, fact.examined))

    return judge


def _but(fact: ObjectsInDepth) -> str:
    return f" (not all was read: {fact.unread})" if fact.unread else ""


def _of_all(fact: ObjectsInDepth, examined: int) -> Population:
    return Population(examined=examined, of=max(fact.total_count or 0, examined), unit=fact.object_type)


CHECKS: Final = (
    Check(
        id="ocpi-schema-further-pages-valid",
        title="Objects of further pages have the types that the specification gives them",
        controls=("OCPI-INT-01",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, object descriptions and types",
        looks_at=Need(fact=ObjectsInDepth),
        judge=_further,
        remediation="Validate what is served against the version spoken; old records may have slipped in before.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-meaning-rules-kept",
        title="Served objects keep the rules that the specification states",
        controls=("OCPI-INT-03", "OCPI-VUL-13", "OCPI-VUL-14"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0; the message names the section of each rule",
        looks_at=Need(fact=ObjectsInDepth),
        judge=_holding(required=True),
        remediation="Check related fields together before an object is stored, and hold back what contradicts itself.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-meaning-plausible",
        title="Served objects are as the specification recommends, and their fields fit together",
        controls=("OCPI-INT-03", "OCPI-VUL-14"),
        severity=Severity.LOW,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0; the message names the section of each rule",
        looks_at=Need(fact=ObjectsInDepth),
        judge=_holding(required=False),
        remediation="Ask of each such object whether it is meant so: software of partners may take it otherwise.",
        witness=Witness.PROTOCOL,
    ),
)
