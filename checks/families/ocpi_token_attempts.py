"""What an attacker without a token learns by trying: guesses, refusals that tell, replays, and borrowed names."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from checks.families.ocpi_doors import OPEN, at_this_door, most_open, not_opened, open_to_all
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.access import AccessWithoutToken, AccessWithWrongToken
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tokens import (
    ClaimedPartyTried,
    GuessesTried,
    RefusalTimes,
    RefusalWordings,
    ReplayAnswered,
    Wording,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ENOUGH_GUESSES: Final = 100  # NIST SP 800-63B, 5.2.2: no more than 100 failed attempts in a row
_ENOUGH_SAMPLES: Final = 12
_SURE: Final = 0.001
_MOSTLY: Final = 0.8  # of all pairs, the near miss takes longer (or shorter) in so many
_TELLING_S: Final = 0.002
_NOISY_S: Final = 0.05
_ANYBODY: Final = "open to strangers, which is judged by itself; nothing to add to that here"


def _any_token(case: Case[Any]) -> bool:
    strangers = at_this_door(case, AccessWithWrongToken)
    return open_to_all(case) or any(most_open(s.fact).access in OPEN for s in strangers)


def _not_guessed(case: Case[GuessesTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    answered = fact.tried - fact.unanswered
    population = Population(examined=answered, of=fact.of, unit="guess")
    if _any_token(case):
        yield case.not_applicable(_ANYBODY)
    elif fact.opened:
        said = f"{' and '.join(fact.opened)} of a small dictionary is a valid token"
        yield case.fails(said, population=population, reproduce=fact.curl)
    elif fact.stopped or not answered:
        said = fact.stopped or f"nothing was heard of the others: {fact.slowed_by or 'no answer'}"
        yield case.inconclusive(f"{population} got no data; {said}", population=population)
    else:
        yield case.passes(f"{population} got no data", population=population)


def _slowed(case: Case[GuessesTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=fact.tried, unit="guess")
    if _any_token(case):
        yield case.not_applicable(_ANYBODY)
    elif fact.slowed_after is not None:
        banned = "; a valid token from the same address is not served either" if fact.banned else ""
        yield case.passes(f"after {fact.slowed_after} wrong tokens: {fact.slowed_by}{banned}", population=population)
    elif fact.banned:
        yield case.passes(f"a valid token was served no longer after {population}", population=population)
    elif fact.tried >= _ENOUGH_GUESSES:
        statuses = ", ".join(f"HTTP {status}" for status in fact.statuses)
        yield case.fails(
            f"{population} in a row, all answered at once with {statuses}", population=population, reproduce=fact.curl
        )
    elif fact.stopped:
        yield case.inconclusive(f"{population} were not slowed down; {fact.stopped}", population=population)
    else:
        said = f"{population} were not slowed down; max_guesses lets out less than the {_ENOUGH_GUESSES} that it takes"
        yield case.not_tested(said, population=population)


def _wordings(case: Case[RefusalWordings]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=len(fact.unknown) + len(fact.near), unit="refusal")
    if fact.open:
        yield case.not_applicable("one of the tokens was not refused, which is judged by itself")
    elif len(set(fact.unknown)) > 1:
        said = f"unknown tokens are refused in different words: {_difference(*fact.unknown[:2])}"
        yield case.inconclusive(said, population=population)
    elif told := [(miss, _difference(fact.unknown[0], near)) for miss, near in fact.near if near != fact.unknown[0]]:
        said = "; ".join(f"a valid token {miss} is refused unlike an unknown one: {how}" for miss, how in told)
        yield case.fails(said, population=population, reproduce=fact.curl)
    else:
        yield case.passes("near misses are refused exactly as unknown tokens are", population=population)


def _difference(one: Wording, other: Wording) -> str:
    pairs = (
        ("HTTP status", one.http_status, other.http_status),
        ("OCPI status", one.ocpi_status, other.ocpi_status),
        ("status_message", one.message, other.message),
        ("header names", one.headers, other.headers),
        ("bytes of the body", one.body_bytes, other.body_bytes),
    )
    return ", ".join(name for name, mine, theirs in pairs if mine != theirs)


def _times(case: Case[RefusalTimes]) -> Iterable[Verdict]:
    fact = case.driver.fact
    population = Population(examined=2 * fact.samples, unit="refusal")
    apart = fact.near_s - fact.unknown_s
    mostly = max(fact.superiority, 1 - fact.superiority)
    figures = (
        f"medians {fact.unknown_s * 1000:.2f} and {fact.near_s * 1000:.2f} ms, n = {fact.samples} of each, "
        f"p = {fact.p_value:.2g}, effect {mostly:.2f}"
    )
    if fact.samples < _ENOUGH_SAMPLES:
        yield case.inconclusive(f"too few to compare: {figures}", population=population)
    elif fact.p_value < _SURE and mostly >= _MOSTLY and abs(apart) >= _TELLING_S:
        word = "longer" if apart > 0 else "less long"
        said = f"refusing a near miss takes {word} than refusing an unknown token: {figures}"
        yield case.fails(said, population=population, reproduce=fact.curl)
    elif fact.spread_s > _NOISY_S:
        said = f"the answers are too unsteady (quartiles {fact.spread_s * 1000:.0f} ms apart): {figures}"
        yield case.inconclusive(said, population=population)
    else:
        said = f"no difference of {_TELLING_S * 1000:g} ms or more is to be seen from here: {figures}"
        yield case.passes(said, population=population)


def _replayed(case: Case[ReplayAnswered]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if verdict := not_opened(case, fact.first):
        yield verdict
    elif fact.second.access is Access.PUT_OFF:
        yield case.inconclusive(f"a read that was sent twice got {fact.second.said()}, which decides nothing")
    elif fact.second.access is Access.SERVER_ERROR:
        yield case.fails(f"a read that was sent twice got {fact.second.said()}", reproduce=fact.second.curl)
    elif fact.second.access not in OPEN or fact.same_data:
        yield case.passes(f"a read that was sent twice got {fact.second.said()}, and nothing that is not its own")
    else:
        yield case.inconclusive("a read that was sent twice got other data the second time; they may have changed")


def _in_own_name(case: Case[ClaimedPartyTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    said = f"the token of {fact.party} with OCPI-from headers of {fact.claimed}"
    if verdict := not_opened(case, fact.valid):
        yield verdict
    elif _any_token(case):
        yield case.not_applicable(_ANYBODY)
    elif fact.answer.access is Access.DATA or fact.answer.access is fact.valid.access:
        yield case.fails(f"{said} was answered: {fact.answer.said()}", reproduce=fact.answer.curl)
    elif fact.answer.access is Access.REFUSED:
        yield case.passes(f"{said} was refused: {fact.answer.said()}")
    else:
        yield case.inconclusive(f"{said} got {fact.answer.said()}, which decides nothing")


_STRANGERS: Final = (Need(fact=AccessWithoutToken, required=False), Need(fact=AccessWithWrongToken, required=False))


def _check(
    id: str,
    title: str,
    looks: tuple[type, Callable[[Case[Any]], Iterable[Verdict]]],
    controls: tuple[str, ...],
    severity: Severity,
    *,
    source: str,
    remediation: str,
) -> Check[Any]:
    return Check(
        id=id,
        title=title,
        controls=controls,
        severity=severity,
        looks_at=Need(fact=looks[0]),
        joins=_STRANGERS,
        judge=looks[1],
        source=source,
        remediation=remediation,
        witness=Witness.PROTOCOL,
    )


CHECKS: Final = (
    _check(
        "ocpi-token-not-guessed",
        "No token of a small dictionary is valid",
        (GuessesTried, _not_guessed),
        ("OCPI-TST-08", "OCPI-VUL-06"),
        Severity.CRITICAL,
        source="OWASP ASVS 5.0, 6.3.2: no default accounts; NIST SP 800-63B, 5.1.1.2",
        remediation="Withdraw the token at once, look who used it, and make tokens of random bits only.",
    ),
    _check(
        "ocpi-token-guessing-slowed",
        "Whoever tries many wrong tokens is slowed down",
        (GuessesTried, _slowed),
        ("OCPI-TST-08",),
        Severity.LOW,
        source="OWASP ASVS 5.0, 6.3.1; NIST SP 800-63B, 5.2.2",
        remediation="Count wrong tokens by address, and answer HTTP 429 with Retry-After before a hundred in a row.",
    ),
    _check(
        "ocpi-token-refusals-worded-alike",
        "A token that is almost right is refused in the same words as an unknown one",
        (RefusalWordings, _wordings),
        ("OCPI-EXT-23", "OCPI-TST-05"),
        Severity.LOW,
        source="OWASP ASVS 5.0, 6.3.8; CWE-204",
        remediation="Give one answer to every token that is not valid, whatever the reason; keep that for the log.",
    ),
    _check(
        "ocpi-token-refusals-timed-alike",
        "A token that is almost right is refused as fast as an unknown one",
        (RefusalTimes, _times),
        ("OCPI-EXT-23",),
        Severity.LOW,
        source="OWASP ASVS 5.0, 11.2.4; CWE-208",
        remediation="Look tokens up by a digest, and compare in constant time; do no further work on the way to a no.",
    ),
    _check(
        "ocpi-token-replayed-read-harmless",
        "A read that is sent twice with the same ids is answered as before, or refused",
        (ReplayAnswered, _replayed),
        ("OCPI-TST-06",),
        Severity.LOW,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: unique message ids",
        remediation="Take message ids for tracing only, or refuse the second message; let neither crash the service.",
    ),
    _check(
        "ocpi-token-speaks-for-its-own-party",
        "A token with OCPI-from headers of another party is refused",
        (ClaimedPartyTried, _in_own_name),
        ("OCPI-TST-06", "OCPI-VUL-09"),
        Severity.MEDIUM,
        source="OCPI 2.2.1 and 2.3.0, transport_and_format: message routing",
        remediation="Compare OCPI-from with the roles that were registered with the token, and refuse what differs.",
    ),
)
