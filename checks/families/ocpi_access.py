"""Whoever has no valid credentials token gets nothing: judged by the data returned, the status apart.

A refusal means something only where a valid token opens the same door, or where it says 401 or 403. Whether a *valid*
token is also taken out of the query is asked with the token of a disposable identity only.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from checks.families.ocpi_words import listed, where
from checks.model.check import Case, Check, Need, Sighting
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.access import (
    AccessObserved,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithQueryToken,
    AccessWithToken,
    AccessWithTokenInQuery,
    AccessWithTokenUnderBearer,
    AccessWithWrongToken,
)
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SAYS_NO: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
_SOURCE: Final = "OCPI 2.2.1 and 2.3.0, transport_and_format: authorization header"


def _refused(said: str) -> Callable[[Case[Any]], Iterable[Verdict]]:
    def judge(case: Case[AccessObserved]) -> Iterable[Verdict]:
        yield _verdict(case, said)

    return judge


def _verdict(case: Case[AccessObserved], said: str) -> Verdict:
    answer = _most_open(case.driver.fact)
    known = [_most_open(s.fact) for s in case.all(AccessWithToken)]
    if _open_to_all(case):
        return case.not_applicable("open without any token, which is judged by itself; nothing to add to that here")
    if answer.access is Access.DATA:
        return case.fails(f"{said} was given data: {answer.said()}", reproduce=answer.curl)
    if answer.access is Access.SERVER_ERROR:
        return case.inconclusive(f"{said} was answered with a server error: {answer.said()}", reproduce=answer.curl)
    if answer.access is Access.ACCEPTED and not any(k.access is Access.DATA for k in known):
        return case.fails(f"{said} was accepted: {answer.said()}, as with a valid token", reproduce=answer.curl)
    if answer.http_status in _SAYS_NO or any(k.access in _OPEN for k in known):
        return case.passes(f"{said} got no data: {answer.said()}", reproduce=answer.curl)
    if not known:
        return case.inconclusive(f"{said} got {answer.said()}, but no valid token was there to show that it means no")
    return case.not_applicable(f"looked for a GET; {answer.said()} comes with a valid token as well")


def _open_to_all(case: Case[AccessObserved]) -> bool:
    without: tuple[Sighting[AccessWithoutToken], ...] = case.all(AccessWithoutToken)
    return any(_most_open(s.fact).access is Access.DATA for s in without)


def _most_open(fact: AccessObserved) -> Answer:
    order = (Access.DATA, Access.ACCEPTED, Access.SERVER_ERROR, Access.REFUSED)
    return min(fact.answers, key=lambda answer: order.index(answer.access))


def _says_401(case: Case[AccessWithoutToken]) -> Iterable[Verdict]:
    sightings: tuple[Sighting[Any], ...] = (case.driver, *case.all(AccessWithWrongToken))
    answers = [a for s in sightings for a in s.fact.answers if a.access is not Access.DATA]
    if not answers:
        yield case.not_applicable("looked for refusals; there were none, which is judged by itself")
        return
    known = [_most_open(s.fact) for s in case.all(AccessWithToken)]
    other = [a for a in answers if a.http_status != HTTPStatus.UNAUTHORIZED]
    said = f"{where(case.driver)} answers with {listed(a.said() for a in other or answers)}"
    if not other:
        yield case.passes(said)
    elif any(k.access in _OPEN for k in known):
        yield case.fails(f"{said} instead of HTTP 401", reproduce=other[0].curl)
    elif known:
        yield case.not_applicable(f"looked for a GET; {said}, and no data to a valid token either")
    else:
        yield case.inconclusive(f"{said}, but no valid token was there to show that it means no")


def _only_in_its_place(said: str) -> Callable[[Case[Any]], Iterable[Verdict]]:
    """A valid token was sent where it has no business: data means that it was taken."""

    def judge(case: Case[AccessObserved]) -> Iterable[Verdict]:
        answer = _most_open(case.driver.fact)
        known = [_most_open(s.fact) for s in case.all(AccessWithToken)]
        if _open_to_all(case):
            yield case.not_applicable("open without any token, which is judged by itself; nothing to add to that here")
        elif answer.access is Access.DATA:
            yield case.fails(f"{said} was given data: {answer.said()}", reproduce=answer.curl)
        elif answer.access is Access.SERVER_ERROR:
            yield case.inconclusive(f"{said} was answered with a server error: {answer.said()}", reproduce=answer.curl)
        elif any(k.access is Access.DATA or k.http_status not in _SAYS_NO for k in known):
            yield case.passes(f"{said} got no data: {answer.said()}", reproduce=answer.curl)
        else:
            yield case.inconclusive(f"{said} got {answer.said()}, but nothing showed that the token is valid here")

    return judge


_Ask = tuple[type[AccessObserved], str]  # the fact, and who asks


def _check(id: str, title: str, ask: _Ask, controls: tuple[str, ...], joins: tuple[Need[Any], ...] = ()) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=Severity.CRITICAL,
        looks_at=Need(fact=ask[0]),
        joins=(Need(fact=AccessWithToken, required=False), *joins),
        judge=_refused(ask[1]),
        source=_SOURCE,
        remediation=(
            "Check the credentials token before anything else, on every route and every request; answer HTTP 401 "
            "and no data where it is missing, malformed or unknown."
        ),
        witness=Witness.PROTOCOL,
    )


def _placed(id: str, title: str, ask: _Ask, severity: Severity) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=("OCPI-EXT-04", "OCPI-COM-02"),
        severity=severity,
        looks_at=Need(fact=ask[0]),
        joins=(Need(fact=AccessWithToken, required=False), *_UNLESS_OPEN),
        judge=_only_in_its_place(ask[1]),
        source=_SOURCE,
        remediation=(
            "Read the credentials token from `Authorization: Token ..` and from nowhere else: what stands in a URL "
            "is written into logs, and every further way in needs its own checks."
        ),
        witness=Witness.PROTOCOL,
    )


_UNLESS_OPEN: Final = (Need(fact=AccessWithoutToken, required=False),)

CHECKS: Final = (
    _check(
        "ocpi-access-no-token-refused",
        "A request without a credentials token gets no data",
        (AccessWithoutToken, "a request without a token"),
        ("OCPI-VUL-05", "OCPI-TST-05"),
    ),
    _check(
        "ocpi-access-wrong-token-refused",
        "A made-up credentials token gets no data",
        (AccessWithWrongToken, "a made-up token"),
        ("OCPI-VUL-05", "OCPI-TST-05"),
        _UNLESS_OPEN,
    ),
    _check(
        "ocpi-access-empty-token-refused",
        "An empty credentials token gets no data",
        (AccessWithEmptyToken, "an empty token"),
        ("OCPI-VUL-05", "OCPI-TST-05"),
        _UNLESS_OPEN,
    ),
    _check(
        "ocpi-access-other-scheme-refused",
        "A made-up value under another authentication scheme gets no data",
        (AccessWithOtherScheme, "a made-up value under the scheme Bearer or Basic"),
        ("OCPI-EXT-04", "OCPI-COM-02"),
        _UNLESS_OPEN,
    ),
    _check(
        "ocpi-access-query-token-refused",
        "A made-up credentials token in the query gets no data",
        (AccessWithQueryToken, "a made-up token in the query"),
        ("OCPI-EXT-04", "OCPI-COM-02"),
        _UNLESS_OPEN,
    ),
    _placed(
        "ocpi-access-scheme-is-token",
        "A valid token is taken under the scheme Token only",
        (AccessWithTokenUnderBearer, "a valid token under the scheme Bearer"),
        Severity.MEDIUM,
    ),
    _placed(
        "ocpi-access-token-in-header-only",
        "A valid token is not taken out of the query",
        (AccessWithTokenInQuery, "a valid token in the query"),
        Severity.HIGH,
    ),
    Check(
        id="ocpi-access-refusal-status",
        title="Refused requests are answered with HTTP 401",
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source=_SOURCE,
        looks_at=Need(fact=AccessWithoutToken),
        joins=(Need(fact=AccessWithWrongToken, required=False), Need(fact=AccessWithToken, required=False)),
        judge=_says_401,
        remediation="Answer HTTP 401 where the token is missing or unknown, so that partners and monitoring can tell.",
        witness=Witness.PROTOCOL,
    ),
)
