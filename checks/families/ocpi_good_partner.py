"""How a good partner fared beside somebody else's load: as before, or worse."""

from collections.abc import Iterable
from typing import Any, Final

from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.stress import Crowd, GoodPartner

_LOST_SHARE: Final = 0.02  # of the requests; one of a few may be chance
_SLOWER: Final = 4.0  # times as long as before ..
_SLOWER_BY_MS: Final = 250.0  # .. and by so much: less may be our own machine
_ENOUGH: Final = 40  # answers, of which 95 in 100 can be told


def worse_than_before(before: Crowd, later: Crowd) -> str | None:
    """What a good partner has to complain of; None: nothing."""
    if later.asked + later.not_sent and many(later.lost(), later.asked + later.not_sent):
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


def took(crowd: Crowd) -> str:
    """How long good requests took, as a phrase."""
    if crowd.p50_ms is None or crowd.p95_ms is None:
        return "nothing was served"
    return f"good requests within {crowd.p50_ms:g} ms, 95 in 100 of them within {crowd.p95_ms:g} ms"


def good_verdict(case: Case[Any], good: GoodPartner, beside: str, curl: str) -> Iterable[Verdict]:
    """The verdict on a good partner `beside` somebody who was not."""
    asked = good.during.asked + good.during.not_sent
    examined = Population(examined=asked, unit="good request")
    if not asked:
        yield case.inconclusive(f"no good request was sent beside {beside}", population=examined, reproduce=curl)
        return
    worse = worse_than_before(good.before, good.during)
    yield case.holds(
        worse is None,
        f"beside {beside}, {good.identity} was served as before: {took(good.during)}",
        f"beside {beside}, {good.identity} suffered: {worse}",
        population=examined,
        reproduce=curl,
    )


def many(count: int, asked: int) -> bool:
    """More than one, and more than two in a hundred."""
    return count > max(1, asked * _LOST_SHARE)
