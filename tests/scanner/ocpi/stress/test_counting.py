"""Counts, percentiles and curves of samples."""

import pytest

from scanner.model.burst import BurstSent, Sample
from scanner.model.exchange import FailureKind
from scanner.ocpi.stress.counting import crowd, curve, percentile


def sent(*samples, began=100.0, not_sent=0):
    return BurstSent(began=began, seconds=1.0, samples=samples, not_sent=not_sent)


def ok(at_s, ms=10):
    return Sample(at_s, ms / 1000, 200)


@pytest.mark.parametrize(
    "values, percent, expected",
    [([], 50, None), ([7.0], 99, 7.0), ([1.0, 2.0, 3.0, 4.0], 50, 2.0), (list(map(float, range(1, 101))), 95, 95.0)],
)
def test_a_percentile_is_the_value_at_the_nearest_rank(values, percent, expected):
    assert percentile(values, percent) == expected


def test_every_sample_is_counted_as_one_thing():
    told = crowd(
        sent(
            ok(0.0),
            Sample(0.1, 0.01, 429, None, retry_after=True),
            Sample(0.2, 0.01, 429),
            Sample(0.3, 0.01, 503, None, retry_after=True),
            Sample(0.4, 0.01, 503),
            Sample(0.5, 0.01, 404),
            Sample(0.6, 1.0, None, FailureKind.TIMEOUT),
            not_sent=2,
        )
    )
    assert (told.asked, told.answered, told.throttled, told.told_when) == (7, 1, 3, 2)
    assert (told.refused, told.server_errors, told.unanswered, told.not_sent) == (1, 1, 1, 2)
    assert told.lost() == 8
    assert told.p99_ms == 10


def test_nothing_is_no_answer_within_no_time():
    told = crowd(None)
    assert told.asked == told.lost() == 0
    assert told.p50_ms is None


def test_a_curve_has_all_phases_on_one_axis():
    before = sent(ok(0.0), ok(0.5), began=99.0)
    during = sent(ok(0.0, 30), Sample(0.5, 0.1, 500), began=100.0)
    load = sent(ok(0.0), Sample(0.2, 0.1, 429), Sample(0.4, 0.1, None, FailureKind.RESET), began=100.0)
    moments = curve((load,), (before, during), 100.0)
    assert moments[0].at_s == -1.0
    assert sum(m.good for m in moments) == 4
    assert sum(m.good_lost for m in moments) == 1
    assert sum(m.load for m in moments) == 3
    assert sum(m.load_throttled for m in moments) == sum(m.load_failed for m in moments) == 1
    assert [m.good_ms for m in moments if m.at_s < 0 and m.good] == [10, 10]
    assert 30 in [m.good_ms for m in moments]
    assert len(moments) <= 61


def test_without_a_good_partner_there_is_no_curve():
    assert curve((sent(ok(0.0)),), (), 100.0) == ()
