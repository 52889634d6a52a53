"""A token of another environment opens nothing here; judged where it was seen to work at home and ours works here."""

from collections.abc import Iterable
from typing import Final

from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tokens import ForeignTokenTried
from scanner.model.facts.ocpi.versions import AuthorizationForm
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SAYS_NO: Final = frozenset({401, 403})


def _refused(case: Case[ForeignTokenTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    whose = f"the token of {fact.identity} of {fact.environment}"
    population = Population(examined=len(fact.answers), unit="form")
    taken = next((a for a in fact.answers if a.access is Access.DATA), None)
    unclear = next((a for a in fact.answers if a.http_status not in _SAYS_NO), None)
    if taken is not None:
        said = f"{whose} opens the versions URL here: {taken.said()}"
        yield case.fails(said, population=population, reproduce=taken.curl)
    elif unclear is not None:
        yield case.inconclusive(f"{whose} was answered {unclear.said()}, which is no refusal of a token")
    elif not _works_at_home(case):
        yield case.inconclusive(f"{whose} was not seen to work in {fact.environment} in this run: it may be dead")
    elif not _own_work_here(case):
        yield case.inconclusive(
            f"{whose} was refused, but no token of {case.subject.environment} was seen to work here"
        )
    else:
        yield case.passes(f"{whose} opens nothing here", population=population, reproduce=fact.answers[0].curl)


def _works_at_home(case: Case[ForeignTokenTried]) -> bool:
    """True where the token that was shown opened a versions URL of its own environment."""
    issued = case.driver.fact.environment, case.driver.fact.identity
    return any((one.subject.environment, one.identity) == issued for one in case.all(AuthorizationForm))


def _own_work_here(case: Case[ForeignTokenTried]) -> bool:
    """True where a token of this environment opened the very URL: open doors elsewhere tell nothing of a shut one."""
    return any(one.subject == case.subject for one in case.all(AuthorizationForm))


CHECKS: Final = (
    Check(
        id="ocpi-foreign-token-refused",
        title="A token of another environment opens nothing",
        controls=("OCPI-AUT-04", "OCPI-PIT-03"),
        severity=Severity.CRITICAL,
        source="OWASP ASVS 5.0, 13.4; ISO/IEC 27001:2022, A.8.31",
        looks_at=Need(fact=ForeignTokenTried),
        joins=(Need(fact=AuthorizationForm, on=(), all_environments=True, required=False),),
        judge=_refused,
        remediation="Keep tokens of test and production in stores of their own, and revoke what was issued in both.",
        witness=Witness.PROTOCOL,
    ),
)
