"""Registration and renewal: every exchange gives a fresh token that works, and happens in the right state only."""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_words import listed
from checks.families.token_sequence import weaknesses_of
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Judge
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import DECIDES_NOTHING, Access
from scanner.model.facts.ocpi.credentials import (
    CredentialsExchanged,
    Reaction,
    TokensGiven,
    WrongStateCall,
)
from scanner.model.severity import Severity

_DECIDES_NOTHING: Final = frozenset({Reaction.SERVER_ERROR, Reaction.NO_ANSWER})
_REFUSES: Final = frozenset({Reaction.NOT_ALLOWED, Reaction.REFUSED})
_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: registration, POST, PUT and DELETE method"


def _called(case: Case[WrongStateCall]) -> str:
    at = case.subject.coordinates()
    return f"{at.get('method')} credentials in {at.get('version')} {case.driver.fact.state}"


def _wrong_state(case: Case[WrongStateCall]) -> Iterable[Verdict]:
    answer = case.driver.fact.answer
    said = f"{_called(case)} was {answer.said()}"
    if answer.reaction in _DECIDES_NOTHING:
        yield case.inconclusive(said, reproduce=answer.curl)
    else:
        yield case.holds(answer.reaction in _REFUSES, said, said, reproduce=answer.curl)


def _wrong_state_status(case: Case[WrongStateCall]) -> Iterable[Verdict]:
    answer, used = case.driver.fact.answer, case.subject.coordinates().get("path") is not None
    said = f"{_called(case)} was {answer.said()}"
    if answer.reaction in _DECIDES_NOTHING:
        yield case.inconclusive(said, reproduce=answer.curl)
    elif answer.reaction is Reaction.ACCEPTED:
        yield case.not_applicable(f"looked for a refusal; {said}, which is judged by itself")
    else:
        right = answer.reaction is Reaction.NOT_ALLOWED or (used and answer.http_status == 401)  # noqa: PLR2004 - HTTP
        yield case.holds(right, said, f"{said}; expected HTTP 405", reproduce=answer.curl)


