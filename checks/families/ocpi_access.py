"""Whoever has no valid credentials token gets nothing: judged by the data returned, the status apart.

A refusal means something only where a valid token opens the same door, or where it says 401 or 403.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.families.ocpi_doors import OPEN, SAYS_NO, SOURCE, left_open, most_open, open_to_all, with_a_valid_token
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.access import (
    AccessObserved,
    AccessWithEmptyToken,
    AccessWithOtherScheme,
    AccessWithoutToken,
    AccessWithQueryToken,
    AccessWithToken,
    AccessWithWrongToken,
)
from scanner.model.facts.ocpi.answer import Access
from scanner.model.severity import Severity
from scanner.model.witness import Witness


def _refused(said: str) -> Callable[[Case[Any]], Iterable[Verdict]]:
    def judge(case: Case[AccessObserved]) -> Iterable[Verdict]:
        yield _verdict(case, said)

    return judge


def _verdict(case: Case[AccessObserved], said: str) -> Verdict:
    answer = most_open(case.driver.fact)
    known = with_a_valid_token(case)
    if open_to_all(case):
        return case.not_applicable("open without any token, which is judged by itself; nothing to add to that here")
    if answer.access is Access.DATA:
        return case.fails(f"{said} was given data: {answer.said()}", reproduce=answer.curl)
    if undecided := left_open(answer, said):
        return case.inconclusive(undecided, reproduce=answer.curl)
    if answer.access is Access.ACCEPTED and not any(k.access is Access.DATA for k in known):
        return case.fails(f"{said} was accepted: {answer.said()}, as with a valid token", reproduce=answer.curl)
    if answer.http_status in SAYS_NO or any(k.access in OPEN for k in known):
        return case.passes(f"{said} got no data: {answer.said()}", reproduce=answer.curl)
    if not known:
        return case.inconclusive(f"{said} got {answer.said()}, but no valid token was there to show that it means no")
    return case.not_applicable(f"looked for a GET; {answer.said()} comes with a valid token as well")


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
        source=SOURCE,
        remediation=(
            "Check the credentials token before anything else, on every route and every request; answer HTTP 401 "
            "and no data where it is missing, malformed or unknown."
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
)
