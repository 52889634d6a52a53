"""A renewal disturbs no read that is made meanwhile."""

from collections.abc import Iterable
from typing import Final

from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import Reaction, ReadMeanwhile, RenewedUnderReads
from scanner.model.severity import Severity

_OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
_BROKEN: Final = frozenset({None, Access.SERVER_ERROR})


def _undisturbed(case: Case[RenewedUnderReads]) -> Iterable[Verdict]:
    fact = case.driver.fact
    reads = [read for read in fact.reads if read.access is not Access.PUT_OFF]
    before = [read for read in reads if read.ended_s <= 0]
    after = [read for read in reads if read.began_s >= fact.answered_s]
    meanwhile = [read for read in reads if read not in before and read not in after]
    refused = [read for read in after if read.access is Access.REFUSED]
    broken = [read for read in (*meanwhile, *after) if read.access in _BROKEN]
    population = Population(examined=len(meanwhile) + len(after), unit="read")
    if fact.answer.reaction is not Reaction.ACCEPTED:
        yield case.inconclusive(f"the renewal was {fact.answer.said()}", reproduce=fact.answer.curl)
    elif not before or not after or not meanwhile or any(read.access not in _OPEN for read in before):
        said = f"{len(before)} reads before, {len(meanwhile)} during and {len(after)} after a renewal"
        yield case.inconclusive(f"{said}: it takes some of each, and those before have to be answered")
    elif broken or refused:
        said = f"of {population.examined} reads during and after a renewal {len(broken)} broke down"
        more = f"{said} and {len(refused)} were refused with the new token"
        yield case.fails(more, population=population, reproduce=fact.answer.curl)
    else:
        yield case.passes(f"{_counted(meanwhile, after)} a renewal were answered", population=population)


def _counted(meanwhile: list[ReadMeanwhile], after: list[ReadMeanwhile]) -> str:
    gone = sum(read.access is Access.REFUSED for read in meanwhile)
    note = f" ({gone} of them refused with the token that it ended)" if gone else ""
    return f"{len(meanwhile)} reads during{note} and {len(after)} after"


CHECKS: Final = (
    check_by_writing(
        id="ocpi-registration-renewal-disturbs-no-read",
        title="Reads that are made during a renewal are answered",
        controls=("OCPI-VUL-12",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: PUT method, updating credentials",
        fact=RenewedUnderReads,
        judge=_undisturbed,
        do="Hold no lock on a partner while its versions are fetched; replace the token in one short step.",
    ),
)
