"""Bodies that nobody can read, again and again: limited, refused without an error, and of no cost to other partners."""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_good_partner import took, worse_than_before
from checks.families.ocpi_stress_load import API4, CHEAP, LIMIT_EACH, isolated, no_errors, sent, throttled, too_few
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Judge
from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.facts.ocpi.stress import BrokenBodiesSeen
from scanner.model.severity import Severity

_SOURCE: Final = f"{API4}; OCPI 2.2.1 and 2.3.0, transport_and_format"
_CONTROLS: Final = ("OCPI-TST-26",)


def _of_bodies(judge: Judge[BrokenBodiesSeen]) -> Judge[BrokenBodiesSeen]:
    """The same, but no pass where nobody can have read a body: who is turned away at the door costs nothing by it."""

    def judged(case: Case[BrokenBodiesSeen]) -> Iterable[Verdict]:
        fact = case.driver.fact
        at_the_door = fact.load.turned_away + fact.load.throttled >= fact.load.asked
        said = f"of {sent(fact)} all were throttled, or turned away with HTTP 401, 403, 404 or 405"
        for verdict in judge(case):
            if at_the_door and verdict.outcome is Outcome.PASS:
                yield case.inconclusive(f"{said}: no body may have been read", reproduce=fact.curl)
            else:
                yield verdict

    return judged


def _nothing_lingers(case: Case[BrokenBodiesSeen]) -> Iterable[Verdict]:
    """Who sent them may be kept out for a while; nobody else may have anything of it afterwards."""
    fact = case.driver.fact
    before, after = fact.good.before, fact.good.after
    examined = Population(examined=after.asked + after.not_sent, unit="good request")
    if why := too_few(fact) or (None if examined.examined else "no good request was sent afterwards"):
        yield case.inconclusive(why, population=examined, reproduce=fact.curl)
        return
    worse = worse_than_before(before, after)
    yield case.holds(
        worse is None,
        f"after {sent(fact)}, {fact.good.identity} was served as before: {took(after)}",
        f"after {sent(fact)}, {fact.good.identity} still suffered: {worse}",
        population=examined,
        reproduce=fact.curl,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    check_by_writing(
        "ocpi-stress-bodies-throttled",
        "A partner that sends broken bodies more often than was agreed is told to slow down",
        BrokenBodiesSeen,
        throttled,
        controls=(*_CONTROLS, "OCPI-NET-04"),
        severity=Severity.MEDIUM,
        source=f"RFC 6585, 4; {API4}",
        do="Count a request against its partner's limit before its body is read, whatever becomes of the body.",
    ),
    check_by_writing(
        "ocpi-stress-bodies-no-errors",
        "Repeated broken bodies meet no server error and no silence",
        BrokenBodiesSeen,
        _of_bodies(no_errors),
        controls=_CONTROLS,
        severity=Severity.MEDIUM,
        source=_SOURCE,
        do="Bound size and depth while a body is read, and answer what cannot be read with 400.",
    ),
    check_by_writing(
        "ocpi-stress-bodies-isolated",
        "Repeated broken bodies cost no other partner anything",
        BrokenBodiesSeen,
        _of_bodies(isolated),
        controls=_CONTROLS,
        severity=Severity.HIGH,
        source=_SOURCE,
        do=f"{CHEAP} {LIMIT_EACH}",
    ),
    check_by_writing(
        "ocpi-stress-bodies-leave-nothing",
        "After repeated broken bodies other partners are served as before",
        BrokenBodiesSeen,
        _of_bodies(_nothing_lingers),
        controls=_CONTROLS,
        severity=Severity.MEDIUM,
        source=_SOURCE,
        do="Give back what a refused body held at once, and bound what is logged and kept of it.",
    ),
)
