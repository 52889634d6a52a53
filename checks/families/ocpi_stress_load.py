"""Load: throttled in time and politely, without errors, and never at the cost of another partner."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from checks.families.ocpi_good_partner import good_verdict, many, took, worse_than_before
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check, Judge
from checks.model.verdict import Outcome, Population, Verdict
from scanner.model.facts.ocpi.stress import (
    ExpensiveLoadSeen,
    LoadSeen,
    MalformedLoadSeen,
    MixedLoadSeen,
    ReconnectsSeen,
    VolumeSeen,
)
from scanner.model.severity import Severity

_L = TypeVar("_L", bound=LoadSeen)
_EXCEEDED: Final = 1.5  # times the agreed rate: then a throttle has to show
_BURST_S: Final = 2.0  # seconds of the agreed rate that a limit may let through at once, beside the rate itself
_SHORTEST: Final = 5  # requests, below which nothing is told


def sent(fact: LoadSeen) -> str:
    """What was sent, as a phrase."""
    return f"{fact.load.asked} requests ({fact.what}; {fact.per_second:g} a second for {fact.seconds:g} s)"


def too_few(fact: LoadSeen) -> str | None:
    """Why so few requests tell nothing; None where there are enough."""
    if fact.load.asked >= _SHORTEST:
        return None
    return f"only {fact.load.asked} requests were sent{f': {fact.stopped}' if fact.stopped else ''}"


def throttled(case: Case[_L]) -> Iterable[Verdict]:
    """Judge whether more than was agreed met a limit."""
    fact = case.driver.fact
    load, examined = fact.load, Population(examined=fact.load.asked, unit="request")
    if load.throttled:
        said = f"{load.throttled} of {sent(fact)} were answered 429, the first after {fact.first_throttled_s:g} s"
        yield case.passes(said, population=examined, reproduce=fact.curl)
    elif fact.agreed is None:
        said = f"{sent(fact)} were not throttled; no rate was agreed: name `requests_per_second` of the partner"
        yield case.inconclusive(said, population=examined, reproduce=fact.curl)
    elif load.asked < max(_EXCEEDED * fact.agreed * fact.seconds, fact.agreed * (fact.seconds + _BURST_S) * 0.9):
        said = f"{sent(fact)} do not exceed the agreed {fact.agreed:g} a second by enough to be throttled"
        yield case.inconclusive(said, population=examined, reproduce=fact.curl)
    else:
        said = f"none of {sent(fact)} was answered 429, although {fact.agreed:g} a second were agreed"
        yield case.fails(said, population=examined, reproduce=fact.curl)


def _told_when(case: Case[VolumeSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    load = fact.load
    if not load.throttled:
        yield case.not_applicable(f"looked for 429 among the answers to {sent(fact)}", reproduce=fact.curl)
        return
    yield case.holds(
        load.told_when == load.throttled,
        f"all {load.throttled} answers that ask to wait say for how long",
        f"{load.throttled - load.told_when} of {load.throttled} answers that ask to wait have no Retry-After",
        population=Population(examined=load.throttled, unit="answer"),
        reproduce=fact.curl,
    )


def no_errors(case: Case[_L]) -> Iterable[Verdict]:
    """Judge how the load itself was answered."""
    fact = case.driver.fact
    if few := too_few(fact):
        yield case.inconclusive(few, reproduce=fact.curl)
        return
    load = fact.load
    failed = load.server_errors + load.unanswered
    ended = f"; {fact.stopped}" if fact.stopped else ""
    yield case.holds(
        not many(failed, load.asked),
        f"{sent(fact)} were all answered: {load.answered} served, {load.refused} refused, {load.throttled} throttled",
        f"of {sent(fact)}, {load.server_errors} met a server error and {load.unanswered} no answer{ended}",
        population=Population(examined=load.asked, unit="request"),
        reproduce=fact.curl,
    )


def _recovers(case: Case[VolumeSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    after, before = fact.good.after, fact.good.before
    if fact.recovered_after_s is None:
        said = f"who had sent {sent(fact)} was not served again within {fact.watched_s:g} s"
        yield case.fails(said, reproduce=fact.curl)
        return
    worse = worse_than_before(before, after)
    yield case.holds(
        worse is None,
        f"served again {fact.recovered_after_s:g} s after {sent(fact)}, {took(after)}",
        f"served again {fact.recovered_after_s:g} s after {sent(fact)}, but {worse}",
        reproduce=fact.curl,
    )


def isolated(case: Case[_L]) -> Iterable[Verdict]:
    """Judge what the load cost the good partner meanwhile."""
    fact = case.driver.fact
    if few := too_few(fact):
        yield case.inconclusive(few, reproduce=fact.curl)
    elif not fact.good.apart:
        said = "one identity alone cannot show that another partner is served meanwhile; configure a second one"
        yield case.inconclusive(said, reproduce=fact.curl)
    else:
        yield from good_verdict(case, fact.good, sent(fact), fact.curl)


def _of_questions(judge: Judge[_L]) -> Judge[_L]:
    """The same, but no pass where almost all were throttled: questions that nobody read show nothing."""

    def judged(case: Case[_L]) -> Iterable[Verdict]:
        fact = case.driver.fact
        looked_at = fact.load.asked - fact.load.throttled
        for verdict in judge(case):
            if looked_at < _SHORTEST and verdict.outcome is Outcome.PASS:
                said = f"of {sent(fact)} all but {looked_at} were throttled, and nobody looked at what they ask"
                yield case.inconclusive(said, reproduce=fact.curl)
            else:
                yield verdict

    return judged


API4: Final = "OWASP API Security Top 10 2023, API4 unrestricted resource consumption"
LIMIT_EACH: Final = (
    "Limit each partner by its token (usage plan, token bucket), not all partners or addresses together."
)
CHEAP: Final = "Refuse before anything expensive is done, bound what one request may cost, and queue partners apart."

CHECKS: Final[tuple[Check[Any], ...]] = (
    check_by_writing(
        "ocpi-stress-throttled",
        "A partner that asks more often than was agreed is told to slow down",
        VolumeSeen,
        throttled,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.HIGH,
        source=f"RFC 6585, 4; {API4}",
        do="Answer 429 above the rate that was agreed with the partner.",
    ),
    check_by_writing(
        "ocpi-stress-retry-after",
        "Who is throttled is told when to come back",
        VolumeSeen,
        _told_when,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.LOW,
        source="RFC 6585, 4; RFC 9110, 10.2.3",
        do="Send Retry-After with 429 and 503.",
    ),
    check_by_writing(
        "ocpi-stress-volume-no-errors",
        "High volume meets no server error and no silence",
        VolumeSeen,
        no_errors,
        controls=("OCPI-TST-23",),
        severity=Severity.HIGH,
        source=API4,
        do="Throttle before the platform is exhausted, and shed load with 429 or with 503 and Retry-After.",
    ),
    check_by_writing(
        "ocpi-stress-recovers",
        "After the load everybody is served as before",
        VolumeSeen,
        _recovers,
        controls=("OCPI-TST-23",),
        severity=Severity.MEDIUM,
        source=API4,
        do="Refill a partner's allowance at its rate instead of locking it out, and bound every queue.",
    ),
    check_by_writing(
        "ocpi-stress-volume-isolated",
        "A partner that floods costs no other partner anything",
        VolumeSeen,
        isolated,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.HIGH,
        source=API4,
        do=LIMIT_EACH,
    ),
    check_by_writing(
        "ocpi-stress-mixed-isolated",
        "A partner that sends good and bad requests costs no other partner anything",
        MixedLoadSeen,
        _of_questions(isolated),
        controls=("OCPI-TST-24",),
        severity=Severity.HIGH,
        source=API4,
        do=LIMIT_EACH,
    ),
    check_by_writing(
        "ocpi-stress-mixed-no-errors",
        "Bad requests among good ones meet no server error and no silence",
        MixedLoadSeen,
        _of_questions(no_errors),
        controls=("OCPI-TST-24",),
        severity=Severity.MEDIUM,
        source=API4,
        do=CHEAP,
    ),
    check_by_writing(
        "ocpi-stress-malformed-isolated",
        "Repeated malformed requests cost no other partner anything",
        MalformedLoadSeen,
        _of_questions(isolated),
        controls=("OCPI-TST-26",),
        severity=Severity.MEDIUM,
        source=API4,
        do=CHEAP,
    ),
    check_by_writing(
        "ocpi-stress-malformed-no-errors",
        "Repeated malformed requests meet no server error and no silence",
        MalformedLoadSeen,
        _of_questions(no_errors),
        controls=("OCPI-TST-26",),
        severity=Severity.MEDIUM,
        source=API4,
        do=CHEAP,
    ),
    check_by_writing(
        "ocpi-stress-reconnects-no-errors",
        "Repeated connects meet no server error and no silence",
        ReconnectsSeen,
        no_errors,
        controls=("OCPI-TST-09",),
        severity=Severity.MEDIUM,
        source=API4,
        do="Give back what a connection held as soon as it ends, and let handshakes queue.",
    ),
    check_by_writing(
        "ocpi-stress-reconnects-isolated",
        "Repeated connects cost no other partner anything",
        ReconnectsSeen,
        isolated,
        controls=("OCPI-TST-09",),
        severity=Severity.MEDIUM,
        source=API4,
        do="Give back what a connection held as soon as it ends, and let handshakes queue.",
    ),
    check_by_writing(
        "ocpi-stress-expensive-isolated",
        "Long pages and wide periods cost no other partner anything",
        ExpensiveLoadSeen,
        _of_questions(isolated),
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=f"{API4}; OCPI pagination",
        do="Cap pages, index last_updated, and bound the time of a query.",
    ),
    check_by_writing(
        "ocpi-stress-expensive-no-errors",
        "Long pages and wide periods meet no server error and no silence",
        ExpensiveLoadSeen,
        _of_questions(no_errors),
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=f"{API4}; OCPI pagination",
        do="Cap pages, index last_updated, and bound the time of a query.",
    ),
)
