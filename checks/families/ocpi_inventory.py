"""What should be gone: versions that nobody advertises, and test data on a production platform."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import BY_PLATFORM, listed, platform, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.reads import HiddenVersions, WordsOfTests
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SOURCE: Final = "OWASP API Security Top 10 2023, API9; OCPI 2.2.1 and 2.3.0, version_information_endpoint"
_PRODUCTION: Final = ("prod", "live")


def _no_hidden(case: Case[HiddenVersions]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=len(fact.asked), unit="version")
    if fact.open:
        said = f"not advertised, and open all the same: {listed(fact.open)}"
        yield case.fails(said, population=population, reproduce=fact.curl)
    elif fact.undecided:
        yield case.inconclusive(f"whether {listed(fact.undecided)} is open could not be seen", population=population)
    elif fact.asked:
        yield case.passes(f"{listed(fact.asked)} is not there", population=population)
    else:
        yield case.not_applicable(
            "looked for a version in the path of the details, to put another there; none stands there"
        )


def _no_test_data(case: Case[WordsOfTests]) -> Iterable[Verdict]:
    objects = sum(s.fact.examined for s in case.drivers)
    population, here = Population(examined=objects, unit="object"), platform(case)
    found = [(s, words) for s in case.drivers for words in s.fact.found]
    if not here.environment.lower().startswith(_PRODUCTION):
        said = f"looked for an environment called prod or live; this is {here.environment}, where test data may be"
        yield case.not_applicable(said, subject=here)
    elif not objects:
        yield case.not_applicable("looked for objects; every list is empty", subject=here)
    elif found:
        places = listed(f"{where(s)} {words.pointer} ({words.count})" for s, words in found)
        said = f"names or ids that speak of tests: {places}, for example {found[0][1].example}"
        yield case.fails(said, subject=here, population=population, reproduce=found[0][0].fact.curl)
    else:
        yield case.passes("no name or id speaks of tests", subject=here, population=population)


CHECKS: Final = (
    Check(
        id="ocpi-inventory-no-hidden-version",
        title="Versions that are not advertised do not answer",
        controls=("OCPI-EXT-20",),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=HiddenVersions),
        judge=_no_hidden,
        remediation="Take retired versions down, routes and handlers: what nobody lists, nobody patches or watches.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-inventory-no-test-data",
        title="A production platform serves no test data",
        controls=("OCPI-EXT-20",),
        severity=Severity.LOW,
        source=_SOURCE,
        looks_at=Need(fact=WordsOfTests),
        judge=_no_test_data,
        group_by=BY_PLATFORM,
        remediation="Remove test locations, tariffs and tokens from production; test in an environment of its own.",
        witness=Witness.PROTOCOL,
    ),
)
