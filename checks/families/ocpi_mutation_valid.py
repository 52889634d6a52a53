"""A valid object of the scanner's own: accepted, and read back as it was sent."""

from collections.abc import Iterable
from typing import Any, Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.mutation import FullRefused, ValidObjectProven
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_STAMP: Final = "/last_updated"  # some platforms set it when they store an object
_ILL_FORMED: Final = frozenset({200, 400, 422})
_INVALID: Final = 2001  # status_codes: invalid or missing parameters


def _valid_accepted(case: Case[ValidObjectProven]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=1, unit=fact.object_type)
    if fact.full_refused:
        yield _full_refused(case, fact.full_refused, population)
    elif not fact.read_back:
        yield case.inconclusive(
            f"a valid {fact.object_type} was accepted, and cannot be read back", population=population
        )
    elif fact.not_where_said:
        yield case.fails(
            f"no Location header leads to a {fact.object_type} that was accepted; it is under its id",
            population=population,
            reproduce=fact.curl,
        )
    elif otherwise := [pointer for pointer in fact.unlike if not pointer.endswith(_STAMP)]:
        yield case.fails(
            f"a valid {fact.object_type} comes back otherwise than it was sent, at {', '.join(otherwise[:5])}",
            population=population,
            reproduce=fact.curl,
        )
    else:
        yield case.passes(f"a valid {fact.object_type} is stored as it was sent", population=population)


def _full_refused(case: Case[ValidObjectProven], refused: FullRefused, population: Population) -> Verdict:
    """A fail where the answer calls the object ill-formed; it may have been refused for what it refers to."""
    kind = case.driver.fact.object_type
    message = f"{refused.says}; a {kind} with its mandatory properties alone was"
    of_its_form = refused.http_status in _ILL_FORMED and refused.ocpi_status in {None, _INVALID}
    return (case.fails if of_its_form else case.inconclusive)(message, population=population)


CHECKS: Final[tuple[Check[Any], ...]] = (
    Check(
        id="ocpi-mutation-valid-object",
        title="A valid object is stored as it was sent",
        controls=("OCPI-INT-01",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: PUT and POST methods of the modules",
        looks_at=Need(fact=ValidObjectProven),
        judge=_valid_accepted,
        remediation="Store every property of the specification, without rounding, cutting or renaming.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
