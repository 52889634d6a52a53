"""A valid credentials token is taken under `Authorization: Token`, and nowhere else.

Out of the query it is asked for with the token of a disposable identity only.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.families.ocpi_doors import (
    OPEN,
    SAYS_NO,
    SOURCE,
    at_this_door,
    left_open,
    most_open,
    open_to_all,
    with_a_valid_token,
)
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.access import (
    AccessObserved,
    AccessWithoutToken,
    AccessWithToken,
    AccessWithTokenInQuery,
    AccessWithTokenUnderBearer,
)
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_Ask = tuple[type[AccessObserved], str]  # the fact, and who asks


def _only_in_its_place(said: str) -> Callable[[Case[Any]], Iterable[Verdict]]:
    """A valid token was sent where it has no business: data means that it was taken."""

    def judge(case: Case[AccessObserved]) -> Iterable[Verdict]:
        answer = most_open(case.driver.fact)
        known = with_a_valid_token(case)
        if open_to_all(case):
            yield case.not_applicable("open without any token, which is judged by itself; nothing to add to that here")
        elif answer.access is Access.DATA:
            yield case.fails(f"{said} was given data: {answer.said()}", reproduce=answer.curl)
        elif undecided := left_open(answer, said):
            yield case.inconclusive(undecided, reproduce=answer.curl)
        elif answer.access is Access.ACCEPTED and known and not any(k.access is Access.DATA for k in known):
            yield _as_in_its_place(case, answer, said)
        elif any(k.access is Access.DATA or k.http_status not in SAYS_NO for k in known):
            yield case.passes(f"{said} got no data: {answer.said()}", reproduce=answer.curl)
        else:
            yield case.inconclusive(f"{said} got {answer.said()}, but nothing showed that the token is valid here")

    return judge


def _as_in_its_place(case: Case[AccessObserved], answer: Answer, said: str) -> Verdict:
    """There is nothing at this door, so that a success is all that anybody can be given."""
    if any(most_open(s.fact).access in OPEN for s in at_this_door(case, AccessWithoutToken)):
        return case.inconclusive(
            f"{said} got {answer.said()}, but so does a request without any", reproduce=answer.curl
        )
    return case.fails(f"{said} was accepted: {answer.said()}, as in its place", reproduce=answer.curl)


def _placed(id: str, title: str, ask: _Ask, severity: Severity) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=("OCPI-EXT-04", "OCPI-COM-02"),
        severity=severity,
        looks_at=Need(fact=ask[0]),
        joins=(Need(fact=AccessWithToken, required=False), Need(fact=AccessWithoutToken, required=False)),
        judge=_only_in_its_place(ask[1]),
        source=SOURCE,
        remediation=(
            "Read the credentials token from `Authorization: Token ..` and from nowhere else: what stands in a URL "
            "is written into logs, and every further way in needs its own checks."
        ),
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
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
)
