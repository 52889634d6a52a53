"""Pages asked for in odd ways: refused, or answered with a truthful page; never with everything, or with a crash."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from checks.families.ocpi_words import listed
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.reads import OddPageAnswer
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, transport_and_format: paginated request; status_codes"
_BY_LIST: Final = ("endpoint", "version", "module", "side")
_CRASH_IS_OPEN: Final = DECIDES_NOTHING - {Access.SERVER_ERROR}
_OCPI_SERVER_ERRORS: Final = range(3000, 4000)
_Odd = Sighting[OddPageAnswer]


def _path(sighting: _Odd) -> str:
    return sighting.subject.coordinates().get("path", "")


def _judge_each(
    is_wrong: Callable[[OddPageAnswer], str | None], is_open: Callable[[OddPageAnswer], bool], fine: str
) -> Callable[[Case[Any]], Iterable[Verdict]]:
    """One verdict for each wrong answer, else one on all of them."""

    def judge(case: Case[OddPageAnswer]) -> Iterable[Verdict]:
        population = Population(examined=len(case.drivers), unit="question")
        wrong = [(s, said) for s in case.drivers if (said := is_wrong(s.fact))]
        undecided = [s for s in case.drivers if is_open(s.fact)]
        for sighting, said in wrong:
            yield case.fails(
                f"{_path(sighting)}: {said}",
                subject=sighting.subject,
                evidence=sighting.evidence,
                population=population,
                reproduce=sighting.fact.answer.curl,
            )
        if not wrong and undecided:
            said = f"the answers to {listed(_path(s) for s in undecided)} decide nothing"
            yield case.inconclusive(said, population=population)
        elif not wrong:
            yield case.passes(fine, population=population)

    return judge


def _crash(fact: OddPageAnswer) -> str | None:
    answer = fact.answer
    failed = answer.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.ocpi_status in _OCPI_SERVER_ERRORS
    return f"answered with a server error: {answer.said()}" if failed else None


def _dump(fact: OddPageAnswer) -> str | None:
    if fact.cap is None or not fact.is_list or fact.objects <= fact.cap:
        return None
    return f"answered with {fact.objects} objects, where a page has at most {fact.cap}"


def _dump_is_open(fact: OddPageAnswer) -> bool:
    unknown = fact.is_list and fact.objects > 1 and fact.cap is None
    return unknown or fact.answer.access in DECIDES_NOTHING


def _untruthful(fact: OddPageAnswer) -> str | None:
    if fact.nothing_matches and fact.is_list and fact.objects:
        return f"answered with {fact.objects} objects, though none can match"
    return None


def _truth_is_open(fact: OddPageAnswer) -> bool:
    return fact.nothing_matches and fact.answer.access in DECIDES_NOTHING


CHECKS: Final = (
    Check(
        id="ocpi-pagination-odd-no-crash",
        title="Odd values of limit, offset and dates cause no server error",
        controls=("OCPI-EXT-10", "OCPI-VUL-16"),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=OddPageAnswer),
        judge=_judge_each(_crash, lambda fact: fact.answer.access in _CRASH_IS_OPEN, "no question caused an error"),
        group_by=_BY_LIST,
        remediation="Parse limit, offset and dates before use; answer HTTP 400 or OCPI 2001 where they are wrong.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-pagination-odd-bounded",
        title="No odd value of limit, offset or dates brings more than a page",
        controls=("OCPI-EXT-10",),
        severity=Severity.HIGH,
        source=_SOURCE,
        looks_at=Need(fact=OddPageAnswer),
        judge=_judge_each(_dump, _dump_is_open, "no answer is larger than a page"),
        group_by=_BY_LIST,
        remediation="Hold every answer to the maximum page size, also where limit is 0, negative, huge or no number.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-pagination-filters-honoured",
        title="Offset and date filters that nothing matches bring nothing",
        controls=("OCPI-EXT-10",),
        severity=Severity.LOW,
        source=_SOURCE,
        looks_at=Need(fact=OddPageAnswer),
        judge=_judge_each(_untruthful, _truth_is_open, "what nothing matches brings nothing"),
        group_by=_BY_LIST,
        remediation="Apply offset, date_from and date_to to every list, or refuse what cannot be applied.",
        witness=Witness.PROTOCOL,
    ),
)
