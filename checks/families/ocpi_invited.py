"""Registrations that the platform starts: what it says of itself, and that no token outlives its time."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from checks.families.ocpi_given_up_tokens import token_dies
from checks.families.ocpi_words import listed
from checks.families.token_sequence import weaknesses_of
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Judge
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.invited import (
    FormerTokenAfterStart,
    Named,
    RegistrationsStarted,
    StartTried,
)
from scanner.model.severity import Severity

_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: registration; credentials object"


def _all_named(fact: RegistrationsStarted) -> list[Named]:
    return [*(one.named for one in fact.tried), *([fact.taken.named] if fact.taken else [])]


def _strong(case: Case[RegistrationsStarted]) -> Iterable[Verdict]:
    fact = case.driver.fact
    tokens, wrong = fact.offered, weaknesses_of(fact.offered)
    # who hands in again what got no answer, without asking for our versions anew, goes on with the same registration
    looked_up = [*(one.looked_up for one in fact.tried), *([fact.taken.looked_up] if fact.taken else [])]
    if (repeated := tokens.repeated - looked_up[1:].count(False)) > 0:
        wrong.append(f"{repeated} had been given or offered before")
    population = Population(examined=tokens.given, unit="token")
    said = f"{tokens.given} tokens that the platform offered in registrations that it started"
    if wrong:
        yield case.fails(f"of {said}: {'; '.join(wrong)}", population=population)
    else:
        yield case.passes(f"{said} are new, and can be guessed by nobody", population=population)


def _itself(case: Case[RegistrationsStarted]) -> Iterable[Verdict]:
    fact = case.driver.fact
    named = _all_named(fact)
    wrong = list(dict.fromkeys(said for one in named for said in _wrongly_named(fact, one)))
    population = Population(examined=len(named), unit="registration")
    shown = fact.taken.shows if fact.taken else None
    if wrong:
        said = f"registering with us, the platform {'; '.join(wrong)}"
        yield case.fails(said, population=population)
    elif shown is None:
        yield case.inconclusive(
            "its own credentials could not be read afterwards, so its parties were held against none"
        )
    elif differing := sorted(set(shown).symmetric_difference(named[-1].parties)):
        said = f"its credentials object and the one that it registered with differ in {listed(differing)}"
        yield case.fails(said, population=population)
    else:
        yield case.passes(f"it named its own versions URL and parties: {listed(shown)}", population=population)


def _wrongly_named(fact: RegistrationsStarted, one: Named) -> Iterator[str]:
    if not one.url.startswith("https://"):
        yield "named a versions URL that is not https"
    elif not any(_origin(one.url) == _origin(origin) for origin in fact.origins):
        yield f"named a versions URL that is not at {listed(fact.origins)}"
    if not one.parties:
        yield "named no party"
    elif fact.ours in one.parties:
        yield f"named our own party, {fact.ours}, as one of its own"


def _origin(url: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or 443
    except ValueError:
        return None


def _bootstrap_given_up(case: Case[RegistrationsStarted]) -> Iterable[Verdict]:
    taken = case.driver.fact.taken
    if taken is None:
        yield case.inconclusive("no registration came that we could take")
    elif taken.bootstrap:
        said = (
            f"after we had answered with its token the platform called {taken.bootstrap} times with the bootstrap token"
        )
        yield case.fails(said, population=Population(examined=taken.bootstrap + taken.used, unit="call"))
    elif not taken.used:
        yield case.inconclusive("the platform did not call us once after it had registered")
    else:
        said = f"it called us {taken.used} times afterwards, each time with the token that we had answered"
        yield case.passes(said, population=Population(examined=taken.used, unit="call"))


def _harmless(case: Case[RegistrationsStarted]) -> Iterable[Verdict]:
    fact = case.driver.fact
    lost = [one for one in fact.tried if one.token_lives is False]
    unknown = [one for one in fact.tried if one.token_lives is None]
    population = Population(examined=len(fact.tried), unit="registration")
    if lost:
        said = f"since a registration that it started, and in which {_way(lost[0])}, the token in use opens nothing"
        if lost[0].dies:
            said += ", nor does the one that was offered; both are kept, in the sink and beside it"
        yield case.fails(said, population=population, field_path=_path(lost[0]))
    elif fact.taken is not None and fact.taken.token_works is False and not fact.taken.used:
        said = "the token with which the platform registered opens nothing, and the platform never used ours"
        yield case.inconclusive(f"{said}: our answer may not have come")
    elif fact.taken is not None and fact.taken.token_works is False:
        said = "the token with which the platform registered, and which we took, does not open its versions URL"
        yield case.fails(said, population=population)
    elif not fact.tried:
        yield case.not_tested("only one registration was started, and it was taken (`starts` of `invited`)")
    elif unknown or fact.taken is None or fact.taken.token_works is None:
        why = f"after one in which {_way(unknown[0])}" if unknown else "in the end"
        yield case.inconclusive(f"whether a token opens the versions URL {why} could not be seen")
    else:
        said = f"the token in use outlived {len(fact.tried)} registrations that failed on our side"
        yield case.passes(f"{said}, and the one right behind was completed", population=population)


def _offered_dies(case: Case[RegistrationsStarted]) -> Iterable[Verdict]:
    fact = case.driver.fact
    late = [one for one in fact.tried if one.open_s is not None and one.open_s > fact.allowed_s]
    population = Population(examined=len(fact.tried), unit="token")
    if late:
        said = f"the token of a registration in which {_way(late[0])} still opens {late[0].open_s:g} s after"
        allowed = f"{said}, and {fact.allowed_s:g} s are allowed"
        yield case.fails(allowed, population=population, field_path=_path(late[0]))
    elif not fact.tried:
        yield case.not_tested("only one registration was started, and it was taken (`starts` of `invited`)")
    elif doubtful := [one for one in fact.tried if not one.dies]:
        said = f"the token of a registration in which {_way(doubtful[0])} was not seen refused"
        yield case.inconclusive(said, population=population)
    else:
        said = f"the tokens of {len(fact.tried)} registrations that failed on our side open nothing"
        yield case.passes(said, population=population)


def _way(one: StartTried) -> str:
    return f"our platform, when it was handed credentials, {one.way}"


def _path(one: StartTried) -> str:
    """`start/hangs-up-without-an-answer`."""
    words = "".join(c if c.isalnum() else " " for c in one.way.lower()).split()
    return f"start/{'-'.join(words)}"


def _check(
    id: str, title: str, judge: Judge[RegistrationsStarted], controls: tuple[str, ...], severity: Severity, do: str
) -> Check[RegistrationsStarted]:
    return check_by_writing(
        id=id,
        title=title,
        fact=RegistrationsStarted,
        judge=judge,
        controls=controls,
        severity=severity,
        source=_SOURCE,
        do=do,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    _check(
        "ocpi-invited-token-strong",
        "Each registration that the platform starts offers a new token that nobody can guess",
        _strong,
        ("OCPI-VUL-06",),
        Severity.HIGH,
        "Make a token of at least 128 random bits for each registration that you start, also for one that is repeated.",
    ),
    _check(
        "ocpi-invited-names-itself",
        "A registration that the platform starts names its own versions URL and its own parties",
        _itself,
        ("OCPI-VUL-09", "OCPI-AUT-01"),
        Severity.MEDIUM,
        "Make the credentials object of one configuration, whoever it goes to: an https URL, your parties.",
    ),
    _check(
        "ocpi-invited-bootstrap-token-given-up",
        "After a registration that it started the platform calls with the token of the answer",
        _bootstrap_given_up,
        ("OCPI-EXT-02", "OCPI-AUT-01"),
        Severity.MEDIUM,
        "Store the token of the answer in place of the CREDENTIALS_TOKEN_A, in the step that reads the answer.",
    ),
    _check(
        "ocpi-invited-halfway-harmless",
        "A registration that the platform starts and that fails locks nobody out",
        _harmless,
        ("OCPI-VUL-10", "OCPI-EXT-09"),
        Severity.HIGH,
        "Replace both tokens in one step, when a sound answer to POST was read; until then the old ones stay.",
    ),
    _check(
        "ocpi-invited-halfway-token-dies",
        "The token of a registration that failed opens nothing",
        _offered_dies,
        ("OCPI-VUL-08", "OCPI-VUL-10"),
        Severity.HIGH,
        "Let an offered token open versions and credentials only until the answer came, and forget it where it failed.",
    ),
    token_dies(
        "ocpi-invited-former-token-dies",
        "The token before a registration that the platform started opens nothing once the agreed overlap is over",
        ("OCPI-AUT-01", "OCPI-VUL-08"),
        FormerTokenAfterStart,
        "Give up the partner's old token with the answer to your registration, on every node and in every cache.",
    ),
)
