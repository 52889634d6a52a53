"""Whoever has no valid credentials token writes nothing: judged by what is read back, and by what the answer claims."""

from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.ocpi_doors import SOURCE
from checks.families.ocpi_words import listed, where
from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.strangers import Became, StrangersWrites
from scanner.model.severity import Severity

_OPEN: Final = frozenset({Became.TOOK_EFFECT, Became.SAID_DONE})


def _need_token(case: Case[StrangersWrites]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, f"{where(case.driver)} {case.driver.fact.object_type}"
    decided = [one for one in fact.tried if one.became in _OPEN | {Became.REFUSED}]
    population = Population(examined=len(decided), of=len(fact.tried), unit="write without a valid token")
    taken = [one for one in decided if one.became in _OPEN]
    missing = [*_undecided(fact), *filter(None, [fact.cut_short])]
    if taken:
        said = f"{at}: {listed(one.said() for one in taken)}"
        yield case.fails(said, population=population, reproduce=next((one.curl for one in taken if one.curl), None))
    elif missing or not decided:
        why = listed(missing) or "no write was tried"
        said = f"{at}: not every write without a valid token was decided: {why}"
        yield case.inconclusive(said, population=population)
    else:
        tried = listed(f"{one.method} with {one.caller}" for one in decided)
        yield case.passes(f"{at}: refused, and not there when read back: {tried}", population=population)


def _undecided(fact: StrangersWrites) -> Iterator[str]:
    unsent = [one for one in fact.tried if one.became is Became.NOT_SENT]
    if unsent:
        yield f"{len(unsent)} of {len(fact.tried)} were not sent, since {unsent[0].why}"
    for one in fact.tried:
        if one.became in {Became.UNREAD, Became.UNDECIDED}:
            yield ": ".join(filter(None, (one.said(), one.why)))
    for method in fact.unproven:
        yield f"{method} with the valid token did not work, or could not be read back, either"


CHECKS: Final = (
    check_by_writing(
        id="ocpi-access-writes-need-token",
        title="A write without a valid credentials token does nothing",
        controls=("OCPI-VUL-05", "OCPI-TST-05"),
        severity=Severity.CRITICAL,
        source=SOURCE,
        fact=StrangersWrites,
        judge=_need_token,
        do=(
            "Check the credentials token before anything else, on every method of every route; answer HTTP 401 and "
            "change nothing where it is missing, malformed or unknown."
        ),
    ),
)
