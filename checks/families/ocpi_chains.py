"""Lists read to their end: Link leads there, and no object comes twice on the way."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.reads import ChainEnd, PagesFollowed
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, transport_and_format: paginated response"
_NEVER_ENDS: Final = frozenset({ChainEnd.LOOP, ChainEnd.EMPTY_PAGE, ChainEnd.ELSEWHERE})


def _ends(case: Case[PagesFollowed]) -> Iterable[Verdict]:
    fact = case.driver.fact
    pages = Population(examined=fact.pages, unit="page")
    if fact.end is ChainEnd.ELSEWHERE and fact.pages == 1:
        yield case.not_applicable(f"looked for pages behind the first; {fact.end}, which is judged by itself")
    elif fact.end in _NEVER_ENDS:
        said = f"{where(case.driver)}, page {fact.pages}: {fact.end}"
        yield case.fails(said, population=pages, reproduce=fact.curl)
    elif fact.end in {ChainEnd.UNREADABLE, ChainEnd.CUT_OFF}:
        yield case.inconclusive(f"after {fact.pages} pages of {where(case.driver)}: {fact.detail}", population=pages)
    elif fact.end is ChainEnd.SAMPLED:
        yield case.passes(f"no Link went wrong: {fact.detail}", population=pages)
    elif fact.pages == 1:
        yield case.not_applicable(f"looked for further pages of {where(case.driver)}; everything fits on one")
    else:
        yield case.passes(f"following Link reaches the end of {where(case.driver)}", population=pages)


def _unique(case: Case[PagesFollowed]) -> Iterable[Verdict]:
    fact = case.driver.fact
    of = Population(examined=fact.objects, of=fact.total_count, unit="object")
    if not fact.ids:
        yield case.not_applicable(f"looked for ids in {where(case.driver)}; there are none")
    elif not fact.repeated_ids:
        yield case.passes(f"every object of {where(case.driver)} came once", population=of)
    elif fact.steady:
        said = f"{fact.repeated_ids} of {fact.objects} objects of {where(case.driver)} came more than once"
        yield case.fails(said, population=of, reproduce=fact.curl)
    else:
        said = f"{fact.repeated_ids} objects came more than once while X-Total-Count changed: the list was written to"
        yield case.inconclusive(said, population=of)


CHECKS: Final = (
    Check(
        id="ocpi-pagination-chain-ends",
        title="Following Link from page to page reaches an end",
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=PagesFollowed),
        judge=_ends,
        remediation="Name a next page only where there are further objects, and always one that was not served yet.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-pagination-ids-unique",
        title="No object stands twice in one list",
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=f"{_SOURCE}; mod_cdrs and mod_sessions: id",
        looks_at=Need(fact=PagesFollowed),
        judge=_unique,
        remediation="Sort lists by something unique that does not change, and give each object an id of its own.",
        witness=Witness.PROTOCOL,
    ),
)
