"""Objects that a platform serves, against the types of the version spoken. Unknown fields are never wrong."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _valid(case: Case[ObjectsValidated]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.examined, unit=fact.object_type)
    if not fact.examined:
        yield case.not_applicable(
            f"looked for objects in {where(case.driver)}; the page is empty", population=population
        )
    for violation in fact.violations:
        said = f"{violation.pointer}: {violation.rule} ({violation.expected}) in {violation.count} of {fact.examined}"
        yield case.fails(
            f"{said}, for example {violation.example}",
            population=population,
            field_path=f"{violation.pointer} {violation.rule} {violation.expected}",
            reproduce=fact.curl,
        )
    if fact.examined and not fact.violations:
        yield case.passes(f"every {fact.object_type} has the types of the specification", population=population)


CHECKS: Final = (
    Check(
        id="ocpi-schema-objects-valid",
        title="Served objects have the types that the specification gives them",
        controls=("OCPI-INT-01",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, object descriptions and types",
        looks_at=Need(fact=ObjectsValidated),
        judge=_valid,
        remediation="Validate what is served against the version spoken, as strictly as what is received.",
        witness=Witness.PROTOCOL,
    ),
)
