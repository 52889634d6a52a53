"""Load: throttled in time and politely, without errors, and never at the cost of another partner."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.stress import (
    Crowd,
    ExpensiveLoadSeen,
    GoodPartner,
    HeldConnections,
    IdleConnectionsHeld,
    LoadSeen,
    MalformedLoadSeen,
    MisframedTreated,
    MixedLoadSeen,
    ReconnectsSeen,
    SlowBodiesHeld,
    SlowHeadersHeld,
    VolumeSeen,
)
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_L = TypeVar("_L", bound=LoadSeen)
_H = TypeVar("_H", bound=HeldConnections)
_EXCEEDED: Final = 1.5  # times the agreed rate: then a throttle has to show
_BURST_S: Final = 2.0  # seconds of the agreed rate that a limit may let through at once, beside the rate itself
_LOST_SHARE: Final = 0.02  # of the requests; one of a few may be chance
_SLOWER: Final = 4.0  # times as long as before ..
_SLOWER_BY_MS: Final = 250.0  # .. and by so much: less may be our own machine
_ENOUGH: Final = 40  # answers, of which 95 in 100 can be told
_SHORTEST: Final = 5  # requests, below which nothing is told


def _many(count: int, asked: int) -> bool:
    """More than one, and more than two in a hundred."""
    return count > max(1, asked * _LOST_SHARE)


def _sent(fact: LoadSeen) -> str:
    return f"{fact.load.asked} requests ({fact.what}; {fact.per_second:g} a second for {fact.seconds:g} s)"


def _too_few(fact: LoadSeen) -> str | None:
    """Why so few requests tell nothing; None where there are enough."""
    if fact.load.asked >= _SHORTEST:
        return None
    return f"only {fact.load.asked} requests were sent{f': {fact.stopped}' if fact.stopped else ''}"


def _throttled(case: Case[VolumeSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    load, examined = fact.load, Population(examined=fact.load.asked, unit="request")
    if load.throttled:
        said = f"{load.throttled} of {_sent(fact)} were answered 429, the first after {fact.first_throttled_s:g} s"
        yield case.passes(said, population=examined, reproduce=fact.curl)
    elif fact.agreed is None:
        said = f"{_sent(fact)} were not throttled; no rate was agreed: name `requests_per_second` of the partner"
        yield case.inconclusive(said, population=examined, reproduce=fact.curl)
    elif load.asked < max(_EXCEEDED * fact.agreed * fact.seconds, fact.agreed * (fact.seconds + _BURST_S) * 0.9):
        said = f"{_sent(fact)} do not exceed the agreed {fact.agreed:g} a second by enough to be throttled"
        yield case.inconclusive(said, population=examined, reproduce=fact.curl)
    else:
        said = f"none of {_sent(fact)} was answered 429, although {fact.agreed:g} a second were agreed"
        yield case.fails(said, population=examined, reproduce=fact.curl)


def _told_when(case: Case[VolumeSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    load = fact.load
    if not load.throttled:
        yield case.not_applicable(f"looked for 429 among the answers to {_sent(fact)}", reproduce=fact.curl)
        return
    yield case.holds(
        load.told_when == load.throttled,
        f"all {load.throttled} answers that ask to wait say for how long",
        f"{load.throttled - load.told_when} of {load.throttled} answers that ask to wait have no Retry-After",
        population=Population(examined=load.throttled, unit="answer"),
        reproduce=fact.curl,
    )


def _no_errors(case: Case[_L]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if few := _too_few(fact):
        yield case.inconclusive(few, reproduce=fact.curl)
        return
    load = fact.load
    failed = load.server_errors + load.unanswered
    ended = f"; {fact.stopped}" if fact.stopped else ""
    yield case.holds(
        not _many(failed, load.asked),
        f"{_sent(fact)} were all answered, {load.answered} served and {load.throttled} throttled",
        f"of {_sent(fact)}, {load.server_errors} met a server error and {load.unanswered} no answer{ended}",
        population=Population(examined=load.asked, unit="request"),
        reproduce=fact.curl,
    )


def _recovers(case: Case[VolumeSeen]) -> Iterable[Verdict]:
    fact = case.driver.fact
    after, before = fact.good.after, fact.good.before
    if fact.recovered_after_s is None:
        said = f"who had sent {_sent(fact)} was not served again within {fact.watched_s:g} s"
        yield case.fails(said, reproduce=fact.curl)
        return
    worse = _worse(before, after)
    yield case.holds(
        worse is None,
        f"served again {fact.recovered_after_s:g} s after {_sent(fact)}, {_took(after)}",
        f"served again {fact.recovered_after_s:g} s after {_sent(fact)}, but {worse}",
        reproduce=fact.curl,
    )


def _worse(before: Crowd, later: Crowd) -> str | None:
    """What a good partner has to complain of; None: nothing."""
    if later.asked + later.not_sent and _many(later.lost(), later.asked + later.not_sent):
        return f"{later.lost()} of {later.asked + later.not_sent} good requests were not served"
    share, then, now = _compared(before, later)
    if then is not None and now is not None and now > _SLOWER * then and now > then + _SLOWER_BY_MS:
        return f"{share} in 100 good requests took up to {now:g} ms, {then:g} ms before"
    return None


def _compared(before: Crowd, later: Crowd) -> tuple[int, float | None, float | None]:
    """Of few requests the slowest may be chance: then the middle one tells."""
    if min(before.answered, later.answered) >= _ENOUGH:
        return 95, before.p95_ms, later.p95_ms
    return 50, before.p50_ms, later.p50_ms


def _took(crowd: Crowd) -> str:
    if crowd.p50_ms is None or crowd.p95_ms is None:
        return "nothing was served"
    return f"good requests within {crowd.p50_ms:g} ms, 95 in 100 of them within {crowd.p95_ms:g} ms"


def _good_verdict(case: Case[Any], good: GoodPartner, beside: str, curl: str) -> Iterable[Verdict]:
    asked = good.during.asked + good.during.not_sent
    examined = Population(examined=asked, unit="good request")
    if not asked:
        yield case.inconclusive(f"no good request was sent beside {beside}", population=examined, reproduce=curl)
        return
    worse = _worse(good.before, good.during)
    yield case.holds(
        worse is None,
        f"beside {beside}, {good.identity} was served as before: {_took(good.during)}",
        f"beside {beside}, {good.identity} suffered: {worse}",
        population=examined,
        reproduce=curl,
    )


def _isolated(case: Case[_L]) -> Iterable[Verdict]:
    fact = case.driver.fact
    if few := _too_few(fact):
        yield case.inconclusive(few, reproduce=fact.curl)
    elif not fact.good.apart:
        said = "one identity alone cannot show that another partner is served meanwhile; configure a second one"
        yield case.inconclusive(said, reproduce=fact.curl)
    else:
        yield from _good_verdict(case, fact.good, _sent(fact), fact.curl)


def _held_harmless(case: Case[_H]) -> Iterable[Verdict]:
    fact = case.driver.fact
    yield from _good_verdict(case, fact.good, f"{fact.opened} connections held for {fact.held_s:g} s", fact.curl)


def _held_ended(case: Case[_H]) -> Iterable[Verdict]:
    fact = case.driver.fact
    yield case.holds(
        fact.ended == fact.opened,
        f"all {fact.opened} connections were ended by the platform, the last after {fact.last_ended_s or 0:g} s",
        f"{fact.opened - fact.ended} of {fact.opened} connections were still held after {fact.held_s:g} s",
        population=Population(examined=fact.opened, unit="connection"),
        reproduce=fact.curl,
    )


def _one_reading(case: Case[MisframedTreated]) -> Iterable[Verdict]:
    messages = case.driver.fact.messages
    wrong = [m for m in messages if len(m.statuses) > 1 or (not m.ended and m.statuses)]
    silent = [m for m in messages if not m.statuses and not m.ended]
    examined = Population(examined=len(messages), unit="message")
    if wrong:
        told = "; ".join(f"{m.what}: {' and then '.join(map(str, m.statuses))}" for m in wrong)
        yield case.fails(f"read as more than one request, or the connection went on: {told}", population=examined)
    elif silent:
        told = "; ".join(m.what for m in silent)
        yield case.fails(f"waited for more, so what follows becomes part of the message: {told}", population=examined)
    else:
        yield case.passes("every message of doubtful length ended its connection", population=examined)


def _check(  # noqa: PLR0913 - keywords
    claim: str,
    title: str,
    fact: type[_L] | type[_H] | type[MisframedTreated],
    judge: Judge[Any],
    *,
    controls: tuple[str, ...],
    severity: Severity,
    source: str,
    remediation: str,
) -> Check[Any]:
    return Check(
        id=f"ocpi-stress-{claim}",
        title=title,
        controls=controls,
        severity=severity,
        source=source,
        looks_at=Need(fact=fact),
        judge=judge,
        remediation=remediation,
        witness=Witness.PROTOCOL,
        by_writing=True,  # no run that only reads sends any load
    )


_API4: Final = "OWASP API Security Top 10 2023, API4 unrestricted resource consumption"
_LIMIT_EACH: Final = (
    "Limit each partner by its token (usage plan, token bucket), not all partners or addresses together."
)
_CHEAP: Final = "Refuse before anything expensive is done, bound what one request may cost, and queue partners apart."
_END_SLOW: Final = "Give a request's headers and its body a time of their own at the load balancer or server."

CHECKS: Final[tuple[Check[Any], ...]] = (
    _check(
        "throttled",
        "A partner that asks more often than was agreed is told to slow down",
        VolumeSeen,
        _throttled,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.HIGH,
        source=f"RFC 6585, 4; {_API4}",
        remediation="Answer 429 above the rate that was agreed with the partner.",
    ),
    _check(
        "retry-after",
        "Who is throttled is told when to come back",
        VolumeSeen,
        _told_when,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.LOW,
        source="RFC 6585, 4; RFC 9110, 10.2.3",
        remediation="Send Retry-After with 429 and 503.",
    ),
    _check(
        "volume-no-errors",
        "High volume meets no server error and no silence",
        VolumeSeen,
        _no_errors,
        controls=("OCPI-TST-23",),
        severity=Severity.HIGH,
        source=_API4,
        remediation="Throttle before the platform is exhausted, and shed load with 429 or with 503 and Retry-After.",
    ),
    _check(
        "recovers",
        "After the load everybody is served as before",
        VolumeSeen,
        _recovers,
        controls=("OCPI-TST-23",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation="Refill a partner's allowance at its rate instead of locking it out, and bound every queue.",
    ),
    _check(
        "volume-isolated",
        "A partner that floods costs no other partner anything",
        VolumeSeen,
        _isolated,
        controls=("OCPI-NET-04", "OCPI-TST-23"),
        severity=Severity.HIGH,
        source=_API4,
        remediation=_LIMIT_EACH,
    ),
    _check(
        "mixed-isolated",
        "A partner that sends good and bad requests costs no other partner anything",
        MixedLoadSeen,
        _isolated,
        controls=("OCPI-TST-24",),
        severity=Severity.HIGH,
        source=_API4,
        remediation=_LIMIT_EACH,
    ),
    _check(
        "mixed-no-errors",
        "Bad requests among good ones meet no server error and no silence",
        MixedLoadSeen,
        _no_errors,
        controls=("OCPI-TST-24",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation=_CHEAP,
    ),
    _check(
        "malformed-isolated",
        "Repeated malformed requests cost no other partner anything",
        MalformedLoadSeen,
        _isolated,
        controls=("OCPI-TST-26",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation=_CHEAP,
    ),
    _check(
        "malformed-no-errors",
        "Repeated malformed requests meet no server error and no silence",
        MalformedLoadSeen,
        _no_errors,
        controls=("OCPI-TST-26",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation=_CHEAP,
    ),
    _check(
        "reconnects-no-errors",
        "Repeated connects meet no server error and no silence",
        ReconnectsSeen,
        _no_errors,
        controls=("OCPI-TST-09",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation="Give back what a connection held as soon as it ends, and let handshakes queue.",
    ),
    _check(
        "reconnects-isolated",
        "Repeated connects cost no other partner anything",
        ReconnectsSeen,
        _isolated,
        controls=("OCPI-TST-09",),
        severity=Severity.MEDIUM,
        source=_API4,
        remediation="Give back what a connection held as soon as it ends, and let handshakes queue.",
    ),
    _check(
        "expensive-isolated",
        "Long pages and wide periods cost no other partner anything",
        ExpensiveLoadSeen,
        _isolated,
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=f"{_API4}; OCPI pagination",
        remediation="Cap pages, index last_updated, and bound the time of a query.",
    ),
    _check(
        "expensive-no-errors",
        "Long pages and wide periods meet no server error and no silence",
        ExpensiveLoadSeen,
        _no_errors,
        controls=("OCPI-EXT-10",),
        severity=Severity.MEDIUM,
        source=f"{_API4}; OCPI pagination",
        remediation="Cap pages, index last_updated, and bound the time of a query.",
    ),
    _check(
        "slow-headers-ended",
        "A request whose headers never end is ended",
        SlowHeadersHeld,
        _held_ended,
        controls=("OCPI-NET-04",),
        severity=Severity.MEDIUM,
        source="RFC 9110, 15.5.9; CWE-400",
        remediation=_END_SLOW,
    ),
    _check(
        "slow-headers-harmless",
        "Requests whose headers never end cost no other partner anything",
        SlowHeadersHeld,
        _held_harmless,
        controls=("OCPI-NET-04",),
        severity=Severity.HIGH,
        source="CWE-400",
        remediation=_END_SLOW,
    ),
    _check(
        "slow-bodies-ended",
        "A request whose body never ends is ended",
        SlowBodiesHeld,
        _held_ended,
        controls=("OCPI-NET-04",),
        severity=Severity.MEDIUM,
        source="RFC 9110, 15.5.9; CWE-400",
        remediation=_END_SLOW,
    ),
    _check(
        "slow-bodies-harmless",
        "Requests whose body never ends cost no other partner anything",
        SlowBodiesHeld,
        _held_harmless,
        controls=("OCPI-NET-04",),
        severity=Severity.HIGH,
        source="CWE-400",
        remediation=_END_SLOW,
    ),
    _check(
        "idle-harmless",
        "Idle connections cost no other partner anything",
        IdleConnectionsHeld,
        _held_harmless,
        controls=("OCPI-NET-04", "OCPI-TST-09"),
        severity=Severity.MEDIUM,
        source="CWE-400",
        remediation="Serve many more connections than partners have, and end idle ones.",
    ),
    _check(
        "one-reading",
        "A message whose length can be read in two ways ends its connection",
        MisframedTreated,
        _one_reading,
        controls=("OCPI-NET-02",),
        severity=Severity.HIGH,
        source="RFC 9112, 6.1 and 6.3; CWE-444",
        remediation="Refuse such messages with 400 and close, at the outermost server and at every one behind it.",
    ),
)
