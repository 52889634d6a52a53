"""The credentials module: what it shows to whom, and what a CREDENTIALS_TOKEN_A opens. Read only."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import BootstrapTokenAtModule, CredentialsShown, TokenShown
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SAYS_NO: Final = frozenset({401, 403})
_OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
_OWN: Final = frozenset({TokenShown.OWN, TokenShown.FOR_THE_PARTNER})


def _shown(case: Case[CredentialsShown]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, where(case.driver)
    match fact.shows:
        case TokenShown.ANOTHERS:
            said = f"{at} gives {case.driver.identity} the credentials token of {fact.whose}"
            yield case.fails(said, reproduce=fact.curl)
        case TokenShown.OWN_FORMER:
            said = f"{at} gives {case.driver.identity} a token that was replaced"
            yield case.fails(said, reproduce=fact.curl)
        case TokenShown.UNKNOWN:
            said = f"{at} shows a token that this run does not know: whether it is the caller's cannot be told"
            yield case.inconclusive(said, reproduce=fact.curl)
        case _:
            said = "the caller's own token" if fact.shows in _OWN else "no readable token"
            yield case.passes(f"{at} shows {said}", reproduce=fact.curl)


def _bootstrap(case: Case[BootstrapTokenAtModule]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, where(case.driver)
    answer = fact.answer
    said = f"{at} with a bootstrap token: {answer.said()}"
    if answer.access is Access.DATA or (answer.access is Access.ACCEPTED and answer.http_status not in _SAYS_NO):
        yield case.fails(f"{at} opens to a bootstrap token: {answer.said()}", reproduce=answer.curl)
    elif answer.access is not Access.REFUSED:
        yield case.inconclusive(said, reproduce=answer.curl)
    elif answer.http_status in _SAYS_NO or (fact.others is not None and fact.others.access in _OPEN):
        yield case.passes(f"{at} is closed to a bootstrap token: {answer.said()}", reproduce=answer.curl)
    elif fact.others is not None:
        yield case.not_applicable(f"looked for a GET in {at}; {answer.said()} comes with another partner's token, too")
    else:
        why = "no other token was there to show that it means the token"
        yield case.inconclusive(f"{said}, but {why}", reproduce=answer.curl)


CHECKS: Final = (
    Check(
        id="ocpi-credentials-own-token-only",
        title="GET credentials shows nobody the token of somebody else",
        controls=("OCPI-EXT-05", "OCPI-AUT-02"),
        severity=Severity.CRITICAL,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: GET method",
        looks_at=Need(fact=CredentialsShown),
        judge=_shown,
        remediation=(
            "Answer GET credentials from the token of the request itself, never from a store of tokens in clear or a "
            "cache that other partners share."
        ),
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-credentials-bootstrap-opens-no-module",
        title="A bootstrap token opens versions and credentials, and no other module",
        controls=("OCPI-EXT-02",),
        severity=Severity.HIGH,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: authorization header; credentials: registration",
        looks_at=Need(fact=BootstrapTokenAtModule),
        judge=_bootstrap,
        remediation="Refuse a CREDENTIALS_TOKEN_A with 401 at every module but versions and credentials.",
        witness=Witness.PROTOCOL,
    ),
)
