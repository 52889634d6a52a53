"""Pages of lists: headers, a cap that holds, and a next page that stays at home."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.pages import PageObserved, SeenPage
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, transport_and_format: paginated response"
_PAGES: Final = "page"
_CLIENT_ERRORS: Final = range(400, 500)  # RFC 9110, 15.5
# These speak of who asks, how often or how slowly, and not of the limit that was asked for.
_OF_THE_CALLER: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_NO_LIST: Final = "looked for a list; the answer is a single object"


def _headers(case: Case[PageObserved]) -> Iterable[Verdict]:
    lists = [page for page in case.driver.fact.pages if page.is_list]
    pages = [page for page in lists if _served(page)]
    population = Population(examined=len(pages), unit=_PAGES)
    if not lists:
        yield case.not_applicable(_NO_LIST)
        return
    if not pages:
        said = f"the list was answered {lists[0].answer.said()}, which shows no page"
        yield case.inconclusive(said, population=Population(examined=len(lists), unit=_PAGES))
        return
    for page in pages:
        if missing := _missing(page):
            said = f"a page of {where(case.driver)} has no {' and no '.join(missing)}"
            yield case.fails(said, population=population, reproduce=page.answer.curl)
            return
    yield case.passes(f"pages of {where(case.driver)} have their pagination headers", population=population)


def _missing(page: SeenPage) -> list[str]:
    names = []
    if page.total_count is None:
        names.append("X-Total-Count")
    if page.limit is None:
        names.append("X-Limit")
    if page.link_next is None and page.total_count is not None and page.total_count > page.objects > 0:
        names.append("Link to the next page")
    return names


def _capped(case: Case[PageObserved]) -> Iterable[Verdict]:
    first, pages = case.driver.fact.pages[0], case.driver.fact.pages
    population = Population(examined=len(pages), unit=_PAGES)
    asking = sorted((page for page in pages if page.asked), key=lambda page: page.asked or 0)
    if not first.is_list:
        yield case.not_applicable(_NO_LIST)
    elif over := next(filter(None, map(_over, (page for page in pages if _served(page)))), None):
        yield case.fails(over[0], population=population, reproduce=over[1].answer.curl)
    elif not _served(first) or not asking:
        said = f"the list was answered {first.answer.said()}, which shows no page"
        yield case.inconclusive(said, population=population)
    elif _served(asking[-1]):
        yield _by_page(case, first, asking[-1], population)
    else:
        yield _by_refusal(case, asking[-1], population)


def _served(page: SeenPage) -> bool:
    """A list that came with a success."""
    return page.is_list and page.answer.access in {Access.DATA, Access.ACCEPTED}


def _over(page: SeenPage) -> tuple[str, SeenPage] | None:
    """Why a page holds more than it may, if it does."""
    if page.asked is not None and page.objects > page.asked:
        return f"limit={page.asked} was answered with {page.objects} objects: the limit is ignored", page
    if page.limit is not None and page.objects > page.limit:
        return f"{page.objects} objects came, above the X-Limit of {page.limit} beside them", page
    return None


def _by_page(case: Case[PageObserved], first: SeenPage, greedy: SeenPage, population: Population) -> Verdict:
    asked, held, curl = greedy.asked or 0, greedy.limit, greedy.answer.curl
    if held is not None and held >= asked:
        return case.fails(f"limit={asked} was granted: X-Limit is {held}", population=population, reproduce=curl)
    if held is not None:
        return case.passes(f"limit={asked} was held to {held}", population=population)
    if first.limit is not None and greedy.objects > first.limit:
        said = f"{greedy.objects} objects came, above the X-Limit of {first.limit}"
        return case.fails(said, population=population, reproduce=curl)
    if greedy.total_count is not None and greedy.objects < min(greedy.total_count, asked):
        said = f"limit={asked} brought {greedy.objects} of {greedy.total_count} objects"
        return case.passes(said, population=population)
    said = f"no X-Limit, and all of the {greedy.objects} objects that came may be all there are"
    return case.inconclusive(said, population=population)


def _by_refusal(case: Case[PageObserved], greedy: SeenPage, population: Population) -> Verdict:
    status, said = greedy.answer.http_status, greedy.answer.said()
    if status in _CLIENT_ERRORS and status not in _OF_THE_CALLER:
        return case.passes(f"limit={greedy.asked} was refused: {said}", population=population)
    return case.inconclusive(f"limit={greedy.asked} was answered {said}", population=population)


def _link_stays(case: Case[PageObserved]) -> Iterable[Verdict]:
    # A plaintext Link is a finding of the transport family already.
    links = [(page, page.link_next) for page in case.driver.fact.pages if page.link_next]
    population = Population(examined=len(links), unit="link")
    away = [(page, link) for page, link in links if link.place in {UrlPlace.OTHER_HOST, UrlPlace.NOT_A_URL}]
    if away:
        page, link = away[0]
        said = f"the next page of {where(case.driver)} is at {link.origin} ({link.place})"
        yield case.fails(said, population=population, reproduce=page.answer.curl)
    elif links:
        yield case.passes(f"the next page of {where(case.driver)} is on the configured host", population=population)
    else:
        looked = f"looked for a Link to a next page of {where(case.driver)}; everything fits on one"
        yield case.not_applicable(looked, population=population)


CHECKS: Final = (
    Check(
        id="ocpi-pagination-headers-present",
        title="Lists come with X-Total-Count, X-Limit and the Link to the next page",
        controls=("OCPI-EXT-10",),
        severity=Severity.LOW,
        source=_SOURCE,
        looks_at=Need(fact=PageObserved),
        judge=_headers,
        remediation="Send X-Total-Count and X-Limit with every page, and Link with every page but the last.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-pagination-page-size-capped",
        title="The page size is capped, whatever is asked for",
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=PageObserved),
        judge=_capped,
        remediation="Hold `limit` to a maximum of your own and say it in X-Limit: no request may read everything.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-pagination-link-stays",
        title="The Link to the next page stays on the platform",
        controls=("OCPI-EXT-10",),
        severity=Severity.HIGH,
        source=_SOURCE,
        looks_at=Need(fact=PageObserved),
        judge=_link_stays,
        remediation="Build Link from the configured public origin, not from the Host header: tokens are sent there.",
        witness=Witness.PROTOCOL,
    ),
)