def _fresh(case: Case[CredentialsExchanged]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, case.subject.coordinates()
    what = f"{at.get('method')} credentials in {at.get('version')}"
    yield case.holds(
        fact.fresh == fact.times,
        f"{what} brought a new token each time ({fact.times})",
        f"{what} was accepted {fact.times} times and brought a new token {fact.fresh} times",
        population=Population(examined=fact.times, unit="exchange"),
        reproduce=fact.curl,
    )


def _works(case: Case[CredentialsExchanged]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, case.subject.coordinates()
    what = f"the token of {at.get('method')} credentials in {at.get('version')}"
    if fact.versions is None or fact.versions.access in DECIDES_NOTHING:
        said = fact.versions.said() if fact.versions else "no answer"
        yield case.inconclusive(f"{what} at the versions URL: {said}")
        return
    opened = f"and {len(fact.opened)} doors: {listed(fact.opened)}" if fact.opened else "and no module"
    yield case.holds(
        fact.versions.access is Access.DATA,
        f"{what} opens the versions URL {opened}",
        f"{what} does not open the versions URL: {fact.versions.said()}",
        reproduce=fact.versions.curl,
    )


def _fetches(case: Case[CredentialsExchanged]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, case.subject.coordinates()
    what = f"{at.get('method')} credentials in {at.get('version')}"
    yield case.holds(
        fact.with_our_token >= fact.times,
        f"the platform fetched our versions and endpoints with the token that it was given ({fact.calls} calls)",
        f"{what} was accepted {fact.times} times, and our platform was called {fact.calls} times, "
        f"{fact.with_our_token} of them with the token that it had given: endpoints are believed, not fetched",
        population=Population(examined=fact.times, unit="exchange"),
        reproduce=fact.curl,
    )


def _own_token(case: Case[CredentialsExchanged]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, case.subject.coordinates()
    what = f"{at.get('method')} credentials in {at.get('version')}"
    population = Population(examined=fact.calls, unit="call")
    if fact.with_anothers:
        said = f"during {what} our platform was called {fact.with_anothers} times with the token of another partner"
        yield case.fails(said, population=population, reproduce=fact.curl)
    elif not fact.others:
        yield case.not_tested(f"{what}: no other identity had given the platform a token in this run")
    elif not fact.calls:
        yield case.inconclusive(f"{what}: our platform was not called at all")
    else:
        said = f"{fact.calls} calls during {what}, none of them with a token of {fact.others} other partners"
        yield case.passes(said, population=population, reproduce=fact.curl)


def _unpredictable(case: Case[TokensGiven]) -> Iterable[Verdict]:
    tokens = case.driver.fact.sequence
    wrong = weaknesses_of(tokens)
    population = Population(examined=tokens.given, unit="token")
    if wrong:
        said = f"of {tokens.given} tokens that were given one after the other: {'; '.join(wrong)}"
        yield case.fails(said, population=population, reproduce=case.driver.fact.curl)
    elif tokens.given - tokens.repeated < 2:  # noqa: PLR2004 - it takes two to compare
        yield case.inconclusive("fewer than two different tokens were given, so nothing can be said of their sequence")
    else:
        said = f"{tokens.given} tokens of {tokens.shortest} characters or more have nothing in common"
        yield case.passes(said, population=population, reproduce=case.driver.fact.curl)


def _exchange(
    id: str, title: str, controls: tuple[str, ...], judge: Judge[CredentialsExchanged], do: str
) -> Check[CredentialsExchanged]:
    return check_by_writing(
        id=id,
        title=title,
        controls=controls,
        severity=Severity.HIGH,
        source=_SOURCE,
        fact=CredentialsExchanged,
        judge=judge,
        do=do,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    check_by_writing(
        id="ocpi-registration-wrong-state-refused",
        title="POST, PUT and DELETE of credentials do nothing in the wrong state",
        controls=("OCPI-AUT-01",),
        severity=Severity.HIGH,
        source=_SOURCE,
        fact=WrongStateCall,
        judge=_wrong_state,
        do="Take POST before a registration only, PUT and DELETE after it only, and answer 405 otherwise.",
    ),
    check_by_writing(
        id="ocpi-registration-wrong-state-status",
        title="POST, PUT and DELETE of credentials in the wrong state are answered 405",
        controls=("OCPI-AUT-01",),
        severity=Severity.LOW,
        source=_SOURCE,
        fact=WrongStateCall,
        judge=_wrong_state_status,
        do="Answer a credentials request in the wrong state with HTTP 405, as the specification says.",
    ),
    _exchange(
        "ocpi-registration-token-fresh",
        "Every registration and renewal gives a token that was never given before",
        ("OCPI-AUT-01", "OCPI-VUL-06"),
        _fresh,
        "Make a new random token for each accepted POST and PUT of credentials.",
    ),
    _exchange(
        "ocpi-registration-token-works",
        "The token of a registration or renewal works from the answer on",
        ("OCPI-AUT-01",),
        _works,
        "Store the new token before it is answered, on every node that checks tokens.",
    ),
    _exchange(
        "ocpi-registration-partner-fetched",
        "A registration or renewal is accepted after versions and endpoints were fetched",
        ("OCPI-VUL-09", "OCPI-AUT-01"),
        _fetches,
        "Fetch the partner's versions and details with the token in its credentials object before you answer.",
    ),
    check_by_writing(
        id="ocpi-registration-tokens-unpredictable",
        title="Tokens that are given one after the other have nothing in common",
        controls=("OCPI-VUL-06",),
        severity=Severity.HIGH,
        source="OCPI 2.2.1 and 2.3.0, credentials object: token; NIST SP 800-63B, 7.1: at least 64 bits; 128 here",
        fact=TokensGiven,
        judge=_unpredictable,
        do="Make tokens of at least 128 bits with a cryptographic random generator, and nothing else in them.",
    ),
    _exchange(
        "ocpi-registration-token-kept-from-others",
        "A partner is called with its own token, and with that of no other partner",
        ("OCPI-AUT-02", "OCPI-VUL-20"),
        _own_token,
        "Look a partner's token up by the partner that is called, and never try those of others.",
    ),
)
