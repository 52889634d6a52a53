"""Error answers tell a stranger nothing: no stack traces, paths, versions, database messages, secrets."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from checks.families.ocpi_words import BY_PLATFORM, listed, platform, where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.access import AccessObserved, AccessWithoutToken, AccessWithWrongToken
from scanner.model.facts.ocpi.answer import MAY_HOLD_DATA, Access, Answer
from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SOURCE: Final = "OWASP ASVS 5.0, 16.5; OWASP API Security Top 10 2023, API8"
_REMEDIATION: Final = (
    "Catch every exception at the edge, log it with the ids of the request, and answer with an OCPI status code and a "
    "message of your own that says nothing about the inside."
)


def _errors_silent(case: Case[ErrorAnswer]) -> Iterable[Verdict]:
    fact = case.driver.fact
    path = case.subject.coordinates().get("path", "")
    if not fact.leaks and fact.answer.access is Access.UNDECIDED:
        yield case.inconclusive(f"the answer to {path} could not be read to its end: {fact.answer.said()}")
        return
    if not fact.leaks and fact.answer.access is Access.PUT_OFF:
        yield case.inconclusive(f"{path} was not looked into: {fact.answer.said()}")
        return
    if not fact.leaks and not _is_error(fact.answer):
        yield case.not_applicable(f"looked for an error with {path}; it was answered with {fact.answer.said()}")
        return
    yield case.holds(
        not fact.leaks,
        f"the error answer to {path} ({fact.answer.said()}) tells nothing",
        f"the error answer to {path} ({fact.answer.said()}) holds: {listed(leak.pattern for leak in fact.leaks)}",
        reproduce=fact.answer.curl,
    )


def _is_refusal(fact: AccessObserved) -> bool:
    """An error by HTTP, or a refusal in the response format; a web page is neither."""
    answer = fact.answers[0]
    by_http = answer.http_status >= HTTPStatus.BAD_REQUEST
    return answer.access not in MAY_HOLD_DATA and (by_http or answer.ocpi_status is not None)


def _is_error(answer: Answer) -> bool:
    """An error by HTTP or by its OCPI status; data, an empty success and a web page are none."""
    says_so = answer.http_status >= HTTPStatus.BAD_REQUEST or answer.ocpi_status is not None
    return says_so and answer.access not in {*MAY_HOLD_DATA, Access.ACCEPTED}


def _refusals_silent(case: Case[AccessWithoutToken]) -> Iterable[Verdict]:
    here = platform(case)
    wrong = [s for s in case.all(AccessWithWrongToken) if s.subject.agrees_with(here)]
    everything: tuple[Sighting[Any], ...] = (*case.drivers, *wrong)
    sightings = [s for s in everything if _is_refusal(s.fact)]
    if not sightings:
        yield case.not_applicable("looked for refusals; there were none", subject=here)
        return
    telling = [s for s in sightings if s.fact.leaks]
    leaks = listed(leak.pattern for s in telling for leak in s.fact.leaks)
    yield case.holds(
        not telling,
        "refusals tell nothing",
        f"refusals of {listed(where(s) for s in telling)} hold: {leaks}",
        subject=here,
        population=Population(examined=len(sightings), unit="refusal"),
        reproduce=telling[0].fact.answers[0].curl if telling else None,
    )


CHECKS: Final = (
    Check(
        id="ocpi-disclosure-errors-silent",
        title="Error answers tell nothing about the inside",
        controls=("OCPI-VUL-16",),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=ErrorAnswer),
        judge=_errors_silent,
        remediation=_REMEDIATION,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-disclosure-refusals-silent",
        title="Refusals tell nothing about the inside",
        controls=("OCPI-VUL-16",),
        severity=Severity.MEDIUM,
        source=_SOURCE,
        looks_at=Need(fact=AccessWithoutToken),
        joins=(Need(fact=AccessWithWrongToken, on=("environment",), required=False),),
        judge=_refusals_silent,
        group_by=BY_PLATFORM,
        remediation=_REMEDIATION,
        witness=Witness.PROTOCOL,
    ),
)
