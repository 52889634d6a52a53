"""From the samples of bursts to counts, percentiles and a curve."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from scanner.model.burst import BurstSent, Sample
from scanner.model.facts.ocpi.stress import Crowd, Moment

_SUCCESS: Final = range(200, 300)
_REFUSED: Final = range(400, 500)
_TURNED_AWAY: Final = frozenset({401, 403, 404, 405})
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503
_BARS: Final = 60


def crowd(sent: BurstSent | None) -> Crowd:
    """The counts of one burst; of none, nothing."""
    samples = sent.samples if sent else ()
    answered = [sample for sample in samples if is_answer(sample)]
    throttled = [sample for sample in samples if is_throttled(sample)]
    times = sorted(sample.elapsed_s * 1000 for sample in answered)
    return Crowd(
        asked=len(samples),
        answered=len(answered),
        throttled=len(throttled),
        told_when=sum(sample.retry_after for sample in throttled),
        refused=sum(s.status in _REFUSED and not is_throttled(s) for s in samples),
        turned_away=sum(s.status in _TURNED_AWAY for s in samples),
        server_errors=sum(is_error(sample) for sample in samples),
        unanswered=sum(sample.status is None for sample in samples),
        not_sent=sent.not_sent if sent else 0,
        p50_ms=percentile(times, 50),
        p95_ms=percentile(times, 95),
        p99_ms=percentile(times, 99),
        longest_ms=percentile(times, 100),
    )


def is_answer(sample: Sample) -> bool:
    """True for a whole answer with a 2xx."""
    return sample.status is not None and sample.status in _SUCCESS


def is_throttled(sample: Sample) -> bool:
    """True for 429 (RFC 6585, 4), and for 503 that says when to come back (RFC 9110, 10.2.3)."""
    return sample.status == _TOO_MANY or (sample.status == _UNAVAILABLE and sample.retry_after)


def is_error(sample: Sample) -> bool:
    """True for a server error that is no polite refusal."""
    return sample.status is not None and sample.status > max(_REFUSED) and not is_throttled(sample)


def percentile(sorted_values: Sequence[float], percent: int) -> float | None:
    """The nearest rank of sorted values, one digit behind the point; None where there are none."""
    if not sorted_values:
        return None
    rank = max(1, math.ceil(percent / 100 * len(sorted_values)))
    return round(sorted_values[rank - 1], 1)


def curve(load: Iterable[BurstSent], good: Iterable[BurstSent], zero: float) -> tuple[Moment, ...]:
    """Bars of equal width over all phases, without empty ones; `zero`: when the load began (monotonic seconds)."""
    loads, goods = _on_axis(load, zero), _on_axis(good, zero)
    if not goods:
        return ()
    first, last = min(at for at, _ in (*loads, *goods)), max(at for at, _ in (*loads, *goods))
    width = max((last - first) / _BARS, 0.05)
    bars: dict[int, tuple[list[Sample], list[Sample]]] = {}
    for number, samples in enumerate((loads, goods)):
        for at, sample in samples:
            bars.setdefault(int((at - first) / width), ([], []))[number].append(sample)
    return tuple(_moment(first + bar * width, *bars[bar]) for bar in sorted(bars))


def _on_axis(bursts: Iterable[BurstSent], zero: float) -> list[tuple[float, Sample]]:
    return [(sent.began - zero + sample.at_s, sample) for sent in bursts for sample in sent.samples]


def _moment(start: float, loads: Sequence[Sample], goods: Sequence[Sample]) -> Moment:
    times = sorted(sample.elapsed_s * 1000 for sample in goods if is_answer(sample))
    return Moment(
        at_s=round(start, 2),
        load=len(loads),
        load_throttled=sum(map(is_throttled, loads)),
        load_failed=sum(is_error(sample) or sample.status is None for sample in loads),
        good=len(goods),
        good_lost=sum(not is_answer(sample) for sample in goods),
        good_ms=percentile(times, 50),
    )
